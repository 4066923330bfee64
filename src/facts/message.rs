//! Messages of the library: text with `{{ expression }}` and nothing else. A fact that is not known reads "not known";
//! text from facts is data and is never read as a message again.

use super::decl::Kind;
use super::expr::{Evaluated, Expr, Mistake, Trace, What};
use super::scope::Scope;
use super::view::Knowledge;

/// A parsed message.
#[derive(Clone, Debug)]
pub struct Message {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Expr(Expr),
}

impl Message {
    /// Parses a message; mistakes carry byte offsets into the text.
    pub fn parse(text: &str) -> Result<Message, Mistake> {
        let mut parts = Vec::new();
        let mut rest = text;
        let mut at = 0;
        for mark in ["{%", "{#"] {
            if let Some(i) = text.find(mark) {
                return Err(Mistake { at: i, say: format!("`{mark}` has no meaning in a message; only `{{{{ expression }}}}` has") });
            }
        }
        while let Some(open) = rest.find("{{") {
            let Some(len) = rest[open + 2..].find("}}") else {
                return Err(Mistake { at: at + open, say: "`{{` has no `}}`".into() });
            };
            if open > 0 {
                parts.push(Part::Text(rest[..open].to_string()));
            }
            let inner = &rest[open + 2..open + 2 + len];
            let lead = inner.len() - inner.trim_start().len();
            let expr = Expr::parse(inner.trim()).map_err(|m| Mistake { at: at + open + 2 + lead + m.at, say: m.say })?;
            parts.push(Part::Expr(expr));
            rest = &rest[open + 2 + len + 2..];
            at += open + 2 + len + 2;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_string()));
        }
        Ok(Message { parts })
    }

    /// The expressions in it.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|p| match p {
            Part::Expr(e) => Some(e),
            Part::Text(_) => None,
        })
    }

    /// The message with values filled in.
    pub fn fill(&self, scope: &dyn Scope) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Expr(e) => match e.eval(scope, &mut Trace::default()) {
                    Evaluated::Known(v) => out.push_str(&v.to_string()),
                    _ => out.push_str("not known"),
                },
            }
        }
        out
    }

    /// A command with facts filled in. Only facts of a safe shape enter; another, or one that is not known, leaves the
    /// placeholder `<name>`. A path is quoted.
    pub fn command(&self, scope: &dyn Scope, know: &dyn Knowledge) -> String {
        self.filled(scope, know).0
    }

    /// The same, with the placeholders that were left: a command with one of them is for eyes and not for a shell.
    pub fn filled(&self, scope: &dyn Scope, know: &dyn Knowledge) -> (String, Vec<String>) {
        let mut out = String::new();
        let mut left = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Expr(e) => {
                    let kind = match &e.node().what {
                        What::Fact(name) => know.decl(name).map(|d| d.kind),
                        _ => None,
                    };
                    let value = match e.eval(scope, &mut Trace::default()) {
                        Evaluated::Known(v) => Some(v.to_string()),
                        _ => None,
                    };
                    match value.and_then(|v| safe(kind, &v)) {
                        Some(v) => out.push_str(&v),
                        None => {
                            out.push_str(&format!("<{}>", e.text));
                            left.push(e.text.clone());
                        }
                    }
                }
            }
        }
        (out, left)
    }
}

/// The value as it may stand in a shell command, or nothing.
fn safe(kind: Option<Kind>, value: &str) -> Option<String> {
    let plain = |extra: &str| {
        !value.is_empty() && value.len() <= 256 && !value.starts_with('-') && value.bytes().all(|b| b.is_ascii_alphanumeric() || extra.as_bytes().contains(&b))
    };
    match kind? {
        Kind::Integer | Kind::Hex => plain("x").then(|| value.to_string()),
        Kind::Word | Kind::Mac | Kind::Device | Kind::Version => plain("_.:-@+/").then(|| value.to_string()),
        Kind::Path if !value.contains(['\'', '\n', '\0']) && !value.chars().any(|c| c.is_control()) => Some(format!("'{value}'")),
        _ => None,
    }
}
