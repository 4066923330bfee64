//! Systems 26 to 29: the VMFS heap against open capacity, by version and patch; the chain of a disk that will not open;
//! the plan.

use crate::desk::{Desk, article, plan};
use indoc::indoc;

const LINE: &str = "cpu4:1959755)WARNING:Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.";
const HEAP: &[(&str, &str)] = &[("heap.name", "vmfs3")];

const OPEN: &str = indoc! {r#"
    2012-05-02T23:24:07.900Z| vmx| FileIOErrno2Result: Unexpected errno=12, Cannot allocate memory
    2012-05-02T23:24:07.900Z| vmx| AIOGNRC: Failed to open '/vmfs/volumes/xxxx-flat.vmdk' : Cannot allocate memory (c00000002) (0x2013).
    2012-05-02T23:24:07.900Z| vmx| DISKLIB-VMFS : "/vmfs/volumes/xxxx-flat.vmdk" : failed to open (Cannot allocate memory): AIOMgr_Open failed. Type 3
    2012-05-02T23:24:07.900Z| vmx| DISKLIB-LINK : "/vmfs/volumes/xxxx.vmdk" : failed to open (Cannot allocate memory).
    2012-05-02T23:24:07.900Z| vmx| DISKLIB-CHAIN : "/vmfs/volumes/xxxx.vmdk" : failed to open (Cannot allocate memory).
    2012-05-02T23:24:07.900Z| vmx| DISKLIB-LIB : Failed to open '/vmfs/volumes/xxxx.vmdk' with flags 0xa Cannot allocate memory (786441).
    2012-05-02T23:24:07.900Z| vmx| DISK: Cannot open disk "/vmfs/volumes/xxxx.vmdk": Cannot allocate memory (786441).
    2012-05-02T23:24:07.900Z| vmx| Msg_Post: Error
    2012-05-02T23:24:07.900Z| vmx| [msg.disk.noBackEnd] Cannot open the disk '/vmfs/volumes/xxxx.vmdk' or one of the snapshot disks it depends on.
    2012-05-02T23:24:07.900Z| vmx| [msg.disk.configureDiskError] Reason: Cannot allocate memory.
"#};

/// A host of this version with this line of the capacity answer.
fn host(version: &str, capacity: &str) -> Desk<'static> {
    Desk::new().paste(LINE).answer("esx-version", version).answer("vmfs-open-capacity", capacity)
}

fn row(version: &str, setup: &str) -> [String; 4] {
    let desk = host(version, &format!("1 4 4 {setup}"));
    ["default_heap", "default_open", "largest_heap", "largest_open"]
        .map(|column| desk.reckon(&format!("[esx.version, esx.build, host.setup] | lookup('vmfs-heap-limits', '{column}')")))
}

#[test]
fn system_26_heap_against_open_capacity_memory_cost_and_the_lost_host() {
    let desk = host("VMware ESXi 5.0.0 build-623860", "9 24 4 new");
    let is = |expression: &str, value: &str| assert_eq!(desk.reckon_about(None, HEAP, expression), value, "{expression}");
    is("vmfs.limit", "8");
    is("vmfs.used_share", "112.5"); // C4.5
    is("vmfs.heap_needed", "90");
    is("vmfs.after_loss", "8"); // C4.6: 24 / 3
    is("vmfs.extra_memory", "176"); // C4.1
    assert_eq!(desk.standing("vmfs-heap-exhausted", "over-default"), "established");
    // C4.1, the other differences; C4.2, how far proportion carries.
    is("640 - 80", "560");
    is("640 - 256", "384");
    is("128 - 16", "112");
    is("4 * 128 / 16", "32");
    is("8 * 256 / 80", "25.6");
    is("8 * 640 / 80", "64");
    is("2099200 / 1024", "2050"); // C4.4
    is("2099200 / 4096", "512.5");
    let lost = host("VMware ESXi 5.0.0 build-623860", "7 28 4 new").paste("Value of MaxHeapSizeMB is 80");
    assert_eq!(lost.reckon_about(None, HEAP, "vmfs.after_loss | round(3)"), "9.333");
    assert_eq!(lost.reckon_about(None, HEAP, "vmfs.extra_now"), "176");
    assert!(lost.cause("vmfs-heap-exhausted", "after-failover").reasons.iter().any(|r| r.say.contains("9.3 TB")));
    assert!(lost.finding("vmfs-heap-exhausted").established().is_none());
    let over = host("VMware ESXi 5.0.0 build-623860", "30 60 2 upgraded");
    assert_eq!(over.standing("vmfs-heap-exhausted", "over-maximum"), "established", "30 TB where the largest heap is good for 25");
}

#[test]
fn system_27_version_and_patch_decide_and_only_vmfs_counts() {
    let is = |version: &str, setup: &str, cells: [&str; 4]| assert_eq!(row(version, setup), cells.map(String::from), "{version} {setup}");
    is("VMware ESX Server 3.5.0 build-153875", "new", ["16", "4", "128", "32"]);
    is("VMware ESXi 4.0.0 build-208167", "new", ["16", "4", "128", "32"]);
    is("VMware ESXi 4.1.0 build-348481", "new", ["80", "8", "256", "25"]);
    is("VMware ESXi 5.0.0 build-623860", "new", ["80", "8", "256", "25"]);
    is("VMware ESXi 5.0.0 build-1024429", "new", ["640", "60", "640", "60"]);
    is("VMware ESXi 5.1.0 build-799733", "new", ["80", "8", "256", "25"]);
    is("VMware ESXi 5.1.0 build-1065491", "new", ["640", "60", "640", "60"]);
    is("VMware ESXi 5.1.0 build-1065491", "upgraded", ["not known", "not known", "640", "60"]);
    is("VMware ESXi 5.5.0 build-1331820", "new", ["not known", "not known", "not known", "not known"]);
    // Nobody gave the build: 5.0 before and after the patch differ, so nothing is claimed.
    let unbuilt = Desk::new().paste(LINE).answer("vmfs-open-capacity", "9 24 4 new");
    assert_eq!(unbuilt.reckon_about(None, HEAP, "vmfs.limit"), "not known");
    // NFS and RDM do not use this heap.
    let refused = "An unexpected error was received from the ESX host while powering on VM vm-xxx. Reason: (Cannot allocate memory)";
    let nfs = Desk::new().paste(refused).answer("disk-lies-on", "an NFS datastore");
    assert_eq!(nfs.standing("vm-operation-out-of-memory", "vmfs-heap"), "ruled out");
    let named = Desk::new().paste(refused).answer("heap-warnings-in-log", "vmfs3");
    assert_eq!(named.standing("vm-operation-out-of-memory", "vmfs-heap"), "established");
}

#[test]
fn system_28_the_chain_of_a_disk_that_will_not_open_is_one_event_with_an_errno() {
    let desk = Desk::new().paste(OPEN);
    assert_eq!(desk.faults(), ["virtual-disk-open-failed"]);
    assert_eq!(desk.finding("virtual-disk-open-failed").count, 1, "ten lines are one record");
    assert_eq!(desk.fact_of("virtual-disk-open-failed", "disklib.code"), "786441");
    assert_eq!(desk.fact_of("virtual-disk-open-failed", "disklib.errno"), "12"); // C4.3
    assert_eq!(desk.fact_of("virtual-disk-open-failed", "disklib.class"), "9");
    assert_eq!(desk.fact_of("virtual-disk-open-failed", "disk.file"), "/vmfs/volumes/xxxx.vmdk");
    for (code, errno, name) in [
        (327_689, 5, "EIO"),
        (851_977, 13, "EACCES"),
        (1_048_585, 16, "EBUSY"),
        (1_441_801, 22, "EINVAL"),
        (1_835_017, 28, "ENOSPC"),
        (1_966_089, 30, "EROFS"),
        (393_225, 6, "ENXIO"),
        (7_208_969, 110, "ETIMEDOUT"),
        (7_602_185, 116, "ESTALE"),
    ] {
        let line = format!("2012-05-02T23:24:07.900Z| vmx| DISKLIB-LIB : Failed to open '/vmfs/volumes/xxxx.vmdk' with flags 0xa Some words ({code}).");
        let desk = Desk::new().paste(&line);
        assert_eq!(desk.fact_of("virtual-disk-open-failed", "disklib.errno"), errno.to_string(), "{code}");
        assert_eq!(desk.reckon(&format!("{errno} | lookup('errno-linux', 'name')")), name);
        assert_eq!(desk.reckon(&format!("{code} == 0x{errno:X} * 65536 + 9")), "true");
    }
    // Beside the heap lines of the host the cause is clear.
    let both = Desk::new().paste(OPEN).paste(LINE).answer("esx-version", "VMware ESXi 5.0.0 build-623860").answer("vmfs-open-capacity", "9 24 4 new");
    assert_eq!(both.standing("virtual-disk-open-failed", "vmfs-heap"), "established");
    assert_eq!(both.faults()[0], "vmfs-heap-exhausted", "the cause comes before what it causes");
}

#[test]
fn system_29_the_plan_says_every_host_restart_and_the_limits() {
    let steps = plan("vmfs-heap-exhausted", "over-default");
    let has = |words: &str| assert!(steps.iter().any(|(_, text)| text.contains(words)), "`{words}` is in no action: {steps:?}");
    has("`VMFS3.MaxHeapSizeMB` to 128 on every host of the cluster");
    has("set it to 256 on every host of the cluster");
    has("ESXi500-201303401-BG (5.0) or 5.1 Update 1");
    has("`VMFS3.MinHeapSizeMB`, 255 at most");
    assert!(steps.iter().any(|(risk, text)| risk == "reboot" && text.contains("one after the other")));
    let reserve = Desk::new().paste(LINE).paste("Value of MaxHeapSizeMB is 640\nValue of MinHeapSizeMB is 300");
    assert!(reserve.finding("vmfs-heap-exhausted").says.iter().any(|s| s.contains("it cannot be more than 255")));
    assert!(plan("vmfs-heap-exhausted", "after-failover").iter().any(|(_, text)| text.contains("one host missing")));
    assert!(article("vmfs-heap-exhausted").contains("Only disks on VMFS count: not raw device mappings (RDM), not NFS"));
}
