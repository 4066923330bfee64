//! A healthy log raises no alarm: messages of normal operation, made by a seeded generator, and nothing above `info`
//! fires on them, clean or repaired.

mod shapes;

use super::repair::damages::DAMAGES;
use super::repair::{Shipped, shipped};
use super::run::faultbook;
use crate::random::Random;
use faultbook::case::Case;
use faultbook::engine::matcher::Matcher;
use faultbook::engine::mend::Budget;
use faultbook::engine::observe::Observer;
use faultbook::library::outline::Kind;
use faultbook::model::signature::Severity;
use shapes::{Clock, Shape, line, message, shapes, shuffled};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

/// Texts of info signatures: known and harmless, so healthy too.
fn harmless(s: &Shipped) -> Vec<String> {
    let signatures = s.library.entries().iter().enumerate().filter(|(_, e)| e.outline.kind == Kind::Signature).filter_map(|(i, _)| s.library.signature_at(i));
    let matches = signatures.filter(|x| x.severity == Severity::Info).flat_map(|x| x.examples.matches.iter().filter_map(|m| m.text.as_ref()));
    matches.map(|t| t.value.trim_end().to_string()).collect()
}

/// What is above info in a case: signature and the first line that it cites.
fn alarms(case: &Case<'_>) -> Vec<(String, String)> {
    let findings = case.conclude().findings;
    let above = findings.into_iter().filter(|f| f.severity != Severity::Info);
    above.map(|f| (f.signature, f.first.map_or_else(|| f.says.join(" "), |l| l.text.to_string()))).collect()
}

fn assert_quiet(found: BTreeMap<String, Vec<String>>, read: &str) {
    let said: Vec<String> = found.iter().map(|(id, lines)| format!("{id} ({}):\n    {}", lines.len(), lines[..lines.len().min(5)].join("\n    "))).collect();
    assert!(found.is_empty(), "{read}; {} signatures above info fire:\n{}", found.len(), said.join("\n"));
}

/// A log of at least so many bytes in which every shape stands at least once.
fn log(all: &[Shape], seed: u64, bytes: usize) -> (String, usize) {
    let (mut r, mut clock) = (Random(seed), Clock(0));
    let mut out = String::with_capacity(bytes + (64 << 10));
    let mut rounds = 0;
    while out.len() < bytes || rounds == 0 {
        for i in shuffled(all.len(), &mut r) {
            out.push_str(&line(&all[i], &mut r, &mut clock));
            out.push('\n');
            if rounds > 0 && out.len() >= bytes {
                break;
            }
        }
        rounds += 1;
    }
    (out, rounds)
}

#[test]
fn the_corpus_has_enough_shapes_from_enough_public_sources() {
    let all = shapes();
    let public = all.iter().filter(|s| s.public).count();
    let mut by_format: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|s| *by_format.entry(&s.format).or_default() += 1);
    println!("{} distinct shapes, {public} of them from public documents and packages: {by_format:?}", all.len());
    assert!(all.len() >= 2_000, "only {} distinct shapes", all.len());
    assert!(public * 2 >= all.len(), "only {public} of {} come from public sources", all.len());
    for format in ["kernel", "syslog", "vmkernel", "vmx", "hostd", "vobd"] {
        assert!(by_format.contains_key(format), "no shape of {format}");
    }
    let (first, _) = log(&all, 7, 1);
    assert_eq!(first, log(&all, 7, 1).0, "the same seed gives the same bytes");
    assert!(first != log(&all, 8, 1).0);
}

/// Five megabytes as a scan sees them.
#[test]
fn nothing_above_info_fires_on_a_healthy_log() {
    let s = shipped();
    let all = shapes();
    let (text, rounds) = log(&all, 1, 5 << 20);
    assert!(text.len() >= 5 << 20 && rounds >= 2, "{} bytes, {rounds} rounds", text.len());
    let observer = Observer::new(s.library, Matcher::scan(s.library));
    let mut case = Case::new(s.library);
    let stream: Arc<str> = Arc::from("healthy.log");
    let seen = observer.look(&stream, text.as_bytes(), 0..text.len(), 1);
    case.observe(&stream, &seen);
    case.end_stream(&stream);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    alarms(&case).into_iter().for_each(|(id, line)| found.entry(id).or_default().push(line));
    let read = format!("{} bytes, {} lines, {} shapes read, {} observations", text.len(), text.lines().count(), all.len(), seen.len());
    println!("{read}");
    assert_quiet(found, &read);
}

/// Every shape as a person pastes it, with its envelope and without, and repaired where it can be.
#[test]
fn repair_makes_no_alarm_of_healthy_pastes() {
    let s = shipped();
    let all = shapes();
    let (mut r, mut clock) = (Random(2), Clock(0));
    let mut lines: Vec<String> = shuffled(all.len(), &mut r).into_iter().map(|i| line(&all[i], &mut r, &mut clock)).collect();
    let bare: Vec<String> = shuffled(all.len(), &mut r).into_iter().map(|i| message(&all[i], &mut r)).collect();
    lines.extend(bare);
    lines.extend(harmless(s));
    // The same with every kind of damage done to a part of them.
    let mut pastes: Vec<String> = lines.chunks(100).map(|p| p.join("\n")).collect();
    let whole = pastes.len();
    for (i, (_, damage)) in DAMAGES.iter().enumerate() {
        pastes.extend(lines.chunks(80).skip(i).step_by(DAMAGES.len()).filter_map(|p| damage(&p.join("\n"))));
    }
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut bytes, mut mended) = (0, 0);
    for text in &pastes {
        bytes += text.len();
        let mut case = Case::new(s.library);
        mended += case.paste_damaged(&s.observer, &Arc::from("paste"), text.as_bytes(), Budget::default()).len();
        alarms(&case).into_iter().for_each(|(id, line)| found.entry(id).or_default().push(line));
    }
    let read = format!("{} lines in {whole} pastes and {} damaged ones, {bytes} bytes, {mended} observations by repair", lines.len(), pastes.len() - whole);
    println!("{read}");
    assert!(lines.len() > 2 * all.len() && pastes.len() > whole + 50 && bytes > 400_000, "{read}");
    assert_quiet(found, &read);
    // A damaged fault in the midst of such a paste is seen: the silence is not that of a repair that does nothing.
    let fault = "&gt; Cannot open the disk &#39;/vmfs/volumes/a/b.vmdk&#39; or one of the snapshot disks it depends on.";
    let text = format!("{}\n{fault}\n{}", lines[..40].join("\n"), lines[40..80].join("\n"));
    let mut case = Case::new(s.library);
    case.paste_damaged(&s.observer, &Arc::from("paste"), text.as_bytes(), Budget::default());
    assert_eq!(alarms(&case).len(), 1);
}

/// Fifty megabytes, written out and scanned by the program itself. `.ci/slow` runs it.
#[test]
#[ignore = "slow: .ci/slow runs it"]
fn slow_fifty_megabytes_of_healthy_log_are_quiet() {
    let all = shapes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("healthy.log");
    let mut file = std::fs::File::create(&path).unwrap();
    for seed in 10..20 {
        file.write_all(log(&all, seed, 5 << 20).0.as_bytes()).unwrap();
    }
    drop(file);
    let written = std::fs::metadata(&path).unwrap().len();
    assert!(written >= 50 << 20, "only {written} bytes were written");
    let ran = faultbook(&["scan", "--format", "json", path.to_str().unwrap()], "");
    let json = ran.json();
    assert_eq!(json["coverage"]["bytes"].as_u64(), Some(written), "all of it was read");
    let above: Vec<&serde_json::Value> = json["findings"].as_array().unwrap().iter().filter(|f| f["severity"] != "info").collect();
    println!("{written} bytes written and scanned, {} findings of info", json["findings"].as_array().unwrap().len());
    assert!(above.is_empty(), "{} findings above info: {above:#?}", above.len());
    assert_eq!(ran.code, 1, "{}", ran.err);
}
