//! Systems 9 to 12: the esxcli block, the panic timeout that counts, its side effects, and the other kind of screen.

use crate::desk::{Desk, article, plan};
use indoc::indoc;

const BLOCK: &str = indoc! {"
       Path: /Misc/HeartbeatPanicTimeout
       Type: integer
       Int Value: 14
       Default Int Value: 14
       Min Value: 1
       Max Value: 86400
       String Value:
       Default String Value:
       Valid Characters:
       Description: Interval in seconds after which to panic if no heartbeats received
"};

const ABOUT: &[(&str, &str)] = &[("setting.name", "Misc.HeartbeatPanicTimeout")];
const HA: &str = "yes, HA is on";
const ALONE: &str = "no, or a standalone host";

fn configured(value: u32) -> String {
    let mut out = String::new();
    for line in BLOCK.lines() {
        let line = if line.trim_start().starts_with("Int Value:") { format!("   Int Value: {value}") } else { line.to_string() };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn effective(value: u32, membership: &str) -> (String, String) {
    let desk = Desk::new().paste(&configured(value)).answer("ha-membership", membership);
    (desk.reckon_about(None, ABOUT, "panic.timeout"), desk.reckon_about(None, ABOUT, "panic.lag"))
}

#[test]
fn system_09_the_esxcli_block_with_its_empty_values() {
    let desk = Desk::new().paste(BLOCK);
    let is = |fact: &str, value: &str| assert_eq!(desk.reckon_about(None, ABOUT, fact), value, "{fact}");
    is("setting.value", "14");
    is("setting.default", "14");
    is("setting.min", "1");
    is("setting.max", "86400");
    is("setting.text", "not known");
    // The same setting by every spelling, and two blocks in one output.
    for path in ["/Misc/ HeartbeatPanicTimeout", "Misc.HeartbeatPanicTimeout"] {
        let desk = Desk::new().paste(&BLOCK.replace("/Misc/HeartbeatPanicTimeout", path));
        assert_eq!(desk.reckon_about(None, ABOUT, "setting.value"), "14", "{path}");
    }
    let two = format!("{BLOCK}   Path: /VMFS3/MaxHeapSizeMB\n   Type: integer\n   Int Value: 80\n   Default Int Value: 80\n");
    let two = Desk::new().paste(&two);
    assert_eq!(two.reckon_about(None, &[("setting.name", "VMFS3.MaxHeapSizeMB")], "setting.value"), "80");
    assert_eq!(two.reckon_about(None, ABOUT, "setting.value"), "14");
}

#[test]
fn system_10_the_effective_panic_timeout() {
    let both = |timeout: &str, lag: &str| (timeout.to_string(), lag.to_string());
    assert_eq!(effective(14, ALONE), both("900", "886"));
    assert_eq!(effective(30, ALONE), both("not known", "not known"), "no source says what then counts");
    assert_eq!(effective(14, HA), both("14", "0"));
    assert_eq!(effective(30, HA), both("30", "16"));
    assert_eq!(effective(60, HA), both("60", "46"));
    assert_eq!(effective(900, HA), both("60", "46"), "a cap only lowers");
    assert_eq!(effective(10, HA).0, "10");
    let unasked = Desk::new().paste(BLOCK);
    assert_eq!(unasked.reckon_about(None, ABOUT, "panic.timeout"), "not known", "nobody has said whether HA is on");
    let alone = Desk::new().paste(BLOCK).answer("ha-membership", ALONE);
    assert_eq!(alone.reckon_about(None, ABOUT, "panic.timeout | to('min') | floor"), "15");
}

#[test]
fn system_11_locks_that_outlive_the_restart_and_profiles_that_drift() {
    let late = Desk::new().paste(&configured(60)).answer("ha-membership", HA);
    let cause = late.cause("heartbeat-panic-timeout", "restarts-too-soon");
    assert_eq!(cause.standing.words(), "established");
    assert!(cause.reasons[0].say.contains("about 46 s"), "{:?}", cause.reasons);
    let shipped = Desk::new().paste(BLOCK).answer("ha-membership", HA);
    assert_eq!(shipped.standing("heartbeat-panic-timeout", "as-shipped"), "established");
    assert_eq!(shipped.standing("heartbeat-panic-timeout", "restarts-too-soon"), "ruled out");
    let drift = shipped.answer("host-profile-shared", "one profile for both kinds, and it complains");
    assert!(drift.cause("heartbeat-panic-timeout", "profile-drift").reasons.iter().any(|r| r.say.contains("Harmless")));
    let text = article("heartbeat-panic-timeout");
    assert!(text.contains("The panic heartbeat lives inside one host. The HA network heartbeat runs between the hosts of a cluster"));
    assert!(plan("heartbeat-panic-timeout", "any").iter().any(|(_, text)| text.contains("Leave the value alone")));
}

#[test]
fn system_12_no_heartbeat_of_a_processor_is_another_fault_than_lost_heartbeat() {
    for line in [
        "WARNING: Heartbeat: 961: PCPU 40 didn't have a heartbeat for 5 seconds, timeout is 10, 1 IPIs sent; *may* be locked up.",
        "WARNING: Heartbeat: 961: PCPU 8 didn't have a heartbeat for 5 seconds, timeout is 14, 1 IPIs sent; *may* be locked up.",
        "PCPU 118: no heartbeat (3/3 IPIs received)",
        "PCPU 0: no heartbeat, IPIs received (0/1).",
    ] {
        assert_eq!(Desk::new().paste(line).faults(), ["esxi-pcpu-no-heartbeat"], "{line}");
    }
    let desk = Desk::new().paste("WARNING: Heartbeat: 961: PCPU 40 didn't have a heartbeat for 5 seconds, timeout is 10, 1 IPIs sent; *may* be locked up.");
    assert_eq!(desk.fact_of("esxi-pcpu-no-heartbeat", "pcpu.timeout"), "10", "read from the line, not taken for 14");
    for line in ["Host: 4781: COS Error: Lost heartbeat", "VMNIX: ALERT: HB: 365: Lost heartbeat (comm=cimserver pid=3588 t=30 to=30 clt=1)."] {
        assert_eq!(Desk::new().paste(line).faults(), ["esx-lost-heartbeat"], "{line}");
    }
}
