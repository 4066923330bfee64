//! Sentences with holes: filled they are log lines, turned into patterns they are signatures. So every planted line is
//! known to match. All sentences are made up; they only have the shape of a hypervisor's logs.

use crate::random::Random;
use std::io::Write;

pub const AREAS: [&str; 30] = [
    "Cache",
    "Volume",
    "Path",
    "Queue",
    "Tenant",
    "Portgroup",
    "Uplink",
    "Snapshot",
    "Migration",
    "Reservation",
    "Lease",
    "Journal",
    "Mirror",
    "Replica",
    "Quorum",
    "Witness",
    "Keystore",
    "Datastore",
    "Adapter",
    "Session",
    "Firmware",
    "Sensor",
    "Backplane",
    "Cluster",
    "Scheduler",
    "Pager",
    "Swap",
    "Interrupt",
    "Timer",
    "Console",
];
pub const VERBS: [&str; 20] = [
    "Commit", "Rebind", "Flush", "Resume", "Evict", "Attach", "Detach", "Replay", "Probe", "Merge", "Seal", "Trim", "Expand", "Shrink", "Verify", "Revoke",
    "Renew", "Promote", "Demote", "Isolate",
];
const STATES: [&str; 12] = ["idle", "busy", "ready", "draining", "online", "paused", "clean", "dirty", "queued", "warm", "cold", "spare"];
const MACHINES: [&str; 12] = ["web", "db", "mail", "build", "ldap", "proxy", "files", "print", "test", "erp", "wiki", "queue"];

/// Fills the holes: `%d` a device, `%x` an address, `%n` a number, `%v` a virtual machine, `%w` a word, `%f` a function of
/// some module, `%h` `%A` `%0` one hexadecimal digit, capital letter, digit.
pub fn fill(template: &str, random: &mut Random, out: &mut Vec<u8>) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend_from_slice(before.as_bytes());
        // Writing to a vector cannot fail.
        let _ = match after.as_bytes().first() {
            Some(b'd') => write!(out, "naa.6{:015x}", random.below(1 << 12).wrapping_mul(0x9e37_79b9_7f4b) & ((1 << 60) - 1)),
            Some(b'x') => write!(out, "0x{:x}", random.below(1 << 44)),
            Some(b'n') => {
                let most = 10u64 << (3 * random.below(5));
                write!(out, "{}", random.below(most))
            }
            Some(b'v') => write!(out, "{}-{:03}", random.pick(&MACHINES), random.below(400)),
            Some(b'w') => write!(out, "{}", random.pick(&STATES)),
            Some(b'f') => write!(out, "{}{}", random.pick(&AREAS), random.pick(&VERBS)),
            Some(b'h') => write!(out, "{:x}", random.below(16)),
            Some(b'A') => write!(out, "{}", (b'A' + random.below(26) as u8) as char),
            _ => write!(out, "{}", random.below(10)),
        };
        rest = after.get(1..).unwrap_or("");
    }
    out.extend_from_slice(rest.as_bytes());
}

/// The pattern of a sentence. `name` is asked for the name of each hole worth keeping and may have none.
pub fn pattern(template: &str, name: &mut dyn FnMut() -> Option<String>) -> String {
    let mut out = String::new();
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            if "().[]+*?{}|^$\\".contains(c) {
                out.push('\\');
            }
            out.push(c);
            continue;
        }
        let (hole, keep) = match chars.next() {
            Some('d' | 'v') => (r"\S+", true),
            Some('x') => ("0x[0-9a-f]+", true),
            Some('n') => (r"\d+", true),
            Some('w') => ("[a-z]+", false),
            Some('f') => (r"\w+", false),
            Some('h') => ("[0-9a-f]", false),
            Some('A') => ("[A-Z]", false),
            _ => (r"\d", false),
        };
        match keep.then(&mut *name).flatten() {
            Some(name) => out.push_str(&format!("(?P<{name}>{hole})")),
            None => out.push_str(hole),
        }
    }
    out
}
