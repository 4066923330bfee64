//! Damaged text is read all the same: every kind of damage at a fixed strength, each alone and in pairs, over all
//! examples of the shipped library. The table is printed; `cargo test --test it repair -- --nocapture` shows it.

use faultbook::engine::matcher::Matcher;
use faultbook::engine::mend::Budget;
use faultbook::engine::observe::{Observation, Observer, Seen};
use faultbook::library::Library;
use faultbook::library::outline::{Kind, Role};
use faultbook::library::shipped::SHIPPED;
use faultbook::library::types::TextWay;
use faultbook::model::signature::{Severity, Status};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// The shipped library and how it looks at a paste.
pub struct Shipped {
    pub library: &'static Library,
    pub observer: Observer<'static>,
}

pub fn shipped() -> &'static Shipped {
    static CELL: OnceLock<Shipped> = OnceLock::new();
    CELL.get_or_init(|| {
        let library: &'static Library = Box::leak(Box::new(Library::load(SHIPPED, &[])));
        Shipped { library, observer: Observer::new(library, Matcher::short(library)) }
    })
}

struct Example {
    entry: usize,
    id: &'static str,
    text: String,
}

fn opens(library: &Library, o: &Observation, entry: usize) -> bool {
    match &o.what {
        Seen::Hit(hit) => {
            let p = &library.patterns()[hit.pattern];
            p.entry == entry && p.role() == Role::Any
        }
        _ => false,
    }
}

/// Whether the signature is seen in the text: clean, only by repair, or not at all.
fn seen(s: &Shipped, text: &str, entry: usize) -> (bool, bool) {
    let clean = s.observer.look("paste", text.as_bytes(), 0..text.len().max(1), 1);
    if clean.iter().any(|o| opens(s.library, o, entry)) {
        return (true, true);
    }
    let out = s.observer.mend("paste", text.as_bytes(), &clean, Budget::default());
    (false, out.mended.iter().any(|m| opens(s.library, &m.observation, entry)))
}

/// Texts of stable signatures that one line fires.
fn examples(s: &Shipped) -> Vec<Example> {
    let mut out = Vec::new();
    for (entry, e) in s.library.entries().iter().enumerate().filter(|(_, e)| e.outline.kind == Kind::Signature) {
        let Some(signature) = s.library.signature_at(entry).filter(|x| x.status == Status::Stable && matches!(x.text, TextWay::Any)) else { continue };
        for m in &signature.examples.matches {
            let Some(text) = m.text.as_ref().filter(|_| m.steps.is_empty() && m.samples.is_empty()) else { continue };
            let text = text.value.trim_end().to_string();
            if seen(s, &text, entry).0 {
                out.push(Example { entry, id: e.outline.id, text });
            }
        }
    }
    out
}

type Damage = (&'static str, fn(&str) -> Option<String>);

/// Every kind of damage, what is done to letters first, what is done to lines last.
const DAMAGES: &[Damage] = &[
    ("lower-cased", |t| changed(t, t.to_ascii_lowercase())),
    ("numbers masked by #", mask_numbers),
    ("ids masked by X", mask_ids),
    ("times masked", mask_times),
    ("O for 0, l for 1 in hex", hex_letters),
    ("0x as 0\u{d7}", |t| changed(t, t.replace("0x", "0\u{d7}"))),
    ("typographic quotes, dashes", typographic),
    ("three dots as one sign", |t| changed(t, t.replace("...", "\u{2026}"))),
    ("prefix missing", without_prefix),
    ("cut at both ends", cut_ends),
    ("HTML entities", entities),
    ("HTML tags", |t| Some(each_line(t, |l| format!("<p>{}</p>", every_third(l, "<span class=\"x\">", "</span>"))))),
    ("Markdown", markdown),
    ("BBCode", |t| Some(every_third(t, "[I]", "[/I]"))),
    ("escapes, raw", |t| Some(every_third(t, "\u{1b}[45m", "\u{1b}[0m"))),
    ("escapes as ^[[45m", |t| Some(every_third(t, "^[[45m", "^[[0m"))),
    ("inside vmware.log", |t| Some(each_line(t, |l| format!("2026-11-20T10:00:00.123Z| vcpu-0| I120: Guest: {l}")))),
    ("flattened by -->", |t| Some(format!("[2026-11-20 10:00:00 'App' info] Begin --> {} --> end of list", t.replace('\n', " --> ")))),
    ("two lines run together", run_together),
    ("two breaks", two_breaks),
    ("two consoles", two_consoles),
    ("words wrapped at 72", |t| changed(t, wrap_words(t, 72))),
    ("words wrapped at 80", |t| changed(t, wrap_words(t, 80))),
    ("wrapped at 72", |t| changed(t, wrap(t, 72))),
    ("wrapped at 80", |t| changed(t, wrap(t, 80))),
    ("quoted-printable", quoted_printable),
    ("leading >", |t| Some(each_line(t, |l| format!("> > {l}")))),
    ("between _", |t| Some(each_line(t, |l| format!("_{l}_")))),
    ("names of files by grep", |t| Some(each_line(t, |l| format!("var/log/messages.1:881:{l}")))),
    ("priority <181>", |t| Some(each_line(t, |l| format!("<181>{l}")))),
    ("Vagrant default:", |t| Some(each_line(t, |l| format!("    default: {l}")))),
    ("Message from syslogd", |t| Some(each_line(t, |l| format!("Message from syslogd@host at Nov 20 10:00:00 ...:\n {l}")))),
    ("logger's JSON", |t| {
        Some(each_line(t, |l| serde_json::json!({ "log": format!("{l}\n"), "stream": "stderr", "time": "2026-11-20T10:00:00.1Z" }).to_string()))
    }),
    ("container name", |t| Some(each_line(t, |l| format!("web_1  | {l}")))),
    ("shell prompt", |t| Some(format!("[root@esx01 log]# tail messages\n[root@esx01 log]# {t}"))),
];

fn changed(before: &str, after: String) -> Option<String> {
    (before != after).then_some(after)
}

fn each_line(text: &str, f: impl Fn(&str) -> String) -> String {
    text.lines().map(f).collect::<Vec<_>>().join("\n")
}

fn every_third(text: &str, before: &str, after: &str) -> String {
    each_line(text, |l| {
        l.split(' ')
            .enumerate()
            .map(|(i, w)| if i % 3 == 1 && !w.is_empty() { format!("{before}{w}{after}") } else { w.to_string() })
            .collect::<Vec<_>>()
            .join(" ")
    })
}

/// Every number that stands alone.
fn mask_numbers(text: &str) -> Option<String> {
    let r = regex::Regex::new(r"[A-Za-z0-9_]+").unwrap();
    let out = r.replace_all(text, |c: &regex::Captures<'_>| if c[0].bytes().all(|b| b.is_ascii_digit()) { "#".repeat(c[0].len()) } else { c[0].to_string() });
    changed(text, out.into_owned())
}

/// Hexadecimal numbers of six digits or more, device names, UUIDs, MAC and IP addresses.
fn mask_ids(text: &str) -> Option<String> {
    let ip = regex::Regex::new(r"\b\d{1,3}(?:\.\d{1,3}){3}\b").unwrap().replace_all(text, "x.x.x.x").into_owned();
    let naa = regex::Regex::new(r"\b(naa|eui|t10)\.[0-9A-Za-z_]+").unwrap().replace_all(&ip, "$1.xxx").into_owned();
    let mac = regex::Regex::new(r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b").unwrap().replace_all(&naa, "XX:XX:XX:XX:XX:XX").into_owned();
    let r = regex::Regex::new(r"\b(0x)?([0-9a-fA-F]{6,})\b").unwrap();
    let out = r.replace_all(&mac, |c: &regex::Captures<'_>| {
        let digits = c[2].bytes().any(|b| b.is_ascii_digit()) || c.get(1).is_some();
        if digits { format!("{}{}", c.get(1).map_or("", |m| m.as_str()), "X".repeat(c[2].len())) } else { c[0].to_string() }
    });
    changed(text, out.into_owned())
}

fn mask_times(text: &str) -> Option<String> {
    let z = regex::Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z").unwrap().replace_all(text, "NoneZ").into_owned();
    let iso = regex::Regex::new(r"\d{4}-\d\d-\d\d[ T][0-9:.,]+").unwrap().replace_all(&z, "YYYY-MM-DD TIME").into_owned();
    let out = regex::Regex::new(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d")
        .unwrap()
        .replace_all(&iso, "MMM DD HH:MM:SS")
        .into_owned();
    changed(text, out)
}

fn hex_letters(text: &str) -> Option<String> {
    let r = regex::Regex::new(r"\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{8,}\b").unwrap();
    let out = r.replace_all(
        text,
        |c: &regex::Captures<'_>| if c[0].bytes().any(|b| b.is_ascii_digit()) { c[0].replace('0', "O").replace('1', "l") } else { c[0].to_string() },
    );
    changed(text, out.into_owned())
}

fn typographic(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut open = [false; 2];
    for c in text.replace("--", "\u{2014}").replace(" - ", " \u{2013} ").chars() {
        let i = match c {
            '\'' => 0,
            '"' => 1,
            c => {
                out.push(c);
                continue;
            }
        };
        open[i] = !open[i];
        out.push([['\u{2019}', '\u{2018}'], ['\u{201d}', '\u{201c}']][i][usize::from(open[i])]);
    }
    changed(text, out)
}

fn without_prefix(text: &str) -> Option<String> {
    let s = shipped();
    let out = each_line(text, |l| {
        let e = s.observer.envelopes.read(l.as_bytes());
        l.get(e.text.clone()).unwrap_or(l).to_string()
    });
    changed(text, out)
}

/// Twelve letters lost at each end of a line.
fn cut_ends(text: &str) -> Option<String> {
    let cut = each_line(text, |l| {
        let all: Vec<char> = l.chars().collect();
        if all.len() < 60 { l.to_string() } else { format!("...{}$", all[12..all.len() - 12].iter().collect::<String>()) }
    });
    changed(text, cut)
}

fn entities(text: &str) -> Option<String> {
    changed(text, text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#8217;"))
}

fn markdown(text: &str) -> Option<String> {
    let escaped = text.replace('_', "\\_").replace('*', "\\*").replace('[', "\\[");
    Some(each_line(&escaped, |l| l.split(' ').map(|w| if w.contains("0x") { format!("**{w}**") } else { w.to_string() }).collect::<Vec<_>>().join(" ")))
}

fn run_together(text: &str) -> Option<String> {
    let healthy = "Nov 20 10:00:00 host cron[4711]: (root) CMD (run-parts /etc/cron.hourly)";
    Some(format!("{healthy}{text}{healthy}"))
}

/// Each line broken at a third and at two thirds, wherever that is.
fn two_breaks(text: &str) -> Option<String> {
    Some(each_line(text, |l| {
        let all: Vec<char> = l.chars().collect();
        let (a, b) = (all.len() / 3, all.len() * 2 / 3);
        let part = |x: usize, y: usize| all[x..y].iter().collect::<String>().trim_end().to_string();
        format!("{}\n{}\n{}", part(0, a), part(a, b).trim_start(), part(b, all.len()).trim_start())
    }))
}

/// In the middle of a word another line is written, and the rest follows on the next.
fn two_consoles(text: &str) -> Option<String> {
    Some(each_line(text, |l| {
        let all: Vec<char> = l.chars().collect();
        let half = all.len() / 2;
        let at = (half..all.len()).find(|i| all[*i].is_alphanumeric() && all[*i - 1].is_alphanumeric()).unwrap_or(half);
        let (a, b): (String, String) = (all[..at].iter().collect(), all[at..].iter().collect());
        format!("{a}[ 1234.567890] usb 1-1: new high-speed USB device number 4 using xhci_hcd\n{b}")
    }))
}

fn wrap_words(text: &str, width: usize) -> String {
    each_line(text, |l| {
        let (mut out, mut col) = (String::new(), 0);
        for word in l.split(' ') {
            let w = word.chars().count();
            if col > 0 && col + 1 + w > width {
                out.push('\n');
                col = 0;
            } else if col > 0 || !out.is_empty() {
                out.push(' ');
                col += 1;
            }
            out.push_str(word);
            col += w;
        }
        out
    })
}

fn wrap(text: &str, width: usize) -> String {
    each_line(text, |l| {
        let all: Vec<char> = l.chars().collect();
        all.chunks(width).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
    })
}

fn quoted_printable(text: &str) -> Option<String> {
    let coded = text.replace('=', "=3D");
    let out = each_line(&coded, |l| {
        let all: Vec<char> = l.chars().collect();
        let mut out = String::new();
        let mut i = 0;
        while all.len() - i > 76 {
            let mut end = i + 75;
            // A code is not broken.
            while all[end - 1] == '=' || all[end - 2] == '=' {
                end -= 1;
            }
            out.extend(&all[i..end]);
            out.push_str("=\n");
            i = end;
        }
        out.extend(&all[i..]);
        out
    });
    changed(text, out)
}

#[derive(Default)]
struct Count {
    tried: usize,
    clean: usize,
    recovered: usize,
}

impl Count {
    fn percent(&self) -> f64 {
        if self.tried == 0 { 100.0 } else { 100.0 * self.recovered as f64 / self.tried as f64 }
    }

    fn add(&mut self, (clean, recovered): (bool, bool)) {
        self.tried += 1;
        self.clean += usize::from(clean);
        self.recovered += usize::from(recovered);
    }
}

fn on_all_cores<T: Sync, R: Send + Default>(jobs: &[T], run: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let half = jobs.len().div_ceil(2);
    std::thread::scope(|scope| {
        let run = &run;
        let parts: Vec<_> = jobs.chunks(half.max(1)).map(|part| scope.spawn(move || part.iter().map(run).collect::<Vec<R>>())).collect();
        parts.into_iter().flat_map(|p| p.join().unwrap()).collect()
    })
}

#[test]
fn each_kind_of_damage_alone_is_repaired() {
    let s = shipped();
    let all = examples(s);
    assert!(all.len() > 500, "only {} examples were read", all.len());
    let counts = on_all_cores(DAMAGES, |(name, damage)| {
        let mut count = Count::default();
        let mut lost = Vec::new();
        for e in &all {
            if let Some(text) = damage(&e.text) {
                let result = seen(s, &text, e.entry);
                count.add(result);
                if !result.1 {
                    lost.push((e.id, text));
                }
            }
        }
        let mut shown = String::new();
        if std::env::var("FAULTBOOK_LOST").is_ok_and(|n| name.contains(&n)) {
            lost.iter().for_each(|(id, text)| writeln!(shown, "    {id}: {text:?}").unwrap());
        }
        (count, shown)
    });
    println!("{:<30} {:>6} {:>9} {:>10} {:>7}", "damage", "tried", "no repair", "with", "%");
    let mut sum = 0.0;
    for ((name, _), (c, shown)) in DAMAGES.iter().zip(&counts) {
        println!("{name:<30} {:>6} {:>9} {:>10} {:>7.1}", c.tried, c.clean, c.recovered, c.percent());
        print!("{shown}");
        sum += c.percent();
    }
    let mean = sum / DAMAGES.len() as f64;
    println!("{} examples, {} kinds of damage, on average {mean:.1} %", all.len(), DAMAGES.len());
    for ((name, _), (c, _)) in DAMAGES.iter().zip(&counts) {
        assert!(c.tried > 0, "{name} damages nothing");
        assert!(c.percent() >= 90.0, "{name}: {:.1} % of {}", c.percent(), c.tried);
    }
    assert!(mean >= 95.0, "on average {mean:.1} %");
}

/// Two kinds at once. Each pair runs over a fixed part of the examples, another for each pair.
#[test]
fn two_kinds_of_damage_at_once_are_repaired() {
    let s = shipped();
    let all = examples(s);
    assert!(all.len() > 500);
    let pairs: Vec<(usize, usize)> = (0..DAMAGES.len()).flat_map(|a| (a + 1..DAMAGES.len()).map(move |b| (a, b))).collect();
    let counts = on_all_cores(&pairs, |(a, b)| {
        let mut count = Count::default();
        for e in all.iter().skip((a * 7 + b) % 29).step_by(29) {
            if let Some(text) = DAMAGES[*a].1(&e.text).and_then(|t| DAMAGES[*b].1(&t)) {
                count.add(seen(s, &text, e.entry));
            }
        }
        count
    });
    let mut total = Count::default();
    let mut by_kind: BTreeMap<usize, Count> = BTreeMap::new();
    for ((a, b), c) in pairs.iter().zip(&counts) {
        for into in [Some(*a), Some(*b), None] {
            let sum = into.map_or(&mut total, |k| by_kind.entry(k).or_default());
            sum.tried += c.tried;
            sum.clean += c.clean;
            sum.recovered += c.recovered;
        }
    }
    println!("{:<30} {:>6} {:>9} {:>10} {:>7}", "damage, with each other one", "tried", "no repair", "with", "%");
    for (k, c) in &by_kind {
        println!("{:<30} {:>6} {:>9} {:>10} {:>7.1}", DAMAGES[*k].0, c.tried, c.clean, c.recovered, c.percent());
    }
    let mut worst: Vec<(&(usize, usize), &Count)> = pairs.iter().zip(&counts).filter(|(_, c)| c.tried >= 5).collect();
    worst.sort_by(|x, y| x.1.percent().total_cmp(&y.1.percent()));
    let below = worst.iter().filter(|(_, c)| c.percent() < 85.0).count();
    println!("{} pairs, {} texts, {:.1} % recovered; {below} pairs below 85 %, the worst:", pairs.len(), total.tried, total.percent());
    for ((a, b), c) in worst.iter().take(25) {
        println!("  {} + {}: {} of {}", DAMAGES[*a].0, DAMAGES[*b].0, c.recovered, c.tried);
    }
    assert!(total.tried > 5_000);
    assert!(total.percent() >= 85.0, "{:.1} %", total.percent());
}

/// Near misses stay near misses: repair makes nothing of them that is above info.
#[test]
fn repair_makes_nothing_of_near_misses() {
    let s = shipped();
    let mut read = 0;
    let mut wrong = Vec::new();
    for (entry, e) in s.library.entries().iter().enumerate().filter(|(_, e)| e.outline.kind == Kind::Signature) {
        let Some(signature) = s.library.signature_at(entry) else { continue };
        for text in signature.examples.no_match.iter().filter_map(|m| m.text.as_ref()) {
            read += 1;
            wrong.extend(alarms(s, &text.value).into_iter().map(|a| format!("{}: {a} on {:?}", e.outline.id, text.value)));
        }
    }
    assert!(read > 300, "only {read} near misses were read");
    assert!(wrong.is_empty(), "{read} read:\n{}", wrong.join("\n"));
}

/// Signatures above info that only repair makes match.
pub fn alarms(s: &Shipped, text: &str) -> Vec<String> {
    let clean = s.observer.look("paste", text.as_bytes(), 0..text.len().max(1), 1);
    let out = s.observer.mend("paste", text.as_bytes(), &clean, Budget::default());
    let mut found = Vec::new();
    for m in &out.mended {
        let entries: Vec<usize> = match &m.observation.what {
            Seen::Hit(hit) if matches!(s.library.patterns()[hit.pattern].role(), Role::Any) => vec![s.library.patterns()[hit.pattern].entry],
            Seen::Record(r) => r.hits.iter().map(|(e, _)| *e).collect(),
            _ => Vec::new(),
        };
        for entry in entries {
            if s.library.signature_at(entry).is_some_and(|x| x.severity != Severity::Info) {
                found.push(format!("`{}` by {:?} of {:?}", s.library.entries()[entry].outline.id, m.repairs, m.text));
            }
        }
    }
    found
}
