//! Codes: what a person types, what stands in a line, and what no table knows.

use super::run::faultbook;
use faultbook::engine::asked::asked;
use faultbook::engine::decode::{self, Code};
use faultbook::library::Library;
use faultbook::library::shipped::SHIPPED;
use std::process::Command;
use std::sync::OnceLock;

/// The shipped library.
pub fn library() -> &'static Library {
    static CELL: OnceLock<Library> = OnceLock::new();
    CELL.get_or_init(|| Library::load(SHIPPED, &[]))
}

fn one<'a>(codes: &'a [Code], table: &str) -> &'a Code {
    let mut found = codes.iter().filter(|c| c.table == table);
    let first = found.next().unwrap_or_else(|| panic!("nothing of `{table}` in {codes:#?}"));
    assert!(found.next().is_none(), "more than one of `{table}` in {codes:#?}");
    first
}

fn part<'a>(code: &'a Code, name: &str) -> &'a str {
    code.parts.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_else(|| panic!("no `{name}` in {code:#?}"))
}

/// What a typed text means in one table.
fn typed(text: &str, table: &str) -> Code {
    one(&asked(library(), text), table).clone()
}

fn tables(text: &str) -> Vec<String> {
    let mut all: Vec<String> = asked(library(), text).into_iter().map(|c| c.table).collect();
    all.dedup();
    all
}

#[test]
fn a_failed_command_is_read_in_all_its_parts() {
    let codes = asked(library(), "H:0x0 D:0x2 P:0x0 0x5 0x25 0x0");
    assert_eq!(part(one(&codes, "scsi-host-status"), "name"), "OK");
    assert_eq!(part(one(&codes, "scsi-device-status"), "name"), "CHECK_CONDITION");
    assert_eq!(part(one(&codes, "scsi-plugin-status"), "name"), "GOOD");
    assert_eq!(part(one(&codes, "scsi-sense-key"), "name"), "Illegal Request");
    let sense = one(&codes, "scsi-sense");
    assert_eq!(sense.meaning, "logical unit not supported");
    assert_eq!(part(sense, "class"), "permanent-loss");
    assert!(sense.notes.iter().any(|n| n.contains("every path")), "{sense:#?}");
    assert_eq!(codes.len(), 5, "{codes:#?}");
}

#[test]
fn sense_that_was_not_received_is_not_believed() {
    let line = "NMP: nmp_CompleteCommandForPath: Command 0x28 (0x4100060b6200) to NMP device \"naa.600601608c121200f80d33192b62dd11\" \
                failed on physical path \"vmhba2:C0:T0:L4\" H:0x8 D:0x0 P:0x0 Possible sense data: 0x5 0x25 0x0.";
    let codes = decode::line(library(), line);
    assert_eq!(part(one(&codes, "scsi-host-status"), "name"), "RESET");
    assert_eq!(one(&codes, "scsi-opcode").meaning, "Read(10)");
    for table in ["scsi-sense", "scsi-sense-key"] {
        let code = one(&codes, table);
        assert!(code.notes.iter().any(|n| n.contains("must not be believed")), "{code:#?}");
    }
    let valid = decode::line(library(), &line.replace("Possible", "Valid"));
    assert!(one(&valid, "scsi-sense-key").notes.is_empty());
}

/// The device status 0x18 as each documented form writes it.
#[test]
fn one_status_in_every_documented_form() {
    let forms = [
        ("line", "failed H:0x0 D:0x18 P:0x0 Possible sense data: 0x0 0x0 0x0.", "scsi-device-status"),
        ("line", "SCSI: 5663: vmhba0:0:1:1 status = 24/0 0x0 0x0 0x0", "scsi-device-status-decimal"),
        ("line", "StorageMonitor: 196: vmhba1:1:6:0 status = 24/0 0x0 0x0 0x0", "scsi-device-status-decimal"),
        ("line", "scsi status 0x18 on lun 4", "scsi-device-status"),
        ("line", "Device status: RESERVATION_CONFLICT", "scsi-device-status"),
        ("typed", "D:0x18", "scsi-device-status"),
        ("typed", "D 0x18", "scsi-device-status"),
        ("typed", "0x0 0x18 0x0 0x0 0x0 0x0", "scsi-device-status"),
        ("typed", "H:0×0 D:0×18 P:0×0", "scsi-device-status"),
        ("typed", "0x18", "scsi-device-status"),
        ("typed", "RESERVATION_CONFLICT", "scsi-device-status"),
        ("typed", "reservation_conflict", "scsi-device-status"),
        ("typed", "SCSI status = 0x18", "scsi-device-status"),
    ];
    for (how, text, table) in forms {
        let codes = if how == "line" { decode::line(library(), text) } else { asked(library(), text) };
        let code = one(&codes, table);
        assert_eq!(part(code, "name"), "RESERVATION_CONFLICT", "{text}: {code:#?}");
    }
    assert_eq!(forms.len(), 13);
}

/// A power-on or reset: sense key 6, code 29/00.
#[test]
fn one_sense_in_every_documented_form() {
    let forms = [
        "0x6 0x29 0x0",
        "0x6, 0x29, 0x0",
        "6/29/00",
        "06h/29h/00h",
        "0x6/0x29/0x0",
        "Valid sense data: 0x6 0x29 0x0",
        "sense=6 asc=29 ascq=0",
        "Sense Key: 0x6; ASC: 0x29; ASCQ: 0x0",
        "Sense: 0x6, ASC: 0x29, ASCQ: 0x0",
        "status = 2/0 0x6 0x29 0x0",
    ];
    for text in forms {
        let code = typed(text, "scsi-sense");
        assert_eq!(part(&code, "class"), "attention", "{text}: {code:#?}");
        assert_eq!(part(&code, "sense_key"), "Unit Attention", "{text}");
    }
    let codes = decode::line(library(), "sd 2:0:0:0: [sdb] tag#3 Add. Sense: Power on, reset, or bus device reset occurred");
    assert!(codes.iter().any(|c| c.table == "scsi-sense" && part(c, "asc") == "0x29"), "{codes:#?}");
    let codes = decode::line(library(), "[sdb] Sense Key : Unit Attention [current]");
    assert_eq!(part(one(&codes, "scsi-sense-key"), "key"), "0x6");
}

#[test]
fn linux_results_are_taken_apart() {
    let codes = decode::line(library(), "sd 0:0:0:0: SCSI error: return code = 0x08000002");
    let code = one(&codes, "linux-scsi-result");
    assert_eq!((part(code, "host_name"), part(code, "status_name"), part(code, "driver_meaning")), ("DID_OK", "CHECK_CONDITION", "sense data follow"));
    let codes = decode::line(library(), "FAILED Result: hostbyte=DID_NO_CONNECT driverbyte=DRIVER_OK cmd_age=0s");
    assert_eq!(part(one(&codes, "linux-scsi-host-byte"), "code"), "0x1");
}

#[test]
fn a_disk_library_code_has_an_errno_and_a_class() {
    let code = typed("786441", "disklib-code");
    assert_eq!((part(&code, "class"), part(&code, "errno"), part(&code, "errno_name")), ("9", "12", "ENOMEM"));
    assert_eq!(code.meaning, "cannot allocate memory");
    for (number, name) in [(327_689, "EIO"), (851_977, "EACCES"), (1_048_585, "EBUSY"), (1_835_017, "ENOSPC"), (7_208_969, "ETIMEDOUT"), (7_602_185, "ESTALE")]
    {
        assert_eq!(part(&typed(&number.to_string(), "disklib-code"), "errno_name"), name);
    }
    let line = "DISKLIB-LIB   : Failed to open '/vmfs/volumes/a/b.vmdk' with flags 0xa Cannot allocate memory (786441).";
    assert_eq!(part(one(&decode::line(library(), line), "disklib-code"), "errno_name"), "ENOMEM");
    let parent = "DISKLIB-CHAIN : failed to open: The parent virtual disk has been modified since the child was created (18)";
    assert_eq!(part(one(&decode::line(library(), parent), "disklib-code"), "class"), "18");
    // A class that no table knows: said, with its parts.
    let odd = decode::line(library(), "DISKLIB-LIB : Failed to open 'x': something (458756)");
    let odd = one(&odd, "disklib-code");
    assert!(odd.unknown && part(odd, "class") == "4", "{odd:#?}");
}

#[test]
fn errno_of_linux_and_bsd_are_both_shown_and_told_apart() {
    let codes = asked(library(), "55");
    assert_eq!((part(one(&codes, "errno-bsd"), "name"), part(one(&codes, "errno-linux"), "name")), ("ENOBUFS", "ENOANO"));
    let codes = asked(library(), "ENOBUFS");
    assert_eq!((part(one(&codes, "errno-bsd"), "code"), part(one(&codes, "errno-linux"), "code")), ("55", "105"));
    assert_eq!(part(&typed("enospc", "errno-linux"), "code"), "28");
    assert_eq!(part(&typed("errno 28", "errno-linux"), "name"), "ENOSPC");
    assert_eq!(part(&typed("error -110", "errno-linux"), "name"), "ETIMEDOUT");
    let codes = decode::line(library(), "socreate(type=2, proto=17) failed with error 55");
    assert_eq!(part(one(&codes, "errno-bsd"), "name"), "ENOBUFS");
}

#[test]
fn exceptions_are_found_by_number_and_by_name() {
    for text in ["#PF 14", "#PF", "exception 14", "#PF Exception 14", "Exception(14)", "trap 14", "vector 14"] {
        let code = typed(text, "x86-exceptions");
        assert!(code.meaning.starts_with("page fault"), "{text}: {code:#?}");
        assert_eq!(tables(text), ["x86-exceptions"], "{text}");
    }
    assert!(!tables("14").contains(&"x86-exceptions".to_string()), "a bare number is an errno");
    let codes = decode::line(library(), "#GP Exception(13) in world 4130:helper13-0 @ 0x41803399e303");
    assert!(one(&codes, "x86-exceptions").meaning.starts_with("general protection fault"));
    let codes = decode::line(library(), "[  12.1] general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP");
    assert_eq!(part(one(&codes, "x86-exceptions"), "vector"), "13");
}

/// The four vectors of the catalogue; the texts of the first three are what ESXi printed beside them.
#[test]
fn machine_checks_by_their_four_vectors() {
    let code = typed("mce 0x0134", "mce-code");
    assert_eq!((part(&code, "class"), part(&code, "request"), part(&code, "transaction")), ("cache", "data read", "data"));
    assert!(part(&code, "level").starts_with("level 0"));
    let code = typed("mce 0x0091", "mce-code");
    assert_eq!((part(&code, "class"), part(&code, "memory_request"), part(&code, "channel")), ("memory", "memory read", "channel 1"));
    let code = typed("mce 0x0e0b", "mce-code");
    assert_eq!((part(&code, "class"), part(&code, "access")), ("io", "input or output"));
    assert!(part(&code, "level").starts_with("generic level"));
    let code = typed("0xfe20004000011166", "mce-status-intel");
    assert_eq!(part(&code, "flags"), "PCC, ADDRV, MISCV, EN, UC, OVER, VAL");
    assert_eq!((part(&code, "model_code"), part(&code, "corrected_count"), part(&code, "code")), ("0x1", "1", "0x1166"));
    assert_eq!((part(&code, "class"), part(&code, "request"), part(&code, "level"), part(&code, "severity")), ("cache", "prefetch", "level 2", "fatal"));
    assert!(part(&code, "filtered").starts_with("yes"));
}

#[test]
fn machine_checks_in_lines_are_corrected_or_not() {
    let seen = |line: &str, table: &str| one(&decode::line(library(), line), table).clone();
    for line in [
        "MC: PCPU18 B:13 S:0xfe20004000011166 M:0x7246040086 A:0x38c989b100 5",
        "cpu42:10021342342)ALERT: MCA: 200: UC Excp G5 B1 Sbf80000000000114 Aaf9e74900 M86 Paf9e74900/4",
        "Uncorrectable Machine Check Exception (Processor 1, APIC ID 0x00000000, Bank 0x00000006, Status 0xBA000000'00000E0B, Address 0x00000000'00000000)",
    ] {
        assert_eq!(part(&seen(line, "mce-status-intel"), "severity"), "fatal", "{line}");
    }
    let corrected = seen("cpu3:2097152)MCA: 202: CE Poll G0 B8 S9c00004001010091 A6619f3780 M200401c089801086 P6619f3780/40", "mce-status-intel");
    assert_eq!((part(&corrected, "severity"), part(&corrected, "corrected_count"), part(&corrected, "channel")), ("corrected", "1", "channel 1"));
    let amd = seen("[Hardware Error]: CPU:2 (15:2:0) MC4_STATUS[-|CE|MiscV|-|AddrV|-|-|CECC]: 0x9c08400067080813", "mce-status-amd");
    assert_eq!((part(&amd, "severity"), part(&amd, "class"), part(&amd, "extended_code")), ("corrected", "bus", "0x8"));
    assert!(part(&amd, "flags").contains("CECC"), "{amd:#?}");
    let linux = seen("mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4: a600000000020408", "mce-status-intel");
    assert_eq!((part(&linux, "severity"), part(&linux, "class")), ("fatal", "internal"));
    let clear = typed("MC4_STATUS 0x0000000000020408", "mce-status-intel");
    assert_eq!(part(&clear, "severity"), "invalid");
}

#[test]
fn taints_by_letters_and_by_number() {
    let code = typed("tainted 4609", "kernel-taint");
    assert_eq!(code.meaning, "P W O");
    assert!(part(&code, "O").contains("outside the kernel"));
    assert_eq!(typed("G W O", "kernel-taint").meaning, "G W O");
    assert_eq!(typed("taint GWO", "kernel-taint").meaning, "G W O");
    let line = "CPU: 17 PID: 0 Comm: swapper/17 Kdump: loaded Tainted: G        W IOEL   --------- -  - 4.18.0-372.9.1.el8.x86_64 #1";
    assert_eq!(one(&decode::line(library(), line), "kernel-taint").meaning, "G W I O E L");
    let odd = typed("tainted 134217728", "kernel-taint");
    assert!(odd.unknown && odd.meaning == "bit 27", "{odd:#?}");
}

#[test]
fn oops_codes_are_read_bit_by_bit() {
    let line = "[13968.479005] Oops: 0002 [#1] SMP NOPTI";
    let codes = decode::line(library(), line);
    let code = one(&codes, "x86-page-fault-code");
    assert_eq!(code.meaning, "the kernel wrote to an address that is not mapped");
    assert_eq!(part(code, "bits"), "write access");
    let odd = typed("oops 802b", "x86-page-fault-code");
    assert!(odd.unknown && part(&odd, "bits").contains("SGX"), "{odd:#?}");
}

#[test]
fn names_are_found_the_other_way_round() {
    assert_eq!(part(&typed("NFS3ERR_STALE", "nfs-status"), "code"), "70");
    assert_eq!(part(&typed("NFS4ERR_DELAY", "nfs-status"), "code"), "10008");
    assert_eq!(part(&typed("RPC_TIMEDOUT", "rpc-status"), "code"), "5");
    assert_eq!(part(&typed("SIGSEGV", "linux-signals"), "signal"), "11");
    assert_eq!(part(&typed("DID_BUS_BUSY", "linux-scsi-host-byte"), "code"), "0x2");
    assert_eq!(part(&typed("kernel.watchdog_thresh", "sysctl-defaults"), "default"), "10");
    assert_eq!(part(&typed("NFS.HeartbeatTimeout", "nfs-settings"), "default"), "5");
    assert_eq!(part(&typed("CLOCK_WATCHDOG_TIMEOUT", "windows-bugcheck"), "code"), "0x101");
    assert_eq!(typed("0xbad0003", "vmkernel-status").meaning, "not found");
    assert_eq!(typed("10008", "nfs-status").meaning, typed("NFS3ERR_JUKEBOX", "nfs-status").meaning);
    assert_eq!(part(&typed("00:50:56:9a:12:fe", "mac-prefixes"), "owner"), "VMware");
    assert_eq!(typed("0x2a", "scsi-opcode").meaning, "Write(10)");
    assert_eq!(part(&typed("Write(10)", "scsi-opcode"), "opcode"), "0x2a");
}

#[test]
fn builds_without_a_row_have_a_neighbour_and_say_so() {
    assert_eq!(part(&typed("VMware ESXi 7.0.1 build-16850804", "esx-builds"), "release"), "7.0 Update 1");
    let near = typed("ESXi 6.5.0 build-8294300", "esx-builds");
    assert!(near.unknown && near.meaning.contains("8294253"), "{near:#?}");
    assert!(near.notes.iter().any(|n| n.contains("6.5.0") && n.contains("not known")), "{near:#?}");
    // The neighbour of the same version, not the nearest number of all.
    let other = typed("ESXi 6.0.0 build-8294300", "esx-builds");
    assert!(other.meaning.contains("5572656"), "{other:#?}");
}

#[test]
fn events_say_what_they_are_even_when_no_row_has_them() {
    assert_eq!(part(&typed("esx.problem.storage.apd.timeout", "vob-events"), "kind"), "problem");
    let odd = typed("esx.problem.storage.frobnicated.gone", "vob-events");
    assert!(odd.unknown, "{odd:#?}");
    assert_eq!((part(&odd, "about"), part(&odd, "event")), ("storage", "frobnicated.gone"));
}

#[test]
fn what_no_table_knows_is_said_with_its_parts() {
    let codes = asked(library(), "0xbad0fff");
    assert!(one(&codes, "vmkernel-status").unknown);
    let codes = asked(library(), "123456789012");
    assert!(codes[0].unknown && part(&codes[0], "hexadecimal") == "0x1cbe991a14" && part(&codes[0], "low 16 bits") == "6676", "{codes:#?}");
    let codes = asked(library(), "EFROBNICATE");
    assert!(codes.len() == 1 && codes[0].unknown, "{codes:#?}");
    assert!(asked(library(), "what does this mean").is_empty());
}

#[test]
fn a_pasted_line_is_a_line_and_not_a_list_of_numbers() {
    let line = "2024-06-21T21:50:40.305Z cpu56:2097460)ScsiDeviceIO: 4124: Cmd(0x45d9) 0x2a, CmdSN 0x80000014 from world 2103517 to dev \"naa.6\" failed H:0x0 D:0x8 P:0x0";
    let typed: Vec<String> = asked(library(), line).into_iter().map(|c| c.table).collect();
    let seen: Vec<String> = decode::line(library(), line).into_iter().map(|c| c.table).collect();
    assert_eq!(seen.len(), 4, "{seen:?}");
    let sorted = |mut v: Vec<String>| {
        v.sort();
        v
    };
    assert_eq!(sorted(typed), sorted(seen));
}

/// Pseudo-random text of what codes are made of; nothing may panic, and every answer must be bounded.
#[test]
fn ten_thousand_random_and_hostile_codes() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
    let bits = [
        "H:0x",
        "D:",
        "P:",
        "0x",
        " ",
        "/",
        "#PF ",
        "errno ",
        "E",
        "Tainted: ",
        "tainted ",
        "S:",
        "Status ",
        "esx.problem.",
        "sense",
        "99999999999999999999999999999999999999999",
        "ffffffffffffffff",
        "-",
        "'",
        "\u{202e}",
        "\u{1b}[31m",
        "×",
        "ß",
        "\0",
        "(",
        ")",
        "Oops: ",
        "bad0",
        ".",
        ":",
        "build-",
        "MCi_STATUS ",
    ];
    let (mut codes, mut known) = (0, 0);
    for _ in 0..10_000 {
        let mut text = String::new();
        for _ in 0..=next(8) {
            if next(3) == 0 {
                text.push_str(&format!("{:x}", next(u64::MAX)));
            } else {
                text.push_str(bits[next(bits.len() as u64) as usize]);
            }
        }
        let found = asked(library(), &text);
        assert!(found.len() <= 256, "{text:?}");
        codes += found.len();
        known += found.iter().filter(|c| !c.unknown).count();
        decode::line(library(), &text);
    }
    println!("10000 texts, {codes} codes, {known} of them known");
    assert!(codes > 5_000 && known > 500, "only {codes} codes, {known} known");
    let long = "0x2a ".repeat(100_000) + &"9".repeat(100_000);
    asked(library(), &long);
    decode::line(library(), &"H:0x1 ".repeat(20_000));
}

#[test]
fn decode_answers_with_its_exit_code_and_escapes_what_it_shows() {
    let ran = faultbook(&["decode", "ENOSPC"], "");
    assert!(ran.code == 0 && ran.out.contains("no space left"), "{}{}", ran.out, ran.err);
    let ran = faultbook(&["decode", "--format", "json", "H:0x1", "D:0x0", "P:0x0"], "");
    assert_eq!(ran.json()["decoded"].as_array().map(Vec::len), Some(3));
    assert_eq!(ran.json()["decoded"][0]["unknown"], false);
    assert_eq!(faultbook(&["decode", "EFROBNICATE"], "").code, 1);
    let ran = faultbook(&["decode", "\u{1b}[31m0xbad0fff9\u{202e}"], "");
    assert!(!ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'), "{:?}", ran.out);
}

/// The tables against the public packages that ship the same lists; see the script for what to install.
#[test]
fn tables_agree_with_the_packages_that_ship_them() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/compare.py");
    let Ok(run) = Command::new("python3").arg(script).output() else {
        println!("skipped: python3 is not there");
        return;
    };
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    println!("{text}");
    let compared: Vec<(&str, usize)> = text
        .lines()
        .filter_map(|l| {
            let (table, rest) = l.split_once(": ")?;
            Some((table, rest.strip_suffix(')')?.split_once(" rows compared")?.0.parse().ok()?))
        })
        .collect();
    let skipped = text.lines().filter(|l| l.contains(": skipped: ")).count();
    let rows: usize = compared.iter().map(|(_, n)| n).sum();
    assert!(run.status.success(), "{text}{}", String::from_utf8_lossy(&run.stderr));
    assert!(compared.len() + skipped >= 22, "{} tables compared, {skipped} skipped", compared.len());
    // Two checks need nothing but the tables themselves.
    assert!(rows >= 200, "only {rows} rows were compared");
    println!("{} tables, {rows} rows compared, {skipped} skipped", compared.len());
}
