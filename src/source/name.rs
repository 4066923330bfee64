//! Names of what is read, as people see them: the input, then `!` before each member of an archive. They come from
//! outside, so control and invisible characters are escaped here once, line ends included, and long names are cut.

use crate::text::untrusted::{cut_at, is_hidden, lossless};
use std::fmt::{self, Write};
use std::sync::Arc;

/// A name such as `vm-support.tgz!var/log/vmkernel.log`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberName(Arc<str>);

impl MemberName {
    /// The name of an input, shown safely.
    pub fn input(name: &str) -> Self {
        MemberName(Arc::from(visible(name.as_bytes(), usize::MAX)))
    }

    /// A member of this archive. `limit`: bytes of its own name that are kept. The second value tells whether it was cut.
    pub fn member(&self, raw: &[u8], limit: usize) -> (Self, bool) {
        let raw = strip(raw);
        // Of a name that is all controls a quarter is left, since each is shown as four characters.
        let shown = visible(&raw[..raw.len().min(limit)], limit);
        let cut = raw.len() > limit || shown.len() > limit;
        let own = if shown.is_empty() { "(no name)" } else { &shown[..cut_at(&shown, limit)] };
        (MemberName(Arc::from(format!("{}!{own}{}", self.0, if cut { "..." } else { "" }))), cut)
    }

    /// Something in this folder.
    pub fn entry(&self, raw: &[u8]) -> Self {
        let own = visible(raw, usize::MAX);
        MemberName(Arc::from(if self.0.ends_with('/') { format!("{}{own}", self.0) } else { format!("{}/{own}", self.0) }))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole name, shared.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }

    /// What stands behind the last `!`, or the whole name.
    pub fn inner(&self) -> &str {
        self.0.rsplit('!').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Many archives begin each name with `./`, which says nothing.
fn strip(mut raw: &[u8]) -> &[u8] {
    while let Some(rest) = raw.strip_prefix(b"./") {
        raw = rest;
    }
    raw
}

/// Until it is longer than `most`.
fn visible(raw: &[u8], most: usize) -> String {
    let text = lossless(raw);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if out.len() > most {
            break;
        }
        let _ = match c {
            c if (c as u32) < 0x20 || c == '\u{7f}' => write!(out, "\\x{:02x}", c as u32),
            c if is_hidden(c) => write!(out, "\\u{{{:x}}}", c as u32),
            c => out.write_char(c),
        };
    }
    out
}

/// What is known about a stream before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// When it was last written, in seconds since 1970 UTC.
    pub modified: Option<i64>,
    /// Its length in bytes; not known for what is unpacked.
    pub size: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_without_power_over_the_terminal() {
        let a = MemberName::input("a.tgz");
        assert_eq!(a.member(b"./var/log/x\x1b[31m\n\xff", 99).0.as_str(), "a.tgz!var/log/x\\x1b[31m\\x0a\\xff");
        assert_eq!(a.member("a\u{202e}b".as_bytes(), 99).0.as_str(), "a.tgz!a\\u{202e}b");
        assert_eq!(a.member(b"", 99).0.as_str(), "a.tgz!(no name)");
        let (long, cut) = a.member(&[b'x'; 5000], 4096);
        assert!(cut && long.as_str().len() == 6 + 4096 + 3);
        assert_eq!(long.inner().len(), 4099);
        let (long, cut) = a.member(&[0x1b; 2000], 4096);
        assert!(cut && long.as_str().len() == 6 + 4096 + 3);
        assert_eq!(a.entry(b"b").as_str(), "a.tgz/b");
    }
}
