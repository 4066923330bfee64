//! Text within a block: words, code, links and labels become pieces. Here, and for blocks of code, text passes through
//! `shown`; nothing else makes a piece of what stands in a file.

use super::Renderer;
use super::wrap::{self, Look, Piece};
use crate::text::untrusted::shown;

/// A link that is open: where it leads, its words so far, whether these are the address.
pub(super) struct Link {
    to: String,
    text: String,
    bare: bool,
}

impl Renderer<'_> {
    fn look(&self) -> Look {
        let link = self.links.last();
        Look {
            bold: self.bold > 0,
            italic: self.italic > 0,
            underline: self.underline || link.is_some_and(|l| !l.bare),
            url: link.is_some_and(|l| l.bare),
            ..Look::default()
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(link) = self.links.last_mut() {
            link.text.push_str(text);
        }
        let look = self.look();
        wrap::push(&mut self.pieces, &shown(&text.replace(['\n', '\r'], " ")), look);
    }

    /// With colour the colour shows where code begins and ends, else backquotes do.
    pub(super) fn code(&mut self, code: &str) {
        if let Some(link) = self.links.last_mut() {
            link.text.push_str(code);
        }
        let bare = self.color && !code.trim().is_empty() && code.trim() == code;
        let (open, close) = match code {
            _ if bare => ("", ""),
            _ if code.starts_with('`') || code.ends_with('`') => ("`` ", " ``"),
            _ if code.contains('`') => ("``", "``"),
            _ => ("`", "`"),
        };
        let text = format!("{open}{}{close}", shown(&code.replace(['\n', '\r'], " ")));
        self.pieces.push(Piece { text, look: Look { code: true, ..self.look() } });
    }

    pub(super) fn link(&mut self, to: &str, bare: bool) {
        self.links.push(Link { to: to.to_string(), text: String::new(), bare });
    }

    pub(super) fn link_end(&mut self) {
        let Some(link) = self.links.pop() else { return };
        if let Some(outer) = self.links.last_mut() {
            outer.text.push_str(&link.text);
        }
        // A place in the same article has no address outside it.
        if link.bare || link.to.is_empty() || link.to.starts_with('#') || link.to == link.text {
            return;
        }
        self.text(if link.text.is_empty() { "" } else { " " });
        let text = format!("({})", shown(&link.to.replace(['\n', '\r'], " ")));
        self.pieces.push(Piece { text, look: Look { url: true, ..Look::default() } });
    }

    /// Colours `[reboot]` at the beginning of an item and keeps it on one line.
    pub(super) fn label(&self, pieces: &mut Vec<Piece>) {
        if pieces[0].look != Look::default() || !pieces[0].text.starts_with('[') {
            return;
        }
        let Some(end) = pieces[0].text.find(']') else { return };
        if let Some(risk) = (self.risk)(&pieces[0].text[1..end]) {
            let rest = pieces[0].text.split_off(end + 1);
            pieces[0].look.risk = Some(risk);
            pieces.insert(1, Piece { text: rest, look: Look::default() });
        }
    }
}
