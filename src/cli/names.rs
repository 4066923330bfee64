//! Names of streams as a case keeps them. One name is bounded where it is read; a bundle may hold two hundred thousand
//! of them, and findings, facts and what was not read keep theirs to the end. So all names together have a bound too:
//! from there on a name is kept as its begin and its end.

use crate::text::untrusted::cut_at;
use std::sync::Arc;

/// Bytes of all names that are kept whole.
const WHOLE: usize = 8 << 20;
/// Bytes that are kept of the begin and of the end of a name from then on.
const SHORT: (usize, usize) = (60, 120);

/// Gives out names, in the order of the walk.
#[derive(Debug, Default)]
pub(super) struct Names {
    given: usize,
    last: Option<(Arc<str>, Arc<str>)>,
    /// Some name was shortened.
    pub met: bool,
}

impl Names {
    /// The name as it is kept; the same again as long as the same stream goes on.
    pub fn keep(&mut self, name: &Arc<str>) -> Arc<str> {
        if let Some((full, kept)) = &self.last
            && full == name
        {
            return kept.clone();
        }
        let kept = if self.given + name.len() <= WHOLE || name.len() <= SHORT.0 + SHORT.1 + 3 { name.clone() } else { self.shorten(name) };
        self.given += kept.len();
        self.last = Some((name.clone(), kept.clone()));
        kept
    }

    fn shorten(&mut self, name: &str) -> Arc<str> {
        self.met = true;
        let (begin, end) = (cut_at(name, SHORT.0), cut_at(name, name.len() - SHORT.1));
        Arc::from(format!("{}...{}", &name[..begin], &name[end..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_whole_until_they_are_too_many() {
        let mut names = Names::default();
        let name = |i: usize| -> Arc<str> { Arc::from(format!("{i:08}{}{i:08}.log", "\u{e9}".repeat(2_000))) };
        let mut bytes = 0;
        for i in 0..20_000 {
            let (full, kept) = (name(i), names.keep(&name(i)));
            assert!(Arc::ptr_eq(&kept, &names.keep(&full)), "the parts of one stream have one name");
            assert!(kept.starts_with(&full[..8]) && kept.ends_with(&full[full.len() - 12..]));
            assert!(kept == full || names.met && kept.len() <= SHORT.0 + SHORT.1 + 6);
            bytes += kept.len();
        }
        assert!(names.met && (WHOLE - 5_000..WHOLE + 20_000 * 186).contains(&bytes), "{bytes}");
        assert_eq!(&*names.keep(&Arc::from("short.log")), "short.log");
    }
}
