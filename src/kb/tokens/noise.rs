//! What gives no term: text that names one host, one moment or one build, and not a fault.

/// `7:21:06:31.191`, `01:26:46`, `2012-07-26T01:26:46.191Z`.
pub(super) fn is_time(name: &str) -> bool {
    name.contains(':')
        && name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'-' | b'/' | b'T' | b'Z'))
}

/// A month or a day of the week as stamps write it. A term, unless a day follows: `Sun` is also a maker.
pub(super) fn is_calendar(name: &str) -> bool {
    const WORDS: [&str; 19] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    WORDS.contains(&name)
}

/// MAC address, world wide name, IPv6: four groups or more of hexadecimal digits.
pub(super) fn is_colon_id(name: &str) -> bool {
    name.bytes().filter(|b| *b == b':').count() >= 3 && name.split(':').all(|g| g.len() <= 4 && g.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The CPU before a world: `cpu3:33421`.
pub(super) fn is_cpu(piece: &str) -> bool {
    piece.strip_prefix("cpu").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// The end of a file's name; a number behind it is a line.
pub(super) fn is_extension(end: &str) -> bool {
    (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_lowercase())
}

/// Ids of devices: `naa.600508b1001c4d6f`, `eui.…`, `t10.…`.
pub(super) fn is_id(name: &str) -> bool {
    ["naa.", "eui.", "t10."].iter().any(|prefix| name.get(..4).is_some_and(|p| p.eq_ignore_ascii_case(prefix)))
}

/// A year and two numbers, or the other way round: `2026-11-21`, `26.07.2012`, `07/26/2012`.
pub(super) fn is_date(name: &str, joiner: char) -> bool {
    // Bounded first: `1/1/1/…` for a megabyte must not be split for nothing.
    if name.len() > 10 || !name.bytes().all(|b| b.is_ascii_digit() || b == joiner as u8) {
        return false;
    }
    let lens: Vec<usize> = name.split(joiner).map(str::len).collect();
    matches!(lens.as_slice(), [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4] | [2, 2, 2])
}

/// Digits and dots: a version or a small decimal is a term, an IP address and the seconds of a stamp are not.
pub(super) fn version(name: &str) -> Option<bool> {
    if !name.contains('.') || !name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let groups: Vec<&str> = name.split('.').take(6).collect();
    let address = groups.len() == 4 && groups.iter().all(|g| (1..=3).contains(&g.len()));
    Some(!address && groups.len() <= 4 && groups[0].len() <= 2 && groups[1..3.min(groups.len())].iter().all(|g| g.len() <= 3) && name.len() <= 16)
}

/// UUID, the UUID of a volume, a MAC address with dashes.
pub(super) fn is_dashed_id(name: &str) -> bool {
    let hex = |g: &str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_hexdigit());
    let dashes = name.bytes().filter(|b| *b == b'-').count();
    dashes >= 2 && name.len() >= 17 && name.bytes().any(|b| b.is_ascii_digit()) && name.split('-').all(hex)
}

/// An address with or without `0x`: hexadecimal with a digit in it, eight places and more without the prefix.
pub(super) fn is_address(atom: &str) -> bool {
    if let Some(digits) = atom.strip_prefix("0x").or_else(|| atom.strip_prefix("0X")) {
        return digits.len() > 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    atom.len() >= 8 && atom.bytes().all(|b| b.is_ascii_hexdigit()) && atom.bytes().any(|b| b.is_ascii_digit())
}
