use super::{DOCUMENT_BYTES, MAX_TERMS, QUERY_BYTES, tokens, tokens_within};
use std::time::{Duration, Instant};

fn check(text: &str, terms: &[&str]) {
    assert_eq!(tokens(text), terms, "{text}");
}

#[test]
fn names_stay_whole_and_in_parts() {
    check("Heap_Align", &["heap_align", "heap", "align"]);
    check("netGPHeap", &["netgpheap", "net", "gp", "heap"]);
    check("NetGPheap", &["netgpheap", "net", "gp", "heap"]);
    check("VMFS3.MaxHeapSizeMB", &["vmfs3.maxheapsizemb", "vmfs3", "maxheapsizemb", "max", "heap", "size", "mb"]);
    let parts = ["esx.problem.vmfs.heartbeat.timedout", "esx", "problem", "vmfs", "heartbeat", "timedout"];
    check("esx.problem.vmfs.heartbeat.timedout", &parts);
    check("/var/log/vmkernel.log", &["var/log/vmkernel.log", "var", "log", "vmkernel.log", "vmkernel", "log"]);
    check("read-only", &["read-only", "read", "only"]);
    check("ESXi VMs LUNs VMkernel", &["esxi", "vms", "vm", "lun", "lun", "vmkernel", "vm", "kernel"]);
    check("vmhba1:C0:T3:L1", &["vmhba1", "vmhba", "c0", "t3", "l1"]);
    check("vmnic3 KB1009039 VMFS3", &["vmnic3", "vmnic", "kb1009039", "1009039", "vmfs3"]);
}

#[test]
fn codes_stay() {
    check("H:0x5", &["h:0x5"]);
    check("H:0x00 D:0x2 P:0x0", &["h:0x0", "d:0x2", "p:0x0"]);
    check("0x5/0x25/0x0", &["0x5/0x25/0x0", "0x5", "0x25", "0x0"]);
    check("sense data: 0x5 0x25 0x00.", &["sense", "data", "0x5", "0x25", "0x0", "0x5/0x25/0x0"]);
    check("786441 (195), 12 7 1009039", &["786441", "195", "1009039"]);
    check("ESXi 5.5 and 4.1.0", &["esxi", "5.5", "4.1.0"]);
    check("Cmd(0x45d) 0X2A", &["cmd", "0x45d", "0x2a"]);
}

#[test]
fn what_differs_by_host_and_moment_gives_no_term() {
    for text in [
        "0x41801c90bb4e 0x3000007 33C39B90 41801c90bb4e",
        "4c3f7a5e-8d3b1c2a-1234-0026b9f2a1b0 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "00:50:56:84:5a:b4 00-50-56-84-5a-b4 20:00:00:25:b5:00:00:0f fe80::250:56ff:fe84:5ab4",
        "naa.600508b1001c4d6f eui.0017380012345678 t10.ATA_____WDC naa.600:1",
        "10.1.2.3 10.0.0.0/8 192.168.100.200:80",
        "2012-07-26T01:26:46.191Z 2012-07-26 01:26:46,191 26.07.2012 07/26/2012 7:21:06:31.191 +02:00",
        "Jul 26 01:26:46 2012, Thu Jul  5 01:26:46",
        "cpu3:33421) [12345.678901] 195887179 12345678901234567890 1 22 1,234,567",
    ] {
        check(text, &[]);
    }
    check("Heap: 2525: Align", &["heap", "align"]);
    check("vmkernel.c:1234 grep.log:99999", &["vmkernel.c", "vmkernel", "grep.log", "grep", "log"]);
    check("hostd[2099]: port 902", &["hostd", "port", "902"]);
    check("ports 111,2049 host:902", &["port", "111", "2049", "host", "902"]);
    check("netGPHeap-0x410001a3e000", &["netgpheap", "net", "gp", "heap"]);
    check("Sun storage, May", &["sun", "storage", "may"]);
}

#[test]
fn a_whole_line() {
    let line = "Jul 26 01:26:46 vmkernel: 7:21:06:31.191 cpu3:33421)WARNING: Heap: 2481: Heap_Align(netGPHeap, 4364/4364 bytes, 8 align) failed. caller: 0x41801c90bb4e";
    let mut terms = vec!["vmkernel", "warn", "heap", "heap_align", "heap", "align", "netgpheap", "net", "gp", "heap"];
    terms.extend(["4364", "4364", "byte", "align", "fail", "caller"]);
    check(line, &terms);
}

#[test]
fn inflections_meet() {
    for group in [
        "heap heaps",
        "address addresses",
        "fail failed failing fails",
        "enable enabled enabling enables",
        "release released releasing",
        "stop stopped stopping",
        "allocate allocated allocating",
        "process processes processing",
        "cache caches cached caching",
        "load loaded loading",
        "create created creating",
        "remove removed",
        "queue queued queues",
        "require required",
        "monitor monitored",
        "restore restored",
        "map mapped",
        "retry retries",
        "status",
        "vmfs",
        "access",
        "timedout",
        "need",
        "expand expanded",
        "write writing",
    ] {
        let terms: std::collections::BTreeSet<String> = group.split(' ').flat_map(tokens).collect();
        assert_eq!(terms.len(), 1, "{terms:?}");
    }
    check("vmfs status need timedout bus", &["vmfs", "status", "need", "timedout", "bus"]);
    check("the failure of it", &["failure"]);
}

#[test]
fn case_does_not_matter_for_a_plain_word() {
    check("WARNING Warning warning", &["warn", "warn", "warn"]);
    check("Größe ÜBERLAUF", &["größe", "überlauf"]);
}

#[test]
fn any_text_is_legal_and_fast() {
    for c in ["(", "a", "_", ".", ":", "-", "/", "0", "aB", "a.", "0:", "a:", "0x", "0x5 ", "1,", "aa-", "é", "\u{0}", "Jul ", "1/", "s", "A"] {
        let text = c.repeat((if c == "(" { 1 << 20 } else { 1 << 18 }) / c.len());
        let start = Instant::now();
        let terms = tokens(&text);
        assert!(terms.len() <= MAX_TERMS && terms.iter().all(|t| !t.is_empty() && t.len() <= 128), "{c}");
        // The bound is for a debug build on a busy machine; the report has the figures.
        assert!(start.elapsed() < Duration::from_secs(5), "{c}: {:?}", start.elapsed());
    }
}

#[test]
fn reading_is_bounded_at_a_character() {
    let text = format!("{}é heap", "x ".repeat(QUERY_BYTES / 2).trim_end());
    assert_eq!(tokens_within(&text, QUERY_BYTES), Vec::<String>::new());
    assert_eq!(tokens_within("éé", 3), Vec::<String>::new());
    assert_eq!(tokens(&format!("{}heap", " ".repeat(DOCUMENT_BYTES))), Vec::<String>::new());
}
