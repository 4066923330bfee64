//! Terms of an article, or of any pasted line: what search compares. Names stay findable whole and in parts
//! (`VMFS3.MaxHeapSizeMB`, `Heap_Align`, `H:0x5`); what differs from host to host and from day to day (addresses, ids,
//! stamps, line numbers, worlds) gives no term. It refuses nothing: any text is legal, costs time in proportion to
//! its length, and beyond the bound it is not read. `build.rs` includes this file by its path, so it needs only std.

// Paths, because `build.rs` includes this file by path too, and then `mod` alone would look in another folder.
#[path = "tokens/noise.rs"]
mod noise;
#[path = "tokens/stem.rs"]
mod stem;

/// How much of a document is read.
pub const DOCUMENT_BYTES: usize = 1 << 20;
/// How much of a pasted text is read.
pub const QUERY_BYTES: usize = 4096;
/// How many terms a text gives at most.
pub const MAX_TERMS: usize = 1 << 16;
/// A longer word is no word; the parts of a longer name are still terms.
const MAX_WORD: usize = 64;

/// Words that say nothing about a fault.
const STOP: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "has", "have", "if", "in", "into", "is", "it", "its", "of", "on", "or",
    "so", "than", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "were", "which", "will", "with", "you", "your",
];

/// The terms of a document in its order, lower case, with repetitions.
pub fn tokens(text: &str) -> Vec<String> {
    tokens_within(text, DOCUMENT_BYTES)
}

/// The same of the first `bytes` bytes.
pub fn tokens_within(text: &str, bytes: usize) -> Vec<String> {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader { out: Vec::new(), before: Before::default() };
    let (mut start, mut gap) = (None, 0);
    for (i, c) in text[..end].char_indices().chain([(end, ' ')]) {
        if c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':') {
            start.get_or_insert(i);
        } else if let Some(from) = start.take() {
            reader.run(&text[gap..from], &text[from..i], c);
            gap = i;
            if reader.out.len() >= MAX_TERMS {
                reader.out.truncate(MAX_TERMS);
                break;
            }
        }
    }
    reader.out
}

/// What the run before this one was; some numbers mean nothing behind it.
#[derive(Default)]
struct Before {
    /// It was a time.
    time: bool,
    /// It was a number, or a part of one, and a comma follows.
    comma: bool,
    /// It ended with a colon.
    colon: bool,
    /// Month or weekday: where its terms begin, taken back when a day follows.
    calendar: Option<usize>,
    /// Short hexadecimal codes in a row.
    codes: Vec<String>,
}

struct Reader {
    out: Vec<String>,
    before: Before,
}

/// Whether a name can be kept whole: it has a part that is a term, and none that is an address or an id.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Term,
    Nothing,
    Noise,
}

impl Reader {
    /// One run of word characters and joiners, with what stood before it and the character behind it.
    fn run(&mut self, gap: &str, run: &str, next: char) {
        let name = run.trim_matches(['_', '.', '-', '/', ':']);
        let before = std::mem::take(&mut self.before);
        self.before.colon = run.ends_with(':');
        if noise::is_time(name) {
            self.before.time = true;
            return;
        }
        let number = is_number(name);
        if let (true, Some(at)) = (number && name.len() <= 2, before.calendar) {
            self.out.truncate(at);
            self.before.time = true;
            return;
        }
        // `01:26:46,191` and `1,234,567`; the year behind a time; the line of a source, which differs by build
        // (`Heap: 2525:`); the process in `hostd[2099]`.
        let fraction = number && gap == "," && (before.time || (before.comma && name.len() == 3));
        let year = number && before.time && name.len() == 4 && (name.starts_with("19") || name.starts_with("20"));
        let source_line = number && before.colon && run.ends_with(':');
        let process = number && gap == "[" && next == ']';
        self.before.comma = number && next == ',';
        if fraction || year || source_line || process {
            return;
        }
        let at = self.out.len();
        if noise::is_calendar(name) {
            self.before.calendar = Some(before.calendar.unwrap_or(at));
        }
        self.colons(name);
        if let Some(code) = short_hex(name) {
            self.before.codes = before.codes;
            self.before.codes.push(code);
            // A sense triple is written `0x5 0x25 0x0` and `0x5/0x25/0x0`; both find each other whole.
            if let [.., a, b, c] = self.before.codes.as_slice() {
                self.out.push(format!("{a}/{b}/{c}"));
            }
            if self.before.codes.len() > 2 {
                self.before.codes.remove(0);
            }
        }
    }

    /// `H:0x5`, `cpu3:33421`, `vmhba1:C0:T3:L1`, `vmkernel.c:1234`.
    fn colons(&mut self, name: &str) {
        if noise::is_colon_id(name) {
            return;
        }
        let mut pieces = name.split(':').peekable();
        while let Some(piece) = pieces.next() {
            match pieces.peek().copied() {
                // The letter is the name space of the code: 0x5 from a host is not 0x5 from a device.
                Some(next) if piece.len() == 1 && piece.as_bytes()[0].is_ascii_alphabetic() && short_hex(next).is_some() => {
                    let code = short_hex(next).unwrap_or_default();
                    self.out.push(format!("{}:{code}", piece.to_ascii_lowercase()));
                    pieces.next();
                }
                Some(next) if is_number(next) && noise::is_cpu(piece) => {
                    pieces.next();
                }
                Some(next) if is_number(next) && piece.rsplit_once('.').is_some_and(|(_, end)| noise::is_extension(end)) => {
                    self.path(piece);
                    pieces.next();
                }
                _ => self.path(piece),
            }
        }
    }

    fn path(&mut self, name: &str) {
        if noise::is_date(name, '/') {
            return;
        }
        if !name.contains('/') {
            self.dotted(name);
            return;
        }
        self.whole(name, '/', Reader::dotted);
    }

    fn dotted(&mut self, name: &str) -> Part {
        if noise::is_id(name) || noise::is_date(name, '.') {
            return Part::Noise;
        }
        match noise::version(name) {
            Some(true) => {
                self.out.push(name.to_string());
                return Part::Term;
            }
            Some(false) => return Part::Noise,
            None => {}
        }
        if name.contains('.') { self.whole(name, '.', Reader::dashed) } else { self.dashed(name) }
    }

    fn dashed(&mut self, name: &str) -> Part {
        if noise::is_dashed_id(name) || noise::is_date(name, '-') {
            return Part::Noise;
        }
        if !name.contains('-') {
            return self.underscored(name);
        }
        self.whole(name, '-', Reader::underscored)
    }

    fn underscored(&mut self, name: &str) -> Part {
        if name.contains('_') { self.whole(name, '_', Reader::atom) } else { self.atom(name) }
    }

    /// The parts of a name, and before them the name itself when it is worth it.
    fn whole(&mut self, name: &str, joiner: char, part: fn(&mut Reader, &str) -> Part) -> Part {
        let at = self.out.len();
        let mut best = Part::Nothing;
        for piece in name.split(joiner).filter(|p| !p.is_empty()) {
            match part(self, piece) {
                Part::Noise => best = Part::Noise,
                Part::Term if best == Part::Nothing => best = Part::Term,
                _ => {}
            }
        }
        let name = name.trim_matches(joiner);
        let worth = name.contains(joiner) && name.contains(char::is_alphabetic);
        if best == Part::Term && worth && name.len() <= MAX_WORD {
            let name = match joiner {
                '/' => name.split('/').map(|p| short_hex(p).unwrap_or_else(|| p.to_lowercase())).collect::<Vec<_>>().join("/"),
                _ => name.to_lowercase(),
            };
            self.out.insert(at, name);
        }
        best
    }

    /// A word, a number, a code.
    fn atom(&mut self, atom: &str) -> Part {
        let digits = atom.bytes().filter(u8::is_ascii_digit).count();
        if let Some(code) = short_hex(atom) {
            self.out.push(code);
            return Part::Term;
        }
        if noise::is_address(atom) || digits >= 8 || atom.len() > MAX_WORD {
            return Part::Noise;
        }
        if is_number(atom) {
            return if digits >= 3 { self.push(atom.to_string()) } else { Part::Nothing };
        }
        let word = self.word(atom);
        let cuts = camel(atom);
        if !cuts.is_empty() {
            let mut from = 0;
            for to in cuts.into_iter().chain([atom.len()]) {
                self.word(&atom[from..to]);
                from = to;
            }
        } else if digits > 0 {
            self.numbered(atom);
        } else if let Some(one) = atom.strip_suffix('s').filter(|one| one.len() > 1 && one.bytes().all(|b| b.is_ascii_uppercase())) {
            // LUNs, VMs
            self.word(one);
        }
        word
    }

    /// `vmnic3` is also a vmnic, `KB1009039` is also 1009039; `VMFS3` is a name of its own.
    fn numbered(&mut self, atom: &str) {
        let at = atom.find(|c: char| c.is_ascii_digit()).unwrap_or(atom.len());
        let (head, tail) = atom.split_at(at);
        if !tail.bytes().all(|b| b.is_ascii_digit()) || head.is_empty() {
            return;
        }
        if tail.len() >= 3 {
            self.push(tail.to_string());
        } else if head.len() >= 3 && head.bytes().all(|b| b.is_ascii_lowercase()) {
            self.push(head.to_string());
        }
    }

    fn word(&mut self, word: &str) -> Part {
        if word.chars().nth(1).is_none() {
            return Part::Nothing;
        }
        let word = word.to_lowercase();
        if word.len() <= 5 && STOP.contains(&word.as_str()) {
            return Part::Nothing;
        }
        self.push(stem::stem(word))
    }

    fn push(&mut self, term: String) -> Part {
        self.out.push(term);
        Part::Term
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// `0x05` as `0x5`: a code. Five digits and more are an address.
fn short_hex(word: &str) -> Option<String> {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"))?;
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let short = digits.trim_start_matches('0').to_ascii_lowercase();
    Some(format!("0x{}", if short.is_empty() { "0" } else { &short }))
}

/// Where a name in camel case is cut: `net|GP|Heap`, `VM|kernel`, `SCSI|Device`, but not `ESXi`, `VMs`, `NFSv3`.
fn camel(word: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let upper = |i: usize| chars.get(i).is_some_and(|(_, c)| c.is_uppercase());
    let lower = |i: usize| chars.get(i).is_some_and(|(_, c)| c.is_lowercase());
    // The length of the run of capitals that ends at `i`.
    let mut run = 0;
    for i in 0..chars.len() {
        run = if upper(i) { run + 1 } else { 0 };
        let cut = match run {
            0 => continue,
            // A capital behind a small letter, or behind a digit when a word begins there.
            1 if i > 0 && (lower(i - 1) || (chars[i - 1].1.is_numeric() && lower(i + 1))) => i,
            // Two capitals and then small letters: both belong together. More: the last one begins the next word.
            2 if lower(i + 1) && lower(i + 2) && lower(i + 3) => i + 1,
            3.. if lower(i + 1) && lower(i + 2) => i,
            _ => continue,
        };
        if cut > 0 {
            cuts.push(chars[cut].0);
        }
    }
    cuts
}

#[cfg(test)]
#[path = "tokens/tests.rs"]
mod tests;
