//! Kinds of damage at a fixed strength, one function each: what pages, mail programs, terminals, loggers and people do to
//! a log. `None`: a text has nothing that could be damaged so.

use super::shipped;

pub type Damage = (&'static str, fn(&str) -> Option<String>);

/// Every kind of damage, what is done to letters first, what is done to lines last.
pub const DAMAGES: &[Damage] = &[
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
    ("between backticks", |t| Some(each_line(t, |l| format!("`{l}`")))),
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
        let at = (half.max(1)..all.len()).find(|i| all[*i].is_alphanumeric() && all[*i - 1].is_alphanumeric()).unwrap_or(half);
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
