//! Systems 1 to 8: the Service Console of classic ESX, its hourly summary, its memory, its dumps.

use crate::desk::{Desk, article, cell, faultbook, plan};
use indoc::indoc;

/// The records of the first document: two hours, and a start.
pub const SUMMARY: &str = indoc! {"
    Nov 13 03:01:35 esxhostname logger: (1258099291) hb: vmk loaded, 11795301.25, 11795288.970, 73, 153875, 153875, 567468032, VMap-583524, vmware-h-82812, webAcces-27332
    Nov 13 04:01:45 esxhostname logger: (1258102905) hb: vmk loaded, 11798915.64, 11798902.253, 73, 153875, 153875, 567468032, VMap-586196, vmware-h-83180, webAcces-27292
    Nov 13 07:13:58 esxhostname vmkhalt: (1258114439) Starting system…
"};

/// Its meminfo.
pub const MEMINFO: &str = indoc! {"
    MemTotal:799732 kB
    HighTotal:0 kB
    LowTotal:799732 kB
    SwapTotal:554168 kB
"};

const FULL_AND_LEVEL: &str = indoc! {"
    Nov 12 20:01:40 esxhostname logger: (1258074100) hb: vmk loaded, 11770110.25, 11770097.970, 73, 153875, 153875, 560468032, vmware-h-92812, VMap-90524, webAcces-87332
    Nov 12 21:01:40 esxhostname logger: (1258077700) hb: vmk loaded, 11773710.25, 11773697.970, 73, 153875, 153875, 561468032, vmware-h-92790, VMap-90541, webAcces-87310
    Nov 12 22:01:40 esxhostname logger: (1258081300) hb: vmk loaded, 11777310.25, 11777297.970, 73, 153875, 153875, 560468032, vmware-h-93001, VMap-90498, webAcces-87342
    Nov 12 23:01:40 esxhostname logger: (1258084900) hb: vmk loaded, 11780910.25, 11780897.970, 73, 153875, 153875, 559468032, vmware-h-92874, VMap-90533, webAcces-87330
    Nov 13 00:01:40 esxhostname logger: (1258088500) hb: vmk loaded, 11784510.25, 11784497.970, 73, 153875, 153875, 560468032, vmware-h-92911, VMap-90512, webAcces-87325
    Nov 13 01:01:40 esxhostname logger: (1258092100) hb: vmk loaded, 11788110.25, 11788097.970, 73, 153875, 153875, 561468032, vmware-h-92850, VMap-90530, webAcces-87336
"};

fn both() -> Desk<'static> {
    Desk::new().paste(SUMMARY).paste(MEMINFO)
}

fn about(desk: &Desk<'_>, process: &str, expression: &str) -> String {
    desk.reckon_about(None, &[("process.name", process)], expression)
}

#[test]
fn system_01_lost_heartbeat_from_symptom_to_plan() {
    let desk = Desk::new().paste("0:08:04:55.818 cpu0:1024)Host: 4781: COS Error: Lost heartbeat");
    assert_eq!(desk.faults(), ["esx-lost-heartbeat"]);
    assert!(desk.finding("esx-lost-heartbeat").established().is_none(), "the screen alone names no cause");
    let desk = desk.paste(SUMMARY).paste(MEMINFO);
    assert_eq!(desk.faults(), ["esx-lost-heartbeat"]);
    assert_eq!(desk.standing("esx-lost-heartbeat", "process-leak"), "leading");
    assert_eq!(desk.standing("esx-lost-heartbeat", "many-processes"), "unlikely");
    let desk = desk.paste("-rw-r--r-- 1 root root 9437184 Nov 13 07:14 vmkernel-zdump-111309.07.13.1\n-rw-r--r-- 1 root root 7340032 Nov 13 07:14 cos-core-esxhostname.123.core.gz");
    assert!(desk.finding("esx-lost-heartbeat").says.iter().any(|s| s.contains("cos-core-esxhostname.123.core.gz")));
    let first = plan("esx-lost-heartbeat", "any");
    assert!(first[0].1.contains("photograph"), "evidence is kept first: {first:?}");
    assert!(plan("esx-lost-heartbeat", "static-stress").iter().any(|(risk, text)| risk.contains("reboot") && text.contains("1003501")));
    assert!(article("esx-lost-heartbeat").contains("30 minutes, not configurable"));
}

#[test]
fn system_02_the_summary_of_esx_3_and_4() {
    let desk = both();
    assert_eq!(desk.recognised(), ["service-console-history", "service-console-memory"]);
    assert_eq!(desk.reckon("cos.uptime"), "11798915.64");
    assert_eq!(desk.reckon("vmkernel.uptime | round(3)"), "11798902.253");
    assert_eq!(desk.reckon("(cos.uptime - vmkernel.uptime) | round(3)"), "13.387");
    assert_eq!(desk.reckon("vm.running"), "73");
    assert_eq!((desk.reckon("vmkernel.build"), desk.reckon("vmm.build")), ("153875".into(), "153875".into()));
    assert_eq!(desk.reckon("cos.swap_used"), "567468032");
    assert_eq!(about(&desk, "vmware-h", "process.memory"), "83180", "the last hyphen splits name and size");
    assert_eq!(about(&desk, "webAcces", "process.memory | list"), "27332, 27292");
    assert_eq!(desk.reckon("host.power_event | list"), "Starting");
    let dots = Desk::new().paste("Nov 13 07:13:58 esxhostname vmkhalt: (1258114439) Starting system...");
    assert_eq!(dots.reckon("host.power_event"), "Starting", "three dots as well as the ellipsis");
    assert_eq!(cell("service-console-processes", "'VMap'", "full"), "vmap (VMware HA)");
    assert_eq!(cell("service-console-processes", "'cimserve'", "owner"), "VMware");
    assert_eq!(cell("service-console-processes", "'backupd'", "owner"), "not known", "a name that no table has is not third-party");
}

#[test]
fn system_03_the_summary_of_esxi_5_and_later() {
    let desk = Desk::new().paste(indoc! {"
        2011-08-30T03:00:01Z heartbeat: up 0d16h24m17s, 0 VMs; [[3411 sfcb-pycim 12516kB] [3041 vpxa-worker 12668kB] [2723 hostd-worker 33844kB]] [[3348 sfcb-vmware_int 2%max] [3423 sfcb-vmware_bas 5%max] [3411 sfcb-pycim 16%max]]
        2011-08-30T04:00:01Z heartbeat: up 0d17h24m17s, 0 VMs; [[3411 sfcb-pycim 12516kB] [3041 vpxa-worker 12668kB] [2723 hostd-worker 33848kB]] [[3348 sfcb-vmware_int 2%max] [3423 sfcb-vmware_bas 5%max] [3411 sfcb-pycim 16%max]]
        2011-08-30T04:40:11Z bootstop: Host is rebooting
        2011-08-30T04:52:00Z bootstop: Host has booted
    "});
    assert_eq!(desk.recognised(), ["esxi-summary-history"], "the classic reader does not claim it");
    assert_eq!(desk.reckon("vm.running"), "0");
    assert_eq!(desk.reckon("host.power_event | list"), "rebooting, booted");
    let hostd = [("leader.name", "hostd-worker"), ("leader.pid", "2723")];
    assert_eq!(desk.reckon_about(None, &hostd, "leader.memory | list"), "33844, 33848");
    let pycim = [("leader.name", "sfcb-pycim"), ("leader.pid", "3411")];
    assert_eq!(desk.reckon_about(None, &pycim, "leader.share"), "16");
    assert!(!desk.faults().iter().any(|f| f.contains("unclean")), "it was stopped in order");
    assert_eq!(both().reckon("host.up_days"), "not known");
}

#[test]
fn system_04_trend_exhaustion_missing_records_unclean_restart() {
    let desk = both();
    // C0.13 and C0.14: two points give a growth, never a verdict.
    assert_eq!(about(&desk, "VMap", "(process.memory | last) - (process.memory | first)"), "2672");
    assert_eq!(about(&desk, "VMap", "process.growth_per_hour | floor"), "2661");
    assert_eq!(about(&desk, "VMap", "(24 * process.growth_per_hour / 1024) | round(1)"), "62.4");
    assert_eq!(about(&desk, "vmware-h", "(process.memory | last) - (process.memory | first)"), "368");
    assert_eq!(about(&desk, "webAcces", "(process.memory | last) - (process.memory | first)"), "-40");
    assert_eq!(about(&desk, "VMap", "process.trend"), "not known");
    // X0.6: full in both records.
    assert_eq!(desk.reckon("cos.swap_used | unique | count"), "1");
    assert_eq!(desk.reckon("cos.swap_used_percent | min"), "100");
    // C0.17 and C0.18: the silence, and the estimate of the screen.
    assert_eq!(desk.reckon("summary.silent_for"), "11534");
    assert_eq!(desk.reckon("summary.silent_for | to('min') | floor"), "192", "3 h 12 m 14 s");
    assert_eq!(desk.reckon("psod.earliest"), "2009-11-13T09:31:45Z");
    assert_eq!(desk.reckon("psod.latest"), "2009-11-13T10:31:45Z");
    // A start without a stop: folded into the particular finding here, on its own where swap is not full.
    assert!(desk.finding("esx-lost-heartbeat").refined.contains(&"esx-unclean-restart".to_string()));
    let roomy = Desk::new().paste(&SUMMARY.replace("567468032", "67468032")).paste(MEMINFO);
    assert_eq!(roomy.faults(), ["esx-unclean-restart"]);
}

#[test]
fn system_05_meminfo_totals_hold_and_the_rest_is_from_after_the_restart() {
    let spaced = "MemTotal:       799732 kB\nMemFree:        601228 kB\nHighTotal:           0 kB\nLowTotal:       799732 kB\nSwapTotal:      554168 kB\nSwapFree:       554168 kB\n";
    for text in [MEMINFO, spaced] {
        let desk = Desk::new().paste(text);
        assert_eq!((desk.reckon("cos.ram_total"), desk.reckon("cos.swap_total")), ("799732".into(), "554168".into()));
    }
    let desk = Desk::new().paste(SUMMARY).paste(spaced);
    assert_eq!(desk.reckon("cos.ram_free"), "601228");
    assert_eq!(desk.fact_of("esx-lost-heartbeat", "cos.ram_free"), "not known", "free memory was read after the restart");
    assert_eq!(desk.fact_of("esx-lost-heartbeat", "cos.ram_total"), "799732");
}

#[test]
fn system_06_uptime_swap_and_shares() {
    let desk = both();
    let is = |expression: &str, value: &str| assert_eq!(desk.reckon(expression), value, "{expression}");
    is("cos.uptime | to('d') | floor", "136"); // C0.1
    is("cos.uptime | to('d') | round(4)", "136.5615");
    is("host.booted", "2009-06-29T19:33:09.360Z"); // C0.2
    let first = Desk::new().paste(SUMMARY.lines().next().unwrap());
    assert!(first.reckon("host.booted").starts_with("2009-06-29T19:33:09"), "the first record gives the same second");
    is("clock.utc_offset", "-05:00"); // C0.3
    is("vm.running", "73"); // C0.4
    is("cos.swap_used | to('MB') | floor", "541"); // C0.5
    is("cos.swap_used | to('kB')", "554168");
    is("cos.swap_used | to('MB') | round(2)", "541.18");
    is("cos.swap_used_percent", "100"); // C0.6
    is("cos.ram_total | to('MB') | floor", "780"); // C0.11: floored, 780.99 is not 781
    is("cos.ram_total | to('MB') | round(2)", "780.99");
    is("cos.swap_total | to('MB') | floor", "541"); // C0.12
    is("100 * cos.swap_total / cos.ram_total | round(2)", "69.29"); // X0.1: what the document's 69 % really is
    is("process.memory | sum", "696668"); // C0.15
    is("(process.memory | sum) | to('MB') | round(1)", "680.3");
    is("(100 * (process.memory | sum) / cos.ram_total) | round(1)", "87.1");
    let process = |name: &str, expression: &str, value: &str| assert_eq!(about(&desk, name, expression), value, "{name}: {expression}");
    process("VMap", "process.memory | to('MB') | floor", "572"); // C0.7
    process("VMap", "process.memory | to('MB') | round(2)", "572.46");
    process("VMap", "process.ram_percent | round(2)", "73.30"); // C0.8
    process("VMap", "process.ram_and_swap_percent | round(1)", "43.3"); // C0.16
    process("vmware-h", "process.memory | to('MB') | floor", "81"); // C0.9
    process("vmware-h", "process.memory | to('MB') | round(2)", "81.23");
    process("webAcces", "process.memory | to('MB') | floor", "26"); // C0.10: 26.65 is not 27
    process("webAcces", "process.memory | to('MB') | round(2)", "26.65");
    // C0.19: both clocks agree over the hour.
    is("((cos.uptime | last) - (cos.uptime | first)) | round(2)", "3614.39");
    is("cos.uptime | span", "3614");
}

#[test]
fn system_06_the_text_answer_says_it_to_people() {
    let (exit, text) = faultbook(&["lookup"], &format!("{SUMMARY}{MEMINFO}"));
    assert_eq!(exit, 0);
    for words in [
        "After 136 days of uptime, with 73 virtual machines, 100.0 % of swap was in use",
        "73.3 % of RAM in one process (43.3 % of RAM and swap together)",
        "growth in one hour 2661.65 kB",
        "offset of the log's local time from UTC: -05:00",
        "11534 s (3 h 12 m 14 s)",
        "2009-11-13T09:31:45Z and 2009-11-13T10:31:45Z",
        "VMap: memory of the process 586196 kB (572 MB)",
        "RAM given to the Service Console: 799732 kB (780 MB)",
        "a jump inside the hour would not show",
    ] {
        assert!(text.contains(words), "`{words}` is not in: {text}");
    }
    assert!(!text.contains("69"), "the slip of the document is not repeated");
    assert!(!text.contains("service-console-process-leak"), "two records are never a leak");
}

#[test]
fn system_07_leak_stress_spike_or_many_and_whose() {
    let screen = "Host: 4781: COS Error: Lost heartbeat";
    let level = Desk::new().paste(screen).paste(FULL_AND_LEVEL).paste(MEMINFO);
    assert_eq!(about(&level, "VMap", "process.trend"), "plateau");
    assert_eq!(level.standing("esx-lost-heartbeat", "process-leak"), "unlikely");
    let jump = Desk::new().paste(screen).paste(&FULL_AND_LEVEL.replace("VMap-90530", "VMap-300530")).paste(MEMINFO);
    assert_eq!(about(&jump, "VMap", "process.trend"), "spike");
    assert_eq!(jump.finding("esx-lost-heartbeat").causes[0].id, "memory-spike");
    assert_eq!(jump.standing("esx-lost-heartbeat", "process-leak"), "unlikely");
    let small = FULL_AND_LEVEL
        .replace("vmware-h-92", "vmware-h-12")
        .replace("vmware-h-93", "vmware-h-13")
        .replace("VMap-90", "VMap-10")
        .replace("webAcces-87", "webAcces-17");
    let small = Desk::new().paste(screen).paste(&small).paste(MEMINFO);
    assert_eq!(small.finding("esx-lost-heartbeat").causes[0].id, "many-processes");
    // Whose: asked of the growing process, and the plan differs.
    let leak = crate::systems::trends::hourly(72, |hour| 100_000 + 5_000 * hour);
    let ours = Desk::new().paste(&leak).answer("service-console-process-owner", "shipped with ESX or VirtualCenter");
    assert_eq!(ours.finding("service-console-process-leak").established().map(|c| c.id.clone()), Some("vmware-component".to_string()));
    let theirs = Desk::new().paste(&leak).answer("service-console-process-owner", "an agent or tool of somebody else");
    assert_eq!(theirs.finding("service-console-process-leak").established().map(|c| c.id.clone()), Some("third-party".to_string()));
    assert!(plan("esx-lost-heartbeat", "vmware-component")[0].1.contains("Technical Support"));
    assert!(plan("esx-lost-heartbeat", "third-party").iter().any(|(_, text)| text.contains("Third Party Hardware and Software Support Policy")));
    assert!(plan("esx-lost-heartbeat", "process-leak").iter().any(|(_, text)| text.contains("only delays")), "more memory is no repair of a leak");
}

#[test]
fn system_08_dumps_in_every_place_and_the_setting_behind_them() {
    let listing = indoc! {"
        /root:
        -rw-r--r-- 1 root root 9437184 Nov 13 07:14 vmkernel-zdump-111309.07.13.1
        /root/old_cores:
        -rw-r--r-- 1 root root 7340032 Nov 13 07:14 cos-core-esxhostname.123.core.gz
        /var/core:
        total 0
    "};
    let desk = Desk::new().paste(listing);
    assert_eq!(desk.reckon("dump.vmkernel"), "vmkernel-zdump-111309.07.13.1");
    assert_eq!(desk.reckon("dump.cos"), "cos-core-esxhostname.123.core.gz");
    let one = Desk::new().paste(listing.lines().take(2).collect::<Vec<_>>().join("\n").as_str());
    assert_eq!(one.reckon("dump.cos"), "not known");
    let step = crate::desk::library().step("dump-files").unwrap();
    let run = format!("{:?}", step.run);
    for place in ["/root", "/root/old_cores", "/var/core"] {
        assert!(run.contains(place), "{place} is looked into");
    }
    let settings = Desk::new().paste("Value of CosCoreFile is\nValue of PsodOnCosPanic is 0");
    assert_eq!((settings.reckon("cos.core_file"), settings.reckon("cos.psod_on_panic")), ("not known".into(), "false".into()));
    assert!(article("esx-lost-heartbeat").contains("is named for the next successful start, not for the crash"));
}
