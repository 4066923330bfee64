//! What `check` looks at in a table beyond its rows: patterns and their captures, expressions, messages, names.

use super::Library;
use super::compile::Compiler;
use super::compile_table::captured;
use super::lint::{cut_at_hash, pattern};
use super::outline;
use super::rows::ordered;
use super::types::Table;
use crate::facts::decl::{FactDecl, Kind as FactKind};
use crate::facts::expr::{self, Expr, Names, Type};
use crate::facts::message::Message;
use crate::model::pattern::PatternFile;
use crate::model::shapes::DeriveFile;
use crate::model::table::TableFile;
use crate::problem::did_you_mean;
use crate::text::place::At;

/// Number of keys of a table and the type of a column, for the checker of expressions.
pub fn column(library: &Library, table: &str, column: &str) -> Option<(usize, Option<Type>)> {
    let t = library.table(table)?;
    let derived = t.derives.iter().any(|(n, _)| &**n == column).then_some(Type::Any);
    Some((t.keys.len(), t.columns.iter().find(|c| c.name() == column).map(|c| Type::of_column(c.decl.kind)).or(derived)))
}

/// Names that the expressions of a table see.
struct Inside<'a> {
    library: &'a Library,
    names: Vec<FactDecl>,
}

impl Names for Inside<'_> {
    fn decl(&self, name: &str) -> Option<&FactDecl> {
        self.names.iter().find(|d| &*d.name == name)
    }

    fn suggest(&self, name: &str) -> String {
        did_you_mean(name, self.names.iter().map(|d| &*d.name))
    }

    fn table(&self, table: &str, name: &str) -> Option<(usize, Option<Type>)> {
        column(self.library, table, name)
    }

    fn is_one(&self, _: &FactDecl) -> bool {
        true
    }
}

/// Looks at a table.
pub fn table(c: &mut Compiler<'_>, f: &TableFile, t: &Table) {
    if f.rows.is_empty() && f.derive.is_empty() && f.say.is_none() {
        c.wrong(f.id.place, "no-rows", "this table has no rows and derives nothing", "rows, or derive and say");
    }
    for p in f.seen_as.iter().chain(&f.asked_as) {
        captures(c, f, p);
    }
    let columns = || t.columns.iter().map(|x| x.name());
    let named = || t.keys.iter().map(|x| x.name()).chain(columns());
    let asked = f.asked_by.iter().filter(|n| !named().any(|x| x == n.value));
    let same = f.nearest.iter().flat_map(|n| &n.same).filter(|n| !columns().any(|x| x == n.value));
    for name in asked.chain(same) {
        let hint = did_you_mean(name, named());
        c.wrong(name.place, "unknown-column", format!("`{}` is no column of this table", name.value), hint);
    }
    if let Some(n) = &f.nearest
        && !t.keys.iter().any(|k| k.name() == n.below.value && matches!(k.decl.kind, FactKind::Integer | FactKind::Number | FactKind::Hex))
    {
        c.wrong(n.below.place, "unknown-key", format!("`{}` is no key of this table that holds a number", n.below.value), "");
    }
    expressions(c, f, t);
}

fn captures(c: &mut Compiler<'_>, f: &TableFile, p: &PatternFile) {
    let o = p.options();
    pattern(c, p.source(), o.is_some_and(|o| o.ignore_case), o.is_some_and(|o| o.unicode));
    let mut names: Vec<String> = Vec::new();
    outline::captures(&p.source().value, &mut |name| names.push(name.to_string()));
    if let Some(each) = o.and_then(|o| o.each.as_ref()) {
        pattern(c, &each.pattern, false, false);
        if !names.contains(&each.capture.value) {
            c.wrong(each.capture.place, "unknown-capture", format!("`{}` is no capture of this pattern", each.capture.value), "");
        }
        outline::captures(&each.pattern.value, &mut |name| names.push(name.to_string()));
    }
    if let Some(bits) = o.and_then(|o| o.bits.as_ref()) {
        if !names.contains(&bits.value) {
            c.wrong(bits.place, "unknown-capture", format!("`{}` is no capture of this pattern", bits.value), "");
        }
        if !f.keys.keys().chain(f.columns.keys()).any(|k| k.value == "bit") {
            c.wrong(bits.place, "no-bit", "`bits` needs a key or a column named `bit`", "");
        }
    } else if !names.iter().any(|n| f.keys.keys().chain(f.columns.keys()).any(|k| k.value == *n)) {
        c.wrong(p.source().place, "unknown-key", "no capture of this pattern is a key or a column of the table", "name one `(?P<key>...)`");
    }
}

fn expressions(c: &mut Compiler<'_>, f: &TableFile, t: &Table) {
    let mut inside = Inside { library: c.library, names: t.keys.iter().chain(&t.columns).map(|x| x.decl.clone()).collect() };
    for name in captured(f) {
        if inside.decl(&name).is_none() {
            inside.names.push(FactDecl::plain(&name, FactKind::Text, ""));
        }
    }
    for (name, way) in ordered(&f.derive) {
        if inside.decl(&name.value).is_some() {
            c.wrong(name.place, "same-column", format!("`{}` is a name of this table already", name.value), "choose another name");
        }
        let mut kind = FactKind::Text;
        let look = |c: &mut Compiler<'_>, at: &At<String>, flag: bool| {
            if let Some(found) = typed(c, &inside, at)
                && flag
                && !matches!(found, Type::Flag | Type::Any)
            {
                c.wrong(at.place, "expression", "this gives no yes or no", "a condition compares something");
            }
        };
        match way {
            DeriveFile::Is(at) => look(c, at, false),
            DeriveFile::Cases(cases) => {
                for case in cases {
                    case.when.0.iter().for_each(|w| look(c, w, true));
                    look(c, &case.is, false);
                }
            }
        }
        if let DeriveFile::Is(at) = way {
            kind = Expr::parse(&at.value).ok().and_then(|e| expr::check(e.node(), &inside).ok()).map_or(kind, kind_of);
        }
        inside.names.push(FactDecl::plain(&name.value, kind, ""));
    }
    let notes = f.notes.iter().map(|n| (&n.when.0[..], &n.say));
    for (when, say) in f.say.iter().flat_map(|s| s.cases()).chain(notes) {
        for condition in when {
            typed(c, &inside, condition);
        }
        let Ok(message) = Message::parse(&say.value) else { continue };
        for e in message.exprs() {
            for m in expr::check(e.node(), &inside).err().into_iter().flatten() {
                let offset = say.value.find(&e.text).unwrap_or(0);
                c.wrong(c.inside(say, offset + m.at), "message", m.say, "");
            }
        }
    }
}

fn typed(c: &mut Compiler<'_>, inside: &Inside<'_>, at: &At<String>) -> Option<Type> {
    if let Some(hint) = cut_at_hash(c.text, at) {
        c.wrong(at.place, "cut-value", "this expression is followed by `#`", hint);
    }
    match expr::check(Expr::parse(&at.value).ok()?.node(), inside) {
        Ok(found) => Some(found),
        Err(mistakes) => {
            for m in mistakes {
                c.wrong(c.inside(at, m.at), "expression", m.say, "");
            }
            None
        }
    }
}

/// The kind of a derived column, as far as later expressions need it.
fn kind_of(found: Type) -> FactKind {
    match found {
        Type::Number(_) => FactKind::Number,
        Type::Hex => FactKind::Hex,
        Type::Flag => FactKind::Flag,
        Type::Version => FactKind::Version,
        Type::Time => FactKind::Time,
        _ => FactKind::Text,
    }
}
