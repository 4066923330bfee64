//! What repair must not do: glue two whole lines, cost too long, change what is shown.

use super::shipped;
use faultbook::case::Case;
use faultbook::engine::matcher::Matcher;
use faultbook::engine::mend::{Budget, Mended};
use faultbook::engine::observe::Observer;
use faultbook::library::Library;
use faultbook::library::shelf::SourceFile;
use faultbook::library::shipped::{SHIPPED, Shipped};
use indoc::indoc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What only repair sees in a text, by a library of one signature with this pattern.
fn mended(pattern: &str, text: &str) -> Vec<Mended> {
    let file = SourceFile {
        path: "signatures/own/own.yaml".to_string(),
        shown: "own.yaml".to_string(),
        text: Ok(format!("id: own\ntitle: Own\nseverity: high\nstatus: stable\nmatch:\n  any:\n    - '{pattern}'\n")),
    };
    let library = Library::load(Shipped::NONE, &[file]);
    assert!(library.problems.is_empty(), "{:?}", library.problems);
    let observer = Observer::new(&library, Matcher::short(&library));
    let clean = observer.look("paste", text.as_bytes(), 0..text.len(), 1);
    assert!(clean.is_empty(), "clean text matches already");
    observer.mend("paste", text.as_bytes(), &clean, Budget::default()).mended
}

#[test]
fn two_whole_lines_are_not_put_together_at_a_capital_inside_a_word() {
    let two = indoc! {"
        DISKLIB-LIB_CLONE   : Failed to create native clone by FileBEIoctl : The specified feature is not supported by this version (24).
        failed on x : Inappropriate ioctl for device (1638402)
    "};
    let glued = mended(r"DISKLIB-\w+\s*: .{0,300}? : [A-Z][A-Za-z /-]{3,60} \(\d{5,8}\)", two);
    assert!(glued.is_empty(), "{:?}", glued.iter().map(|m| &m.text).collect::<Vec<_>>());
}

#[test]
fn a_word_that_another_console_cut_comes_together() {
    let cut = "BUG: unab[   12.345678] usb 1-1: new high-speed USB device\nle to handle kernel paging request\n";
    let found = mended("BUG: unable to handle kernel", cut);
    assert_eq!(found.len(), 1, "{found:?}");
    let shown = &found[0].observation.line.text;
    assert!(cut.contains(&**shown), "the original is what is shown: {shown}");
    let number = "Memory failure: 0x1f4[   12.345678] usb 1-1: new high-speed USB device\n2a0: recovery action\n";
    assert_eq!(mended("Memory failure: 0x[0-9a-f]+: recovery", number).len(), 1);
    let whole = "Memory failure: seen[   12.345678] usb 1-1: new high-speed USB device\nmemory: recovery action\n";
    assert!(mended("Memory failure: .*: recovery", whole).is_empty(), "a gap of the pattern is no word");
}

#[test]
fn what_is_cut_at_both_ends_is_a_part_of_one_message() {
    let pattern = r"Transport \(VMDB\) error -14: Pipe connection has been \w+ by peer";
    assert_eq!(mended(pattern, "...ror -14: Pipe connection has been brok$").len(), 1);
    assert!(mended(pattern, "...ror -14: Pipe$").is_empty(), "too little is left");
    assert!(mended(pattern, "...ror -15: Pipe connection has been brok$").is_empty(), "another message");
}

#[test]
fn every_shown_line_is_one_of_the_paste() {
    let s = shipped();
    let paste = "&gt; [root@esx log]# x\n<p>Cannot open the disk &#39;/a/b.vmdk&#39; or one of the snapshot disks it depends on.</p>\n";
    let mut case = Case::new(s.library);
    let mended = case.paste_damaged(&s.observer, &Arc::from("paste"), paste.as_bytes(), Budget::default());
    assert!(!mended.is_empty(), "the damaged line is known");
    for m in &mended {
        assert!(paste.contains(&*m.observation.line.text), "{:?}", m.observation.line.text);
        assert!(m.repairs.iter().next().is_some(), "what was done is named");
    }
}

/// A paste that nothing knows is tried in every way, so it is the dearest.
#[test]
fn two_thousand_unknown_lines_cost_less_than_two_seconds() {
    const WORDS: &[&str] = &[
        "alpha",
        "VmkNic",
        "gammaDelta",
        "request",
        "failed",
        "to",
        "connect",
        "unable",
        "open",
        "device",
        "handle",
        "error",
        "memory",
        "returned",
        "status",
        "Heap",
        "port",
        "kernel",
        "Cannot",
        "file",
        "not",
        "found",
        "warning",
        "with",
        "driver",
        "0x1234",
        "naa.600508b1",
        "H:0x0",
        "(bad)",
        "<unknown>",
        "xxx",
        "...",
    ];
    let mut seed = 5u64;
    let mut next = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n
    };
    let mut text = String::new();
    for i in 0..2_000 {
        let words: Vec<&str> = (0..8 + next(16)).map(|_| WORDS[next(WORDS.len())]).collect();
        text.push_str(&format!("{} {i}\n", words.join(" ")));
    }
    let took = fresh(&text);
    println!("{} lines, {} bytes: {took:?}", text.lines().count(), text.len());
    assert!(text.len() > 100_000);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

/// What a paste costs a program that was just started, in time of this thread where the system tells it: other tests
/// run beside this one.
fn fresh(text: &str) -> Duration {
    let library = Library::load(SHIPPED, &[]);
    let observer = Observer::new(&library, Matcher::short(&library));
    let (begun, before) = (Instant::now(), on_the_processor());
    let clean = observer.look("paste", text.as_bytes(), 0..text.len(), 1);
    observer.mend("paste", text.as_bytes(), &clean, Budget::default());
    on_the_processor().zip(before).map_or(begun.elapsed(), |(now, then)| now - then)
}

fn on_the_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
