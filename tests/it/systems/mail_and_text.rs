//! System 30, Zimbra and Exchange; system 31, damaged text: quotes, entities, ellipses, lost blanks, many clocks.

use crate::desk::{Desk, article, faultbook, plan};
use faultbook::text::clock::{self, Kind};

#[test]
fn system_30_zimbra_mobile_sync() {
    let off = Desk::new().answer("zimbra-device-symptom", "the account cannot be verified or added").paste("zimbraFeatureMobileSyncEnabled: FALSE");
    assert_eq!(off.standing("zimbra-mobile-sync-fails", "not-enabled"), "established");
    assert!(plan("zimbra-mobile-sync", "not-enabled")[0].1.contains("5480"));
    assert!(article("zimbra-mobile-sync").contains("normally listens on 7071"));
    let works = Desk::new().answer("zimbra-device-symptom", "it asks for Mail, Contacts and Calendars and works");
    assert!(works.faults().is_empty());
}

#[test]
fn system_30_exchange_setup_mail_flow_removal_and_admins() {
    for (answer, cause) in [
        ("forest, domain, schema, global catalog, native mode", "directory"),
        ("64 bit, Windows version, roles or features", "windows"),
        ("Office converter or filter pack", "filter-pack"),
        ("Net.Tcp Port Sharing", "port-sharing"),
    ] {
        assert_eq!(Desk::new().answer("exchange-setup-check", answer).standing("exchange-2010-setup-stops", cause), "established", "{answer}");
    }
    assert!(Desk::new().answer("exchange-setup-check", "nothing, setup runs").faults().is_empty());
    let out = Desk::new().answer("exchange-send-connector", "Send connectors: 0\nfor all domains and enabled: 0");
    assert_eq!(out.standing("exchange-2010-no-mail-out", "no-send-connector"), "established");
    let removal = Desk::new().answer("exchange-2003-removal", "it names a routing group connector");
    assert_eq!(removal.standing("exchange-2003-removal-fails", "routing-group"), "established");
    let event = r#"Make sure the user has inherited permission granted to domain\Exchange Servers to allow List, Create child, Delete child of object type "msExchangeActiveSyncDevices""#;
    let admin = Desk::new().paste(event).answer("exchange-account-protected", "an administrator, does not inherit");
    assert_eq!(admin.standing("exchange-activesync-admin", "protected-account"), "established");
}

#[test]
fn system_31_a_damaged_line_is_recognised_as_the_clean_one_is() {
    for (damaged, id) in [
        ("Nov 13 07:13:58 esxhostname vmkhalt: (1258114439) Starting system…", "host-start-record"),
        ("cpu4:1959755)WARNING:Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.", "vmfs-heap-exhausted"),
        ("similar to:vmkernel: cpu2:1410)WARNING: Heap: 1370: Heap_Align(vmfs3, 4096/4096 bytes, 4 align) failed. caller: 0x8fdbd0", "vmfs-heap-exhausted"),
        ("PCPU 40 didn’t have a heartbeat for 5 seconds, timeout is 10, 1 IPIs sent; *may* be locked up.", "esxi-pcpu-no-heartbeat"),
        ("WARNING: NFS: 4590: Can’t find call with serial number -2146566055", "nfs-call-serial-not-found"),
        (
            "RIP  [&lt;ffffffff8014c562&gt;] list_del+0x48/0x71 RSP &lt;ffffffff80425d00&gt; &lt;0&gt;Kernel Panic - not syncing: Fatal exception",
            "scsi-completion-crash",
        ),
        ("[&lt;f88c19ce&gt;] mptscsih_io_done+0x5ee/0x608 [mptscsi] (&#8230;)", "scsi-completion-crash"),
    ] {
        let (_, said) = faultbook(&["lookup", "--format", "json"], damaged);
        let first = said.split("\"signature\": \"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(first, Some(id), "{damaged}");
    }
}

#[test]
fn system_31_every_clock_of_these_logs() {
    for (kind, text) in [
        (Kind::Iso, "2012-05-02T23:24:07.900Z"),
        (Kind::Iso, "2016-01-04T16:19:46.611-08:00"),
        (Kind::Iso, "2016-01-04 16:19:46,611"),
        (Kind::Syslog, "Jul 26 01:26:46"),
        (Kind::Syslog, "Jul  6 01:26:46"),
        (Kind::Uptime, "7:21:06:31.191"),
        (Kind::Uptime, "0d17h24m17s"),
        (Kind::Uptime, "123.456789"),
        (Kind::Epoch, "1258102905"),
    ] {
        assert!(clock::read(kind, text).is_some_and(|r| r.time.is_known()), "{kind:?} {text}");
    }
}
