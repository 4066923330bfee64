//! Systems 21 to 25: the Linux crash, its pattern and its open hypotheses, the NFS settings and what they come to.

use crate::desk::{Desk, article, cell};
use indoc::indoc;

const FOUR: &str = indoc! {"
    [<f883b299>] .text.lock.scsi_error+0x19/0x34 [scsi_mod]
    [<f88c19ce>] mptscsih_io_done+0x5ee/0x608 [mptscsi] (…)
    [<c02de564>] common_interrupt+0x18/0x20
    [<c02ddb54>] system_call+0x0/0x30
"};

const FIVE: &str = "RIP  [<ffffffff8014c562>] list_del+0x48/0x71 RSP <ffffffff80425d00> <0>Kernel Panic - not syncing: Fatal exception";

const CRASHES: &str = indoc! {"
    web01 esx3 2 nfs1 22
    web02 esx3 2 nfs1 22
    db01 esx3 2 nfs1 22
    app01 esx3 2 nfs1 22
    app02 esx3 2 nfs1 22
    hosts 4
"};

/// The fourteen settings as the document prints them, two to four in a line there.
const SETTINGS: &[(&str, u32)] = &[
    ("NFS.IndirectSend", 0),
    ("NFS.DiskFileLockUpdate", 10),
    ("NFS.LockUpdateTimeout", 5),
    ("NFS.LockRenewMaxFailureNumber", 3),
    ("NFS.LockDisable", 0),
    ("NFS.HeartbeatFrequency", 12),
    ("NFS.HeartbeatTimeout", 5),
    ("NFS.HeartbeatDelta", 5),
    ("NFS.HeartbeatMaxFailures", 10),
    ("NFS.MaxVolumes", 8),
    ("NFS.SendBufferSize", 264),
    ("NFS.ReceiveBufferSize", 128),
    ("NFS.VolumeRemountFrequency", 30),
    ("NFS.UDPRetransmitDelay", 700),
];

fn settings(change: impl Fn(&str, u32) -> u32) -> String {
    SETTINGS.iter().map(|(name, value)| format!("{name} {}\n", change(name, *value))).collect()
}

#[test]
fn system_21_panic_text_and_frames_of_two_kernels() {
    let desk = Desk::new().paste(FOUR);
    assert_eq!(desk.faults(), ["scsi-completion-crash"]);
    assert_eq!(desk.fact_of("scsi-completion-crash", "oops.function"), "mptscsih_io_done", "locks and interrupt entry are skipped");
    assert_eq!(desk.fact_of("scsi-completion-crash", "oops.module"), "mptscsi");
    for line in [FIVE.to_string(), FIVE.replace("Kernel Panic", "Kernel panic")] {
        let desk = Desk::new().paste(&line);
        assert_eq!(desk.faults(), ["scsi-completion-crash"], "{line}");
        assert_eq!(desk.fact_of("scsi-completion-crash", "oops.function"), "list_del");
        assert_eq!(desk.fact_of("scsi-completion-crash", "oops.end"), "Fatal exception");
    }
    assert_eq!(Desk::new().paste("Kernel panic - not syncing: Fatal exception").faults(), ["linux-kernel-panic"]);
}

#[test]
fn system_22_what_crashes_share_and_what_chance_would_do() {
    let desk = Desk::new().answer("crash-pattern", CRASHES);
    // C3.1: 4 x (1/4)^5 for any host, (1/4)^5 for one that was named beforehand.
    assert_eq!(desk.reckon_case("crash.total"), "5");
    assert_eq!(desk.reckon_case("1 / crash.chance"), "256");
    assert_eq!(desk.reckon_case("(100 * crash.chance) | round(2)"), "0.39");
    assert_eq!(desk.reckon_case("1 / crash.chance_named"), "1024");
    assert_eq!(desk.reckon_case("crash.host | unique | count"), "1");
    assert_eq!(desk.reckon_case("crash.hour | unique"), "22");
    assert_eq!(desk.reckon_case("crash.datastore | unique"), "nfs1");
    assert_eq!(desk.reckon_case("crash.vcpus | min"), "2");
    let spread = Desk::new().answer("crash-pattern", "web01 esx1 1 nfs1 3\nweb02 esx2 2 san2 14\ndb01 esx4 2 nfs1 22\nhosts 4");
    assert_eq!(spread.reckon_case("crash.host | unique | count"), "3");
    assert_eq!(spread.reckon_case("crash.vcpus | min"), "1");
}

#[test]
fn system_23_four_ranked_hypotheses_and_no_verdict() {
    let report = Desk::new().paste(FOUR).answer("crash-pattern", CRASHES).answer("host-hardware-health", "clean, machines seldom move");
    let finding = report.finding("scsi-completion-crash");
    assert!(finding.established().is_none() && finding.leading().is_none(), "not established is the right answer");
    let mut causes: Vec<&str> = finding.causes.iter().map(|c| c.id.as_str()).collect();
    causes.sort_unstable();
    assert_eq!(causes, ["guest-kernel", "host-hardware", "smp", "storage"]);
    let hardware = finding.causes.iter().find(|c| c.id == "host-hardware").unwrap();
    assert!(hardware.reasons.iter().any(|r| r.say.contains("0.39 % for any one of the 4 hosts")), "{:?}", hardware.reasons);
    assert!(hardware.reasons.iter().any(|r| r.say.contains("placement is not random")), "for and against stand side by side");
    let all = report
        .answer("scsi-crash-kernel-fix", "change log of kernel-2.6.18-164.el5 names the bugs 2 times")
        .answer("crash-neighbours", "neighbours well, storage quiet");
    assert!(all.finding("scsi-completion-crash").established().is_none());
    let cleared = Desk::new().paste(FIVE).answer("crash-pattern", "web01 esx1 1 nfs1 3\nweb02 esx2 2 san2 14\ndb01 esx4 2 nfs1 22\nhosts 4");
    assert_eq!(cleared.standing("scsi-completion-crash", "smp"), "ruled out", "a guest with one processor crashed too");
    assert!(article("scsi-completion-crash").contains("Not known."));
}

#[test]
fn system_24_nfs_settings_defaults_unsafe_values_and_differences() {
    let report = Desk::new().paste(&settings(|_, value| value));
    for (name, value) in SETTINGS {
        assert_eq!(report.reckon_about(None, &[("setting.name", name)], "setting.value"), value.to_string(), "{name}");
    }
    // S3.19: twelve of the fourteen are the defaults; of the two others no source gives the default.
    let known = SETTINGS.iter().filter(|(name, value)| cell("nfs-settings", &format!("'{name}'"), "default") == value.to_string()).count();
    assert_eq!(known, 12);
    assert_eq!(cell("nfs-settings", "'NFS.HeartbeatFrequency'", "default"), "not known");
    assert!(report.faults().is_empty(), "the report's own list is not unsafe: {:?}", report.faults());
    for name in ["NFS.LockDisable", "NFS.IndirectSend"] {
        let unsafe_one = Desk::new().paste(&settings(|n, value| if n == name { 1 } else { value }));
        assert_eq!(unsafe_one.faults(), ["nfs-setting-unsafe"], "{name}");
        assert_eq!(unsafe_one.finding("nfs-setting-unsafe").subject.get("setting.name").map(|v| v.to_string()).as_deref(), Some(name));
    }
    let two = format!(
        "[root@esx01:~] list\n{}[root@esx02:~] list\n{}",
        settings(|_, value| value),
        settings(|name, value| if name == "NFS.HeartbeatMaxFailures" { 3 } else { value })
    );
    let two = Desk::new().paste(&two);
    assert_eq!(two.faults(), ["nfs-settings-differ"]);
    assert!(
        two.finding("nfs-settings-differ").says.iter().any(|s| s.contains("esx01 10") && s.contains("esx02 3")),
        "{:?}",
        two.finding("nfs-settings-differ").says
    );
    let same = format!("[root@esx01:~] list\n{0}[root@esx02:~] list\n{0}", settings(|_, value| value));
    assert!(Desk::new().paste(&same).faults().is_empty());
}

#[test]
fn system_25_server_down_time_stale_locks_and_a_serial_number() {
    let desk = Desk::new().paste(&settings(|_, value| value));
    assert_eq!(desk.reckon("nfs.down_after"), "125"); // C3.4: 12 x 10 + 5
    assert_eq!(desk.reckon("nfs.lock_recovery"), "35"); // C3.5: 10 x 3 + 5
    let full = Desk::new().paste(&settings(|_, value| value).replace("DiskFileLockUpdate ", "DiskFileLockUpdateFreq "));
    assert_eq!(full.reckon("nfs.lock_recovery"), "35", "the cut name and the whole one");
    let two =
        format!("[root@esx01:~] list\n{}[root@esx02:~] list\n{}", settings(|_, v| v), settings(|n, v| if n == "NFS.HeartbeatMaxFailures" { 3 } else { v }));
    let two = Desk::new().paste(&two);
    assert_eq!((two.reckon_about(Some("esx01"), &[], "nfs.down_after"), two.reckon_about(Some("esx02"), &[], "nfs.down_after")), ("125".into(), "41".into()));
    // C3.3: a counter of 32 bits, printed with a sign.
    let serial = Desk::new().paste("vmkernel: 43:07:27:51.725 cpu2:2185)WARNING: NFS: 4590: Can't find call with serial number -2146566055");
    assert_eq!(serial.faults(), ["nfs-call-serial-not-found"]);
    assert_eq!(serial.reckon("nfs.serial_unsigned"), "2148401241");
    assert_eq!(serial.reckon("nfs.serial_unsigned == 0x800E0059"), "true");
    assert_eq!(serial.reckon("nfs.serial_unsigned - 4294967296"), "-2146566055");
}
