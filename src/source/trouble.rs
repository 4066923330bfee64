//! Why something was not read, or only in part. A [`Trouble`] travels through the layers of readers as an error; the
//! layer that owns a name turns it into a [`Reason`], once for each name.

use super::limits::Limits;
use std::fmt;
use std::io;

/// What goes wrong below a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The data ends too early.
    Cut,
    /// The data contradict their format.
    Damaged(String),
    /// A bound was hit: its name, and what to say.
    Limit(&'static str, String),
    /// The system refused.
    Io(String),
}

impl Trouble {
    /// A member becomes too large for its packed size. The only trouble after which a container can go on.
    pub fn ratio(limits: &Limits) -> Self {
        Trouble::Limit("member_ratio", format!("expands more than {}:1", limits.member_ratio))
    }

    /// Shorthand for damage.
    pub fn damaged(what: impl fmt::Display) -> Self {
        Trouble::Damaged(what.to_string())
    }

    /// What an error is about.
    pub fn of(error: &io::Error) -> Self {
        if let Some(trouble) = error.get_ref().and_then(|e| e.downcast_ref::<Trouble>()) {
            return trouble.clone();
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Trouble::Cut,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Trouble::damaged(error),
            _ => Trouble::Io(error.to_string()),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Cut => f.write_str("cut: unexpected end"),
            Trouble::Damaged(what) => write!(f, "damaged: {what}"),
            Trouble::Limit(_, what) => write!(f, "larger than limit: {what}"),
            Trouble::Io(what) => write!(f, "not readable: {what}"),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        io::Error::other(trouble)
    }
}

/// Why something was skipped, read in part, or read with doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    text: String,
    /// The field of [`Limits`] that was hit.
    pub limit: Option<&'static str>,
    /// Some of it was read.
    pub partly: bool,
}

impl Reason {
    /// Nothing of it was read.
    pub fn whole(text: impl Into<String>) -> Self {
        Reason { text: text.into(), limit: None, partly: false }
    }

    /// Some or all of it was read all the same.
    pub fn partly(text: impl Into<String>) -> Self {
        Reason { text: text.into(), limit: None, partly: true }
    }

    /// A bound was hit.
    pub fn limit(limit: &'static str, text: impl fmt::Display, partly: bool) -> Self {
        Reason { text: format!("larger than limit: {text}"), limit: Some(limit), partly }
    }

    /// Trouble after so many bytes had come out.
    pub(crate) fn after(trouble: &Trouble, bytes: u64) -> Self {
        let limit = if let Trouble::Limit(limit, _) = trouble { Some(*limit) } else { None };
        Reason { text: format!("{trouble} after {bytes} bytes"), limit, partly: bytes > 0 }
    }

    /// The same, when nothing of those bytes was of use.
    pub(crate) fn before(trouble: &Trouble, bytes: u64) -> Self {
        Reason { partly: false, ..Self::after(trouble, bytes) }
    }

    /// As people read it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
