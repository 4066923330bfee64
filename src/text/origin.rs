//! Where a line came from: an input, perhaps a member of an archive inside it, and a line number.

use std::fmt;
use std::sync::Arc;

/// One place in the input: `stdin:3`, `vm-support.tgz!var/log/vmkernel.log:881`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The stream, as the user named it; members of archives follow a `!`.
    pub stream: Arc<str>,
    /// 1-based line; 0 when no line is meant.
    pub line: u64,
}

impl Origin {
    /// A line of a stream.
    pub fn new(stream: &Arc<str>, line: u64) -> Self {
        Origin { stream: stream.clone(), line }
    }

    /// Something that a person answered, e.g. `answer:host-reachability`.
    pub fn answer(step: &str) -> Self {
        Origin { stream: Arc::from(format!("answer:{step}")), line: 0 }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { write!(f, "{}", self.stream) } else { write!(f, "{}:{}", self.stream, self.line) }
    }
}
