//! System 19, the chain by order of time, on the whole second document as one paste; and the same evidence shuffled,
//! cut, doubled, with a skewed clock, and of two hosts.

use super::heap::{BEFORE, after};
use crate::desk::{Desk, faultbook};
use faultbook::case::finding::Conclusion;
use indoc::indoc;

/// The port lines of the document.
pub const PORTS: &[&str] = &[
    "Jul 26 01:26:29 vmkernel: 7:21:06:14.107 cpu10:202157)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:29 vmkernel: 7:21:06:14.110 cpu10:202157)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
    "Jul 26 01:26:32 vmkernel: 7:21:06:16.812 cpu23:45460)NetPort: 1165: disabled port 0x3000003",
    "Jul 26 01:26:32 vmkernel: 7:21:06:16.815 cpu23:45460)NetPort: 982: enabled port 0x3000003 with mac 00:50:56:84:5a:b1",
    "Jul 26 01:26:32 vmkernel: 7:21:06:16.993 cpu14:202148)NetPort: 1165: disabled port 0x3000005",
    "Jul 26 01:26:32 vmkernel: 7:21:06:16.997 cpu14:202148)NetPort: 982: enabled port 0x3000005 with mac 00:50:56:84:5a:ba",
    "Jul 26 01:26:32 vmkernel: 7:21:06:17.127 cpu7:202156)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:32 vmkernel: 7:21:06:17.130 cpu7:202156)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
    "Jul 26 01:26:35 vmkernel: 7:21:06:19.822 cpu18:45460)NetPort: 1165: disabled port 0x3000003",
    "Jul 26 01:26:35 vmkernel: 7:21:06:19.825 cpu18:45460)NetPort: 982: enabled port 0x3000003 with mac 00:50:56:84:5a:b1",
    "Jul 26 01:26:35 vmkernel: 7:21:06:20.003 cpu21:202147)NetPort: 1165: disabled port 0x3000005",
    "Jul 26 01:26:35 vmkernel: 7:21:06:20.006 cpu21:202147)NetPort: 982: enabled port 0x3000005 with mac 00:50:56:84:5a:ba",
    "Jul 26 01:26:35 vmkernel: 7:21:06:20.137 cpu9:202157)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:35 vmkernel: 7:21:06:20.140 cpu9:202157)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
    "Jul 26 01:26:38 vmkernel: 7:21:06:22.839 cpu13:45459)NetPort: 1165: disabled port 0x3000003",
    "Jul 26 01:26:38 vmkernel: 7:21:06:22.842 cpu13:45459)NetPort: 982: enabled port 0x3000003 with mac 00:50:56:84:5a:b1",
    "Jul 26 01:26:38 vmkernel: 7:21:06:23.026 cpu13:202148)NetPort: 1165: disabled port 0x3000005",
    "Jul 26 01:26:38 vmkernel: 7:21:06:23.029 cpu13:202148)NetPort: 982: enabled port 0x3000005 with mac 00:50:56:84:5a:ba",
    "Jul 26 01:26:38 vmkernel: 7:21:06:23.157 cpu7:202156)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:38 vmkernel: 7:21:06:23.160 cpu7:202156)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
    "Jul 26 01:26:41 vmkernel: 7:21:06:25.859 cpu16:45459)NetPort: 1165: disabled port 0x3000003",
    "Jul 26 01:26:41 vmkernel: 7:21:06:25.862 cpu16:45459)NetPort: 982: enabled port 0x3000003 with mac 00:50:56:84:5a:b1",
    "Jul 26 01:26:41 vmkernel: 7:21:06:26.051 cpu20:202147)NetPort: 1165: disabled port 0x3000005",
    "Jul 26 01:26:41 vmkernel: 7:21:06:26.054 cpu20:202147)NetPort: 982: enabled port 0x3000005 with mac 00:50:56:84:5a:ba",
    "Jul 26 01:26:41 vmkernel: 7:21:06:26.177 cpu4:202156)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:41 vmkernel: 7:21:06:26.180 cpu4:202156)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
    "Jul 26 01:26:44 vmkernel: 7:21:06:28.869 cpu18:45460)NetPort: 1165: disabled port 0x3000003",
    "Jul 26 01:26:44 vmkernel: 7:21:06:28.872 cpu18:45460)NetPort: 982: enabled port 0x3000003 with mac 00:50:56:84:5a:b1",
    "Jul 26 01:26:44 vmkernel: 7:21:06:29.063 cpu14:202148)NetPort: 1165: disabled port 0x3000005",
    "Jul 26 01:26:44 vmkernel: 7:21:06:29.066 cpu14:202148)NetPort: 982: enabled port 0x3000005 with mac 00:50:56:84:5a:ba",
    "Jul 26 01:26:44 vmkernel: 7:21:06:29.187 cpu4:202157)NetPort: 1165: disabled port 0x3000007",
    "Jul 26 01:26:44 vmkernel: 7:21:06:29.190 cpu4:202157)NetPort: 982: enabled port 0x3000007 with mac 00:50:56:84:5a:b4",
];

const HEAPS: &[&str] = &[
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.",
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2481: Heap_Align(netGPHeap, 4364/4364 bytes, 8 align) failed. caller: 0x41801c90bb4e",
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.195 cpu2:33595)WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.",
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.195 cpu2:33595)WARNING: Heap: 2481: Heap_Align(netGPHeap, 4364/4364 bytes, 8 align) failed. caller: 0x41801c90bb4e",
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.199 cpu3:14258)User: 2432: wantCoreDump : vpxa -enabled : 1",
    "Jul 26 01:26:46 vmkernel: 7:21:06:31.383 cpu11:14258)UserDump: 1485: Dumping cartel 14235 (from world 14258) to file /var/core/vpxa-zdump.000 ...",
];

/// The machines that own the MACs.
pub const OWNERS: &str = indoc! {r#"
    ~ # find . -name '*.vmx' -exec grep -H '00:50:56:84:5a:b1' {} \;
    /volumes/71641d44-1e032a47/DSVA04/DSVA04.vmx:ethernet2.generatedAddress = "00:50:56:84:5a:b1"
    ~ # find . -name '*.vmx' -exec grep -H '00:50:56:84:5a:b4' {} \;
    /volumes/71641d44-1e032a47/DSVA03/dsva03.vmx:ethernet2.generatedAddress = "00:50:56:84:5a:b4"
    ~ # find . -name '*.vmx' -exec grep -H '00:50:56:84:5a:ba' {} \;
    /volumes/71641d44-1e032a47/DSVA01/DSVA01.vmx:ethernet2.generatedAddress = "00:50:56:84:5a:ba"
"#};

const COUNTS: &str = indoc! {"
    /var/log # grep 'enabled port' messages | awk '{print $13}' | sort | uniq -c
    1618 00:50:56:84:5a:b1
    1618 00:50:56:84:5a:b4
    1617 00:50:56:84:5a:ba
"};

const RESTART: &str = indoc! {"
    ~ # /etc/opt/init.d/vmware-vpxa stop
    Stopping vmware-vpxa:success
    ~ # /etc/opt/init.d/vmware-vpxa start
    Starting vmware-vpxa:success
"};

/// The whole document, its lines in its own order: the symptom first, what led to it after.
fn document() -> String {
    let mut out = String::new();
    for part in [HEAPS.join("\n"), BEFORE.into(), PORTS.join("\n"), HEAPS[0].into(), COUNTS.into(), OWNERS.into(), after(), RESTART.into()] {
        out.push_str(part.trim_end());
        out.push('\n');
    }
    out
}

const CHAIN: [&str; 3] = ["virtual-port-flap", "netgpheap-exhausted", "userworld-core-dump"];

fn links(conclusion: &Conclusion) -> Vec<(String, Option<f64>)> {
    conclusion.chains.iter().flat_map(|c| &c.links).map(|l| (l.signature.clone(), l.lag.map(|n| n as f64 / 1e9))).collect()
}

fn ids(links: &[(String, Option<f64>)]) -> Vec<&str> {
    links.iter().map(|(id, _)| id.as_str()).collect()
}

/// Signature, subject, standing, and the causes with theirs.
type Verdict = (String, String, &'static str, Vec<(String, &'static str)>);

/// Findings, what they are about, and how their causes stand: what must not depend on the order of lines.
fn verdicts(desk: &Desk<'_>) -> Vec<Verdict> {
    let mut out: Vec<_> = desk
        .conclude()
        .findings
        .iter()
        .map(|f| {
            let mut causes: Vec<(String, &'static str)> = f.causes.iter().map(|c| (c.id.clone(), c.standing.words())).collect();
            causes.sort();
            (f.signature.clone(), f.subject.to_string(), f.standing.word(), causes)
        })
        .collect();
    out.sort();
    out
}

#[test]
fn system_19_trigger_first_with_lags() {
    let desk = Desk::new().paste(&document());
    let conclusion = desk.conclude();
    let links = links(&conclusion);
    assert_eq!(ids(&links), CHAIN);
    assert_eq!(links.iter().map(|l| l.1).collect::<Vec<_>>(), [None, Some(17.081), Some(0.008)]);
    assert_eq!(desk.faults(), CHAIN, "a consequence never ranks above its cause");
    assert_eq!(desk.standing("netgpheap-exhausted", "security-appliance-flap"), "established");
    assert_eq!(desk.standing("userworld-core-dump", "no-memory"), "established");
    // And the last link, which is an answer and no line.
    let whole = Desk::new().paste(&document()).answer("host-reachability", "direct works, vCenter does not");
    let whole = whole.conclude();
    assert_eq!(ids(&self::links(&whole)), ["virtual-port-flap", "netgpheap-exhausted", "userworld-core-dump", "host-disconnected"]);
}

#[test]
fn system_19_the_document_as_one_paste_in_words() {
    let (exit, text) = faultbook(&["lookup"], &document());
    assert_eq!(exit, 0);
    for words in [
        "00:50:56:84:5a:b1 1618, 00:50:56:84:5a:b4 1618, 00:50:56:84:5a:ba 1617",
        "is 3.01 s (shortest) to 3.02 s (longest)",
        "after 17.081 s",
        "after 8 ms",
        "The block prints 0 % free, its own bytes give 4.98 %.",
        "2 readings have the same bytes and different percents: one was copied from another.",
        "DSVA04, DSVA03, DSVA01",
        "enables of all virtual ports together: 4853",
    ] {
        assert!(text.contains(words), "`{words}` is not in: {text}");
    }
}

#[test]
fn shuffled_lines_lead_to_the_same_verdicts() {
    // What is one block stays one; everything else comes in any order.
    let mut parts: Vec<String> = PORTS.iter().chain(HEAPS).map(|l| l.to_string()).collect();
    parts.extend([BEFORE.to_string(), after()]);
    parts.extend(COUNTS.lines().chain(OWNERS.lines()).map(str::to_string));
    let straight = verdicts(&Desk::new().paste(&document()));
    let mut seed = 7u64;
    for round in 0..20 {
        for i in (1..parts.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            parts.swap(i, (seed >> 33) as usize % (i + 1));
        }
        let text: String = parts.iter().map(|p| format!("{}\n", p.trim_end())).collect();
        let desk = Desk::new().paste(&text);
        assert_eq!(verdicts(&desk), straight, "round {round}:\n{text}");
        assert_eq!(ids(&links(&desk.conclude())), CHAIN);
        assert_eq!(desk.contradictions().len(), 2);
    }
}

#[test]
fn a_cut_document_claims_nothing_that_the_whole_does_not() {
    let text = document();
    let whole: Vec<String> = Desk::new().paste(&text).conclude().findings.iter().map(|f| f.signature.clone()).collect();
    let mut cuts = 0;
    for cut in (0..text.len()).step_by(173) {
        let desk = Desk::new().paste(&text[..cut]);
        for f in &desk.conclude().findings {
            assert!(whole.contains(&f.signature), "cut at {cut}: {}", f.signature);
        }
        cuts += 1;
    }
    assert!(cuts > 30, "{cuts} cuts");
    // Without the last third the chain is there already.
    let desk = Desk::new().paste(&text[..text.find(COUNTS).unwrap()]);
    assert_eq!(ids(&links(&desk.conclude())), CHAIN);
    assert_ne!(desk.standing("netgpheap-exhausted", "security-appliance-flap"), "established", "nobody has named the owners yet");
}

#[test]
fn a_doubled_document_says_the_same() {
    let once = Desk::new().paste(&document());
    let twice = Desk::new().paste(&format!("{0}{0}", document()));
    assert_eq!(verdicts(&twice), verdicts(&once));
    assert_eq!(links(&twice.conclude()), links(&once.conclude()));
    let mac = [("net.mac", "00:50:56:84:5a:b4")];
    let two = Desk::new().paste(&PORTS.join("\n")).paste(&PORTS.join("\n"));
    assert_eq!(two.reckon_about(None, &mac, "port.enable_count"), "6", "the same stamp is the same event");
    assert_eq!(two.reckon_about(None, &mac, "port.period"), "3.02");
    assert_eq!(twice.reckon("port.enable_total"), "4853");
    assert_eq!(twice.contradictions().iter().filter(|c| c.contains("its own bytes")).count(), 1);
}

#[test]
fn a_clock_that_is_wrong_changes_no_verdict() {
    let straight = Desk::new().paste(&document());
    // The whole host an odd time ahead.
    let ahead = document().replace("Jul 26 01:26:", "Aug 03 05:13:").replace(" 7:21:06:", " 16:00:53:");
    let ahead = Desk::new().paste(&ahead);
    assert_eq!(verdicts(&ahead), verdicts(&straight));
    assert_eq!(links(&ahead.conclude()), links(&straight.conclude()), "lags do not depend on what day it is");
    // Only the wall clock was stepped between the ports and the heap: uptime knows better.
    let stepped = document().replace("Jul 26 01:26:46 vmkernel", "Jul 26 01:22:46 vmkernel");
    let stepped = Desk::new().paste(&stepped);
    assert_eq!(verdicts(&stepped), verdicts(&straight));
    assert_eq!(links(&stepped.conclude()), links(&straight.conclude()));
}

#[test]
fn two_hosts_in_one_paste_are_kept_apart() {
    let on = |host: &str, lines: &[&str]| lines.iter().map(|l| l.replace(" vmkernel:", &format!(" {host} vmkernel:"))).collect::<Vec<_>>();
    let mut lines = on("esx1", PORTS);
    lines.extend(on("esx2", HEAPS));
    let desk = Desk::new().paste(&lines.join("\n"));
    assert_eq!(desk.finding("virtual-port-flap").subject.host_name().map(|h| h.to_string()).as_deref(), Some("esx1"));
    assert_eq!(desk.finding("netgpheap-exhausted").subject.host_name().map(|h| h.to_string()).as_deref(), Some("esx2"));
    // The ports of one host do not fill the heap of another; the heap of esx2 does kill its own agent.
    assert_eq!(ids(&links(&desk.conclude())), ["netgpheap-exhausted", "userworld-core-dump"]);
    let both = format!("{}\n{}", on("esx1", PORTS).join("\n"), on("esx2", &PORTS[..12]).join("\n"));
    let both = Desk::new().paste(&both);
    let count = |host: &str| both.reckon_about(Some(host), &[("net.mac", "00:50:56:84:5a:b4")], "port.enable_count");
    assert_eq!((count("esx1"), count("esx2")), ("6".into(), "2".into()));
    // Two summaries: figures of each host on its own.
    let other = super::console::SUMMARY.replace("esxhostname", "esx9").replace("11798915.64", "4000.5").replace(", 73, ", ", 5, ");
    let desk = Desk::new().paste(&format!("{}{other}", super::console::SUMMARY));
    assert_eq!(desk.reckon_about(Some("esxhostname"), &[], "vm.running"), "73");
    assert_eq!(desk.reckon_about(Some("esx9"), &[], "vm.running"), "5");
    assert_eq!(desk.reckon_about(Some("esx9"), &[], "cos.uptime"), "4000.5");
}
