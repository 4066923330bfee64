//! Systems 13 to 18 and 20: the two agents, the counters of a heap, heap warnings, virtual ports, core files, and the
//! stamp of a vmkernel line.

use crate::desk::{Desk, article, plan};
use faultbook::text::clock;
use indoc::indoc;

/// The counters as the document prints them the first time; the second time says 4 where this says 0.
pub const BEFORE: &str = indoc! {"
    Heap stats {
    Name:netGPHeap
    dynamically growable:1
    physical contiguity:Heap_PhysContigType: 1 -> Any Physical Contiguity
    memory type:MM_AllocType: 0 -> Any
    # of ranges allocated:20
    maximum # of ranges:200
    dlmalloc overhead:2448
    current heap size:67109968
    current bytes allocated:63765168
    current bytes available:3344800
    current bytes releasable:19568
    percent free of current size:0
    percent releasable of current size:0
    maximum heap size:67109968
    maximum bytes available:3344800
    percent free of max size:0
    lowest percent free of max size ever encountered:0
    ...
    ...
"};

/// The second block.
pub fn after() -> String {
    BEFORE.replace("percent free of current size:0", "percent free of current size:4").replace("percent free of max size:0", "percent free of max size:4")
}

const NET: &[(&str, &str)] = &[("heap.name", "netGPHeap")];

fn block(name: &str, available: u64, printed: u32, lowest: u32) -> String {
    format!(
        "Heap stats {{\nName:{name}\ncurrent heap size:67109968\nmaximum heap size:67109968\nmaximum bytes available:{available}\npercent free of max size:{printed}\nlowest percent free of max size ever encountered:{lowest}\n}}\n"
    )
}

#[test]
fn system_13_direct_works_and_vcenter_fails_is_vpxa() {
    let desk = Desk::new().answer("host-reachability", "direct works, vCenter does not");
    assert_eq!(desk.standing("host-disconnected", "vpxa"), "established");
    assert_eq!(desk.standing("host-disconnected", "hostd"), "ruled out");
    let desk = Desk::new().answer("host-reachability", "neither works");
    assert_ne!(desk.standing("host-disconnected", "vpxa"), "established");
    assert!(desk.cause("host-disconnected", "hostd").weight > desk.cause("host-disconnected", "vpxa").weight);
    assert!(Desk::new().answer("host-reachability", "both work").faults().is_empty());
    let vpxa = plan("host-disconnected", "vpxa");
    assert!(vpxa[0].1.contains("/etc/opt/init.d/vmware-vpxa stop") && vpxa[1].1.contains("/etc/init.d/vpxa restart"));
}

#[test]
fn system_14_the_seventeen_keys_of_a_heap() {
    let desk = Desk::new().paste(&after());
    let is = |fact: &str, value: &str| assert_eq!(desk.reckon_about(None, NET, fact), value, "{fact}");
    is("heap.growable", "1");
    is("heap.contiguity", "Heap_PhysContigType: 1 -> Any Physical Contiguity");
    is("heap.memory_type", "MM_AllocType: 0 -> Any");
    is("heap.ranges", "20");
    is("heap.ranges_most", "200");
    is("heap.overhead_bytes", "2448");
    is("heap.current_bytes", "67109968");
    is("heap.allocated_bytes", "63765168");
    is("heap.current_available_bytes", "3344800");
    is("heap.releasable_bytes", "19568");
    is("heap.printed_current_free_percent", "4");
    is("heap.printed_releasable_percent", "0");
    is("heap.max_bytes", "67109968");
    is("heap.available_bytes", "3344800");
    is("heap.printed_free_percent", "4");
    is("heap.lowest_free_percent", "0");
    is("heap.current_bytes - heap.allocated_bytes", "3344800"); // C2.1
    is("heap.free_percent | round(3)", "4.984"); // C2.2
    is("heap.releasable_percent | round(3)", "0.029"); // C2.3
    is("heap.allocated_percent | round(2)", "95.02"); // C2.4
    is("heap.max_bytes - 64 * 1024 * 1024", "1104"); // C2.5
    is("heap.room_bytes", "0"); // C2.6
    is("heap.ranges_percent", "10"); // C2.7
    assert!(desk.contradictions().is_empty(), "4.98 % is printed as 4");
}

#[test]
fn system_15_the_state_of_a_heap_and_percents_that_contradict_their_bytes() {
    let state = |text: &str| Desk::new().paste(text).reckon_about(None, NET, "heap.state");
    assert_eq!(state(&block("netGPHeap", 100_000, 0, 0)), "exhausted");
    assert_eq!(state(&block("netGPHeap", 3_344_800, 4, 0)), "was-exhausted");
    assert_eq!(state(&block("netGPHeap", 3_344_800, 4, 3)), "low");
    assert_eq!(state(&block("netGPHeap", 33_000_000, 49, 30)), "healthy");
    // X2.1: 0 % beside bytes that make 4.98 %, and two blocks with equal bytes.
    let desk = Desk::new().paste(&format!("{BEFORE}{}", after()));
    assert_eq!(
        desk.contradictions(),
        ["2 readings have the same bytes and different percents: one was copied from another.", "The block prints 0 % free, its own bytes give 4.98 %."]
    );
    // X2.4: the high-water mark stays at 0 after a recovery.
    assert_eq!(desk.reckon_about(None, NET, "heap.state"), "was-exhausted");
    // What is contradicted counts less: the finding is not confirmed by it alone.
    let sound = Desk::new().paste(&after()).finding("netgpheap-exhausted");
    assert_eq!(sound.standing.word(), "confirmed");
}

#[test]
fn system_16_heap_warnings_of_any_heap_and_any_spelling() {
    for (line, id, heap) in [
        ("WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.", "netgpheap-exhausted", "netGPHeap"),
        ("WARNING: Heap: 2525: Heap NetGPheap already at its maximum size. Cannot expand.", "netgpheap-exhausted", "NetGPheap"),
        ("WARNING: Heap: 9999: Heap_Align(netGPheap, 4364/4364 bytes, 8 align) failed. caller: 0x41801c90bb4e", "netgpheap-exhausted", "netGPheap"),
        ("cpu4:1959755)WARNING:Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.", "vmfs-heap-exhausted", "vmfs3"),
        ("cpu15:11905)WARNING: Heap: 2525: Heap cow already at its maximum size. Cannot expand.", "vmfs-heap-exhausted", "cow"),
        ("WARNING: Heap: 1: Heap someNewHeap already at its maximum size. Cannot expand.", "vmkernel-heap-exhausted", "someNewHeap"),
        ("WARNING: Heap: 77: Heap_Align(someNewHeap, 64/64 bytes, 8 align) failed. caller: 0x1", "vmkernel-heap-exhausted", "someNewHeap"),
    ] {
        let desk = Desk::new().paste(line);
        assert_eq!(desk.faults(), [id], "{line}");
        assert_eq!(desk.fact_of(id, "heap.name"), heap);
    }
    assert!(Desk::new().paste("cpu7:5134)Config: 346: \"SIOControlFlag2\" = 0, Old Value: 1, (Status: 0x0)").faults().is_empty(), "the bystander stays quiet");
    assert!(article("vmkernel-heap-exhausted").contains("tcpip (sockets"), "advice for each heap that is known");
}

#[test]
fn system_17_ports_that_go_up_and_down_and_whose_they_are() {
    let desk = Desk::new().paste(&super::chain::PORTS.join("\n"));
    let port = |mac: &str, expression: &str| desk.reckon_about(None, &[("net.mac", mac)], expression);
    // C2.13: six, five and five enables in the lines shown.
    assert_eq!(port("00:50:56:84:5a:b4", "port.enable_count"), "6");
    assert_eq!(port("00:50:56:84:5a:b1", "port.enable_count"), "5");
    assert_eq!(port("00:50:56:84:5a:ba", "port.enable_count"), "5");
    // C2.9: a period of three seconds on every port.
    for mac in ["00:50:56:84:5a:b4", "00:50:56:84:5a:b1", "00:50:56:84:5a:ba"] {
        let period: f64 = port(mac, "port.period").parse().unwrap();
        assert!((3.01..=3.03).contains(&period), "{mac}: {period}");
    }
    assert_eq!(desk.faults(), ["virtual-port-flap"]);
    // The table: C2.11 and C2.10.
    let table = Desk::new().paste("1618 00:50:56:84:5a:b1\n1618 00:50:56:84:5a:b4\n1617 00:50:56:84:5a:ba");
    assert_eq!(table.reckon("port.enable_total"), "4853");
    assert_eq!(table.reckon("(port.enable_count | max) - (port.enable_count | min)"), "1");
    assert_eq!(table.reckon("(port.enable_count | max) * 3.016 // 60"), "81");
    let owners = table.paste(super::chain::OWNERS);
    assert_eq!(owners.reckon_about(None, &[("net.mac", "00:50:56:84:5a:ba")], "vm.name"), "DSVA01");
    assert_eq!(owners.reckon_about(None, &[("net.mac", "00:50:56:84:5a:b4")], "vm.adapter"), "ethernet2");
    assert!(owners.cause("virtual-port-flap", "security-appliance-flap").reasons.iter().any(|r| r.say.contains("DSVA04, DSVA03, DSVA01")));
    // C2.12: the MAC is taken by its shape, so a host name in the line does no harm.
    let named: Vec<String> = super::chain::PORTS.iter().map(|l| l.replace(" vmkernel:", " esx7 vmkernel:")).collect();
    assert_eq!(Desk::new().paste(&named.join("\n")).reckon_about(Some("esx7"), &[("net.mac", "00:50:56:84:5a:b4")], "port.enable_count"), "6");
}

#[test]
fn system_18_an_agent_that_wrote_a_core_file() {
    let desk = Desk::new().paste(indoc! {"
        Jul 26 01:26:46 vmkernel: 7:21:06:31.199 cpu3:14258)User: 2432: wantCoreDump : vpxa -enabled : 1
        Jul 26 01:26:46 vmkernel: 7:21:06:31.383 cpu11:14258)UserDump: 1485: Dumping cartel 14235 (from world 14258) to file /var/core/vpxa-zdump.000 ...
    "});
    assert_eq!(desk.faults(), ["userworld-core-dump"]);
    assert_eq!(desk.fact_of("userworld-core-dump", "process.name"), "vpxa");
    assert_eq!(desk.reckon_about(None, &[("process.name", "vpxa")], "crash.file"), "/var/core/vpxa-zdump.000");
    assert_eq!(desk.finding("userworld-core-dump").count, 2);
}

#[test]
fn system_20_the_stamp_of_a_vmkernel_line() {
    let seconds = |text: &str| clock::read(clock::Kind::Uptime, text).and_then(|r| r.time.uptime).map(|n| n as f64 / 1e9);
    assert_eq!(seconds("7:21:06:31.191"), Some(680_791.191)); // C2.8
    assert_eq!(seconds("43:07:27:51.725"), Some(3_742_071.725)); // C3.2
    assert_eq!((680_791.191f64 / 864.0).floor() / 100.0, 7.87);
    assert_eq!((3_742_071.725f64 / 864.0).round() / 100.0, 43.31);
    let desk =
        Desk::new().paste("Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2218: Heap netGPHeap already at its maximumSize. Cannot expand.");
    assert_eq!(desk.reckon("clock.booted"), "07-18 04:20:15", "no year, no zone: both stay not known");
}
