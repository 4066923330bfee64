//! A product that faultbook has never heard of, described in YAML only: a broker's memory table with its trend, its stack
//! traces, a table of its parts, and the chain from one to the other.

use crate::desk::Desk;
use faultbook::library::Library;
use faultbook::library::shipped::SHIPPED;
use faultbook::source::library::read_root;
use indoc::indoc;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILES: &[(&str, &str)] = &[
    (
        "signatures/formats/mailrelay-log.yaml",
        indoc! {r#"
            id: mailrelay-log
            title: log of the message broker, and its stack traces
            line: '^(?P<time.iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (?P<host>[\w.-]+) (?P<level>INFO|WARN|FATAL) (?P<text>.*)$'
            levels: { INFO: info, WARN: warning, FATAL: error }
            facts:
              relay.failure:  { type: word, say: failure that ended the broker }
              relay.function: { type: word, say: first function of the broker itself }
            record:
              name: mailrelay-trace
              starts: ['FATAL relay\.\w+Failure: ']
              continues: ['^\s+in \w+']
              max_lines: 60
              take: ['FATAL (?P<relay.failure>relay\.\w+Failure): ']
              frames:
                pattern: '^\s+in (?P<function>\w+) \((?P<module>\w+)\)'
                skip_functions: ['alloc_page', 'raise']
                skip_modules: ['libc']
                culprit: { function: relay.function }
            samples:
              - name: no-page
                text: |-
                  2026-11-20T18:00:07Z mq1 FATAL relay.PageFailure: no page left
                    in raise (libc)
                    in alloc_page (relay)
                    in spool_append (relay)
                    in serve (relay)
                facts: { relay.failure: relay.PageFailure, relay.function: spool_append, host: mq1 }
              - text: "2026-11-20T18:00:00Z mq1 INFO memory spool=190000kB index=30000kB"
                facts: { host: mq1, level: info }
        "#},
    ),
    (
        "signatures/tables/mailrelay-parts.yaml",
        indoc! {"
            id: mailrelay-parts
            title: Parts of the broker
            source: manual of the broker
            keys: { part: { type: word } }
            columns:
              what:  { type: text }
              limit: { type: integer, unit: kB }
            rows:
              - { part: spool, what: messages that wait, limit: 400000 }
              - { part: index, what: addresses, limit: 100000 }
        "},
    ),
    (
        "signatures/steps/mailrelay-memory.yaml",
        indoc! {r#"
            id: mailrelay-memory
            title: Memory of the broker, hour by hour
            risk: read-only
            minutes: 1
            run: grep ' memory ' /var/log/mailrelay.log
            where: the broker
            looks_like: [' INFO memory \w+=\d+kB']
            facts:
              relay.part:     { type: word, say: part of the broker }
              relay.memory:   { type: integer, unit: kB, about: [relay.part], say: memory of the part }
              relay.growth:   { type: number, unit: kB, about: [relay.part], say: growth in an hour }
              relay.trend:    { type: word, about: [relay.part], say: what it does over time }
              relay.limit:    { type: integer, unit: kB, about: [relay.part], say: largest size by the manual }
              relay.soonest:  { type: number, about: [relay.part], say: hours until it is full at the soonest }
              relay.latest:   { type: number, about: [relay.part], say: hours until it is full at the latest }
            parse:
              lines:
                - pattern: ' INFO memory (?P<parts>\w+=\d+kB.*)$'
                  each: { in: parts, pattern: '(?P<relay.part>\w+)=(?P<relay.memory>\d+)kB' }
            derive:
              relay.growth: relay.memory | slope_per_hour
              relay.trend: relay.memory | trend
              relay.limit: relay.part | lookup('mailrelay-parts', 'limit')
              relay.soonest: (relay.limit - relay.memory) / (relay.memory | slope_per_hour('high'))
              relay.latest: (relay.limit - relay.memory) / (relay.memory | slope_per_hour('low'))
            examples:
              - name: two-hours
                text: |-
                  2026-11-20T10:00:00Z mq1 INFO memory spool=110000kB index=30000kB
                  2026-11-20T11:00:00Z mq1 INFO memory spool=120000kB index=30010kB
                facts:
                  - { relay.part: spool, relay.memory: "120000", relay.growth: "10000", relay.trend: not known, relay.limit: "400000" }
                  - { relay.part: index, relay.memory: "30010" }
              - name: unreadable
                text: "2026-11-20T10:00:00Z mq1 INFO memory"
                claimed: false
                facts: [{ relay.memory: not known }]
        "#},
    ),
    (
        "signatures/mailrelay/mailrelay-part-grows.yaml",
        indoc! {r#"
            id: mailrelay-part-grows
            title: A part of the broker grows without end
            severity: high
            status: stable
            article: mailrelay-memory
            about: [relay.part]
            match:
              from: mailrelay-memory
              when: relay.trend == 'leak'
              say: "{{ relay.part }} ({{ relay.part | lookup('mailrelay-parts', 'what') }}) grows by {{ relay.growth | round(0) }} kB an hour; full in {{ relay.soonest | floor }} to {{ relay.latest | floor }} hours."
            leads_to: [{ signature: mailrelay-no-page, within: 24 h, same: [host] }]
            causes:
              - { id: slow-reader, prior: possible, title: A reader does not fetch its messages }
            references: [{ title: manual of the broker, url: "https://example.com/manual", supports: [match] }]
            examples:
              match:
                - text: |-
                    2026-11-20T10:00:00Z mq1 INFO memory spool=110000kB
                    2026-11-20T11:00:00Z mq1 INFO memory spool=120010kB
                    2026-11-20T12:00:00Z mq1 INFO memory spool=130020kB
                    2026-11-20T13:00:00Z mq1 INFO memory spool=139990kB
                    2026-11-20T14:00:00Z mq1 INFO memory spool=150000kB
                    2026-11-20T15:00:00Z mq1 INFO memory spool=160010kB
                  subject: { relay.part: spool }
              no_match:
                - steps: [mailrelay-memory/two-hours]
        "#},
    ),
    (
        "signatures/mailrelay/mailrelay-no-page.yaml",
        indoc! {r#"
            id: mailrelay-no-page
            title: The broker ended because no page was left
            severity: critical
            status: stable
            article: mailrelay-memory
            match:
              record: mailrelay-trace
              any: ['PageFailure: no page left']
            causes:
              - { id: slow-reader, prior: possible, is: mailrelay-part-grows }
              - { id: too-small,   prior: possible, title: The broker was given too little }
            evidence:
              - step: mailrelay-memory
                why: Growth before the end tells one from the other.
                outcomes:
                  - when: relay.trend | any('leak')
                    say: "{{ relay.growth | top(1) }} kB an hour before the end."
                    causes: { slow-reader: supports, too-small: weakens }
            references: [{ title: manual of the broker, url: "https://example.com/manual", supports: [match] }]
            examples:
              match:
                - samples: [mailrelay-log/no-page]
                  facts: { relay.function: spool_append }
              no_match:
                - text: "we found no page left in the printer"
        "#},
    ),
    (
        "kb/mailrelay/mailrelay-memory.md",
        indoc! {"
            ---
            id: mailrelay-memory
            title: Memory of the broker
            signatures: [mailrelay-part-grows, mailrelay-no-page]
            products: [mailrelay]
            keywords: [spool, page]
            reviewed: 2026-11-21
            confidence: single-report
            ---
            ## Symptoms
            The broker slows down, then ends.
            ## Why it happens
            What nobody fetches stays in memory.
            ## Causes
            ### A reader does not fetch {#slow-reader}
            It is gone, or slow.
            ### Too little memory {#too-small}
            The load is more than was planned.
            ## Action plan
            ### First {#any}
            1. [read-only] List the readers.
            ### A reader does not fetch {#slow-reader}
            1. [changes-state] Remove its queue.
            ### Too little memory {#too-small}
            1. [reboot] Give it more.
            ## Verify
            The table is level for a day.
            ## References
            - manual of the broker
        "},
    ),
];

/// A folder with the library of the broker, gone at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let root = std::env::temp_dir().join(format!("faultbook-{name}-{}", std::process::id()));
        for (path, text) in FILES {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Folder(root)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn library_of(root: &Path) -> Library {
    let files = read_root(root, &|| 1).unwrap();
    assert_eq!(files.len(), FILES.len());
    let library = Library::load(SHIPPED, &files);
    assert!(library.problems.is_empty(), "{:?}", library.problems);
    library
}

/// Eight hours of growth with a little noise on one broker, a level on another, and the end of the first.
fn log() -> String {
    let mut out = String::new();
    for hour in 0..8 {
        let spool = 110_000 + 10_000 * hour + [0, 900, -700, 300, -200, 600, -900, 100][hour as usize];
        out.push_str(&format!("2026-11-20T{:02}:00:00Z mq1 INFO memory spool={spool}kB index={}kB\n", 10 + hour, 30_000 + hour % 3));
        out.push_str(&format!("2026-11-20T{:02}:00:05Z mq2 INFO memory spool={}kB index=30000kB\n", 10 + hour, 50_000 + (hour * 7) % 5));
    }
    out.push_str("2026-11-20T18:00:07Z mq1 FATAL relay.PageFailure: no page left\n  in raise (libc)\n  in alloc_page (relay)\n  in spool_append (relay)\n  in serve (relay)\n");
    out
}

#[test]
fn a_product_of_yaml_only_has_trend_trace_and_chain() {
    let folder = Folder::new("broker");
    let library = library_of(&folder.0);
    let desk = Desk::with(&library).paste(&log());
    assert_eq!(desk.faults(), ["mailrelay-part-grows", "mailrelay-no-page"], "the trigger first");
    let grows = desk.finding("mailrelay-part-grows");
    assert_eq!(
        (grows.subject.host_name().map(|h| h.to_string()).as_deref(), grows.subject.get("relay.part").map(|p| p.to_string()).as_deref()),
        (Some("mq1"), Some("spool"))
    );
    let spool = |host: &str, what: &str| desk.reckon_about(Some(host), &[("relay.part", "spool")], what);
    assert_eq!(spool("mq1", "relay.trend"), "leak");
    assert_eq!(spool("mq2", "relay.trend"), "plateau");
    let growth: f64 = spool("mq1", "relay.growth").parse().unwrap();
    assert!((growth - 10_000.0).abs() < 200.0, "{growth}");
    let (soonest, latest): (f64, f64) = (spool("mq1", "relay.soonest").parse().unwrap(), spool("mq1", "relay.latest").parse().unwrap());
    assert!(soonest < 21.99 && 21.99 < latest && latest - soonest < 2.0, "{soonest} to {latest} hours");
    assert_eq!(desk.fact_of("mailrelay-no-page", "relay.function"), "spool_append", "the first function that no list skips");
    let chain: Vec<String> = desk.conclude().chains.iter().flat_map(|c| &c.links).map(|l| l.signature.clone()).collect();
    assert_eq!(chain, ["mailrelay-part-grows", "mailrelay-no-page"]);
    assert_eq!(desk.standing("mailrelay-no-page", "slow-reader"), "leading");
}

#[test]
fn a_product_of_yaml_only_through_the_binary() {
    let folder = Folder::new("broker-binary");
    let run = |arguments: &[&str], input: &str| {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_faultbook"))
            .args(arguments)
            .env("XDG_DATA_HOME", folder.0.join("no-such-home"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let root = folder.0.display().to_string();
    let (exit, said) = run(&["check", &root], "");
    assert!(said.ends_with("6 files and 8 examples read, no problem"), "{said}");
    assert_eq!(exit, Some(0));
    let (exit, said) = run(&["lookup", "--library", &root], &log());
    assert_eq!(exit, Some(0));
    for words in ["spool (messages that wait) grows by", "kB an hour; full in", "In order of cause and consequence", "which is not part of the shipped library"]
    {
        assert!(said.contains(words), "`{words}` is not in: {said}");
    }
    let (_, without) = run(&["lookup"], &log());
    assert!(!without.contains("mailrelay"), "nothing is loaded that was not asked for");
}
