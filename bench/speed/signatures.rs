//! The universe of 10,000 signatures: nine in ten have a literal that nothing else has, some ignore case, some have only
//! literals that ordinary lines hold too, some are alternations, thirteen have no literal at all. The sets are nested.

use crate::random::Random;
use crate::template::{AREAS, VERBS, fill, pattern};
use std::fmt::Write;

pub const UNIVERSE: usize = 10_000;
/// Thirteen, seven of them in the first thousand and none in the first hundred.
const WITHOUT_LITERAL: [usize; 13] = [137, 266, 395, 524, 653, 782, 911, 2_040, 3_469, 4_898, 6_327, 7_756, 9_185];
const SYLLABLES: [&str; 30] = [
    "ba", "cor", "del", "fi", "gan", "hul", "jo", "kes", "lim", "mar", "nu", "ost", "pri", "qua", "rin", "sol", "tev", "um", "vax", "wen", "yor", "zet", "bri",
    "clo", "dru", "fle", "gri", "plo", "ska", "tri",
];
const ENDS: [&str; 20] = [
    "was refused by %v",
    "gave up after %n attempts",
    "timed out after %n ms",
    "found checksum %x where %x was due",
    "lost its owner %v",
    "is stuck in state %n",
    "ran out of slots (%n of %n)",
    "returned %x",
    "disagrees with %v",
    "cannot reach %d",
    "skipped %n records",
    "went backwards by %n ticks",
    "saw %n duplicates on %d",
    "dropped %n frames",
    "left %n pages behind",
    "holds %d too long",
    "was started twice by %v",
    "has no backing for %x",
    "ended with %n errors",
    "must be repaired from %d",
];

/// One of the universe.
pub struct Signature {
    number: usize,
    templates: Vec<String>,
    ignore_case: bool,
    pub has_literal: bool,
    /// Stands at word boundaries: only those without a literal need it.
    whole_words: bool,
}

/// All of them.
pub fn universe(seed: u64) -> Vec<Signature> {
    let mut random = Random(seed ^ 0x5167);
    (0..UNIVERSE).map(|number| one(number, &mut random)).collect()
}

fn one(number: usize, random: &mut Random) -> Signature {
    let mut s = Signature { number, templates: Vec::new(), ignore_case: false, has_literal: true, whole_words: false };
    if let Some(rank) = WITHOUT_LITERAL.iter().position(|n| *n == number) {
        s.has_literal = false;
        s.whole_words = true;
        s.templates.push(match rank % 3 {
            0 => format!("{}{}%A-{}", "%A".repeat(2 + rank / 3), "%0".repeat(3), "%0".repeat(4)),
            1 => format!("{}:{} %w/%0", "%h".repeat(9 + rank), "%h".repeat(5)),
            _ => format!("%A{}%A{}", "%0".repeat(4 + rank / 3), "%0".repeat(6)),
        });
        return s;
    }
    let class = random.below(1_000);
    s.ignore_case = class < 52;
    match class {
        // A number with a hole in it: what is left of it is too short to find anything by.
        52..75 if number.is_multiple_of(2) => s.templates.push(format!("failed with status %w/{}%0{:02}:", number / 100, number % 100)),
        52..75 => s.templates.push(format!("while waiting for %w, {}%0{:02}", number / 100, number % 100)),
        75..97 => s.templates.extend((0..3).map(|_| sentence(number, random))),
        _ => s.templates.push(sentence(number, random)),
    }
    s
}

/// A sentence that belongs to this signature alone, made of parts that many share.
fn sentence(number: usize, random: &mut Random) -> String {
    // Numbers far apart share a module, so that a set of any size has neighbours.
    let function = format!("{}{}", AREAS[number % 30], VERBS[number / 30 % 20]);
    let of = |n: usize| SYLLABLES[n % 30];
    let word = format!("{}{}{}{}", of(number), of(number / 30), of(number / 900 + 7 * random.below(4) as usize), random.pick(&SYLLABLES));
    format!("{function}_{word}: %n: {} {}", random.pick(&["request on %d", "%v", "object %x", "the %w copy"]), random.pick(&ENDS))
}

impl Signature {
    pub fn id(&self) -> String {
        format!("bench{:05}", self.number)
    }

    /// A line's text that it matches.
    pub fn plant(&self, random: &mut Random, out: &mut Vec<u8>) {
        let from = out.len();
        fill(&self.templates[random.below(self.templates.len() as u64) as usize], random, out);
        if self.ignore_case && random.below(2) == 0 {
            out[from..].make_ascii_uppercase();
        }
    }

    /// The pattern, with names when `name` gives some.
    fn pattern(&self, name: &mut dyn FnMut() -> Option<String>) -> String {
        let parts: Vec<String> = self.templates.iter().map(|t| pattern(t, name)).collect();
        let body = match &parts[..] {
            [one] => one.clone(),
            many => format!("(?:{})", many.join("|")),
        };
        let edge = if self.whole_words { r"\b" } else { "" };
        format!("{}{edge}{body}{edge}", if self.ignore_case { "(?i)" } else { "" })
    }

    /// As a peer takes it: without names.
    pub fn plain(&self) -> String {
        self.pattern(&mut || None)
    }

    /// As POSIX writes it, for grep.
    pub fn extended(&self) -> String {
        let plain = self.plain().replace("(?:", "(").replace(r"\d", "[0-9]");
        let Some(body) = plain.strip_prefix("(?i)") else { return plain };
        let (mut out, mut class, mut escaped) = (String::new(), false, false);
        for c in body.chars() {
            if c.is_ascii_alphabetic() && !class && !escaped {
                let _ = write!(out, "[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase());
            } else {
                out.push(c);
            }
            class = (class || c == '[' && !escaped) && c != ']';
            escaped = c == '\\' && !escaped;
        }
        // A class that was written with small letters.
        out.replace("0-9a-f]", "0-9a-fA-F]").replace("[a-z]", "[A-Za-z]").replace("0[Xx]", "0[xX]")
    }

    /// As a file of a library.
    pub fn file(&self) -> String {
        let id = self.id();
        let mut names = Vec::new();
        let pattern = self.pattern(&mut || {
            // A name may stand once in a pattern, and two facts are enough.
            (self.templates.len() == 1 && names.len() < 2).then(|| {
                names.push(format!("bench.s{}_{}", self.number, ["a", "b"][names.len()]));
                names[names.len() - 1].clone()
            })
        });
        let mut out = format!("id: {id}\ntitle: Generated number {}\nseverity: high\nstatus: draft\nmatch:\n  any:\n    - '{pattern}'\n", self.number);
        if !names.is_empty() {
            out.push_str("facts:\n");
            names.iter().for_each(|n| out.push_str(&format!("  {n}: {{ type: text, say: generated }}\n")));
        }
        out + "examples:\n  match: []\n"
    }
}
