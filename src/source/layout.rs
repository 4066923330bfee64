//! What kind of bundle an input is, told from the names in it, and which files are parts of one log. No product is known
//! here: the kinds come from the caller.

use crate::text::glob;

/// A kind of bundle and the names that are found in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutKind {
    /// What it is called.
    pub kind: String,
    /// Names; see [`glob::fits_end`].
    pub globs: Vec<String>,
}

/// Watches the names of an input go by.
pub struct Layout<'k> {
    kinds: &'k [LayoutKind],
    seen: Vec<Vec<bool>>,
}

impl<'k> Layout<'k> {
    /// For these kinds.
    pub fn new(kinds: &'k [LayoutKind]) -> Self {
        Layout { kinds, seen: kinds.iter().map(|k| vec![false; k.globs.len()]).collect() }
    }

    /// A name was seen.
    pub fn see(&mut self, name: &str) {
        for (kind, seen) in self.kinds.iter().zip(&mut self.seen) {
            for (pattern, seen) in kind.globs.iter().zip(seen) {
                *seen = *seen || glob::fits_end(pattern, name);
            }
        }
    }

    /// The kind of which at least half of the names were seen: the one with the largest share, then with most names,
    /// then the first.
    pub fn kind(&self) -> Option<&'k str> {
        let share = |seen: &[bool]| (seen.iter().filter(|s| **s).count(), seen.len());
        let mut best: Option<(usize, usize, &'k str)> = None;
        for (kind, seen) in self.kinds.iter().zip(&self.seen) {
            let (n, of) = share(seen);
            let better = best.is_none_or(|(m, in_all, _)| (n * in_all, n) > (m * of, m));
            if n > 0 && n * 2 >= of && better {
                best = Some((n, of, &kind.kind));
            }
        }
        best.map(|(.., kind)| kind)
    }
}

/// Suffixes of packed files.
const PACKED: [&str; 7] = [".gz", ".xz", ".zst", ".bz2", ".Z", ".lz4", ".zip"];
/// Suffixes of logs, which a rotated file may have lost.
const LOGS: [&str; 3] = [".log", ".txt", ".out"];

/// The log that a file is part of, and where in it: parts in rising order are one text, oldest first.
///
/// `NAME.3` (higher is older), `NAME-3.log` (higher is newer), `NAME-20240131` and `NAME.2024-01-31` with any time
/// behind are rotated parts; the name without a number is the newest.
pub fn family(name: &str) -> (String, i64) {
    let start = name.rfind(['/', '!']).map_or(0, |i| i + 1);
    let (folder, file) = name.split_at(start);
    let unpacked = PACKED.iter().find_map(|p| file.strip_suffix(p));
    let packed = unpacked.is_some();
    let file = unpacked.unwrap_or(file);
    let log = LOGS.iter().find_map(|l| file.strip_suffix(l));
    let stem = log.unwrap_or(file);
    let whole = |stem: &str, order| (format!("{folder}{}", LOGS.iter().find_map(|l| stem.strip_suffix(l)).unwrap_or(stem)), order);
    if let Some((stem, date)) = dated(stem) {
        return whole(stem, date);
    }
    let digits = stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, number) = stem.split_at(stem.len() - digits);
    if (1..=6).contains(&digits)
        && let Ok(n) = number.parse::<i64>()
    {
        // A number at the end of any name means nothing outside the folders of logs (`eth0.100`).
        let bare = start == 0 && digits <= 3 && !number.starts_with('0') && !before.trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit());
        let among_logs = packed || bare || number == "0" || folder.to_ascii_lowercase().contains("log") || before.trim_end_matches('.').ends_with(".log");
        if let Some(stem) = before.strip_suffix('.').filter(|s| !s.is_empty() && among_logs && digits <= 4) {
            return whole(stem, -1 - n);
        }
        if let Some(stem) = before.strip_suffix('-').filter(|s| !s.is_empty() && log.is_some()) {
            return whole(stem, n - 1_000_000);
        }
    }
    whole(stem, 0)
}

/// A date at the end of a name, as an order before all others.
fn dated(stem: &str) -> Option<(&str, i64)> {
    let tail_at = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | 'T' | 'Z' | ':' | '.')).len();
    let tail = &stem[tail_at..];
    let mark = tail.find(['-', '.', '_'])?;
    // The name may end in digits of its own before the mark.
    for (i, _) in tail.match_indices(['-', '.', '_']).filter(|(i, _)| *i >= mark) {
        let digits: String = tail[i + 1..].chars().filter(char::is_ascii_digit).collect();
        let shaped =
            |s: &str| s.len() >= 8 && s.as_bytes()[..8].iter().all(u8::is_ascii_digit) || s.len() >= 10 && s.as_bytes()[4] == b'-' && s.as_bytes()[7] == b'-';
        if !shaped(&tail[i + 1..]) || digits.len() < 8 || digits.len() > 20 {
            continue;
        }
        let number = |r: std::ops::Range<usize>| digits.get(r).and_then(|d| d.parse::<i64>().ok()).unwrap_or(0);
        let (year, month, day) = (number(0..4), number(4..6), number(6..8));
        if (1990..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day) {
            let time: String = digits[8..].chars().chain("000000".chars()).take(6).collect();
            let order = number(0..8) * 1_000_000 + time.parse::<i64>().unwrap_or(0);
            return Some((&stem[..tail_at + i], order - 1_000_000_000_000_000));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_parts_sort_oldest_first() {
        for parts in [
            &["vmkernel.3.gz", "vmkernel.2.gz", "vmkernel.1.gz", "vmkernel.0.gz", "vmkernel.log"][..],
            &["messages-20231231.gz", "messages-20240101", "messages"],
            &["a.tgz!var/log/syslog.10", "a.tgz!var/log/syslog.2.gz", "a.tgz!var/log/syslog.1", "a.tgz!var/log/syslog"],
            &["x/vmware-9.log", "x/vmware-10.log", "x/vmware.log"],
            &["log/app.log-20240101-120000.gz", "log/app.log-20240102", "log/app.log.2", "log/app.log.1", "log/app.log"],
            &["log/catalina.2024-01-31.log", "log/catalina.2024-02-01.log", "log/catalina.log"],
        ] {
            let mut shuffled = parts.to_vec();
            shuffled.sort_unstable();
            shuffled.sort_by_key(|name| family(name).1);
            assert_eq!(shuffled, parts);
            assert!(parts.iter().all(|name| family(name).0 == family(parts[0]).0), "{parts:?}");
        }
    }

    #[test]
    fn numbers_that_are_part_of_a_name_stay() {
        for name in ["sos_commands/networking/ip_-s_eth0.100", "proc/cpu0", "esx-4-2024.01", "commands/x-1", "var/log/vmkernel", "disk-12", "libc-2.31"] {
            assert_eq!(family(name), (name.to_string(), 0), "{name}");
        }
        assert_ne!(family("log/hostd.log").0, family("log/hostd-probe.log").0);
    }

    #[test]
    fn a_bundle_is_told_by_its_names() {
        let kind = |kind: &str, globs: &[&str]| LayoutKind { kind: kind.into(), globs: globs.iter().map(|g| g.to_string()).collect() };
        let kinds =
            [kind("host", &["var/log/vmkernel*", "commands/esxcfg*", "etc/vmware/*"]), kind("guest", &["sos_commands/*", "sos_reports/*", "etc/os-release"])];
        let mut layout = Layout::new(&kinds);
        assert_eq!(layout.kind(), None);
        for name in ["a.tgz!esx-1/var/log/vmkernel.log", "a.tgz!esx-1/commands/esxcfg-info", "a.tgz!esx-1/etc/os-release"] {
            layout.see(name);
        }
        assert_eq!(layout.kind(), Some("host"));
    }
}
