//! One word for its inflections: `heaps`, `failed`, `failing`. Small and careful: a wrong cut joins two different
//! words, a cut not made only misses one. Words with anything but a-z in them are names and are left alone.

/// Ends of verbs that lose an `e` before `ed` and `ing`: `enabl(ed)`, `releas(ing)`.
const WITH_E: &[&str] = &[
    "ag", "ais", "ak", "am", "ap", "as", "at", "bin", "bl", "c", "cach", "cl", "clar", "cut", "dg", "dl", "dul", "eas", "epar", "ez", "fin", "gl", "grad",
    "id", "im", "ir", "iz", "let", "min", "mpar", "ng", "nor", "ns", "od", "ok", "os", "pl", "put", "rg", "rit", "rs", "shar", "stor", "tl", "u", "ud", "um",
    "ur", "us", "v", "yp",
];
/// Two vowels spoken as one; a verb with them before its last letter has no `e`: `load(ed)`, `contain(ed)`.
const PAIRS: &[&str] = &["ai", "au", "ea", "ee", "ei", "ie", "oa", "oi", "oo", "ou"];

/// The stem of a word in lower case.
pub(super) fn stem(word: String) -> String {
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word;
    }
    let one = singular(&word).unwrap_or(word);
    verb(&one).unwrap_or(one)
}

fn has_vowel(s: &str) -> bool {
    s.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

fn singular(word: &str) -> Option<String> {
    let cut = word.strip_suffix('s')?;
    // `vmfs`, `ntfs`: a name without a vowel has no plural.
    if cut.ends_with(['s', 'u', 'i']) || !has_vowel(cut) {
        return None;
    }
    if let Some(y) = cut.strip_suffix("ie").filter(|y| y.len() >= 3) {
        return Some(format!("{y}y"));
    }
    let hiss = |c: &&str| c.ends_with("ss") || c.ends_with("sh") || c.ends_with('x') || (c.ends_with("ch") && !c.ends_with("cach"));
    let es = cut.strip_suffix('e').filter(hiss);
    Some(es.unwrap_or(cut).to_string())
}

fn verb(word: &str) -> Option<String> {
    let cut = match word.strip_suffix("ing") {
        Some(cut) => cut,
        None => word.strip_suffix("ed").filter(|c| !c.ends_with('e'))?,
    };
    if cut.len() < 4 || !has_vowel(cut) {
        return None;
    }
    let [.., a, b] = cut.as_bytes() else { return None };
    if a == b && !matches!(b, b'l' | b's' | b'z' | b'e' | b'o') {
        return Some(cut[..cut.len() - 1].to_string());
    }
    let paired = PAIRS.iter().any(|p| cut[..cut.len() - 1].ends_with(p)) && !cut.ends_with(['s', 'v', 'c']) && cut != "creat";
    let e = !paired && WITH_E.iter().any(|end| cut.ends_with(end));
    Some(if e { format!("{cut}e") } else { cut.to_string() })
}
