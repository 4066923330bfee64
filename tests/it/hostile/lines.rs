//! Lines without end, and text in odd forms.

use super::super::run::faultbook_in;
use super::{HEAP, counts, figure, measured};
use std::path::Path;

/// A text of about so many MiB: known lines at its begin, in its middle and at its end, and noise. `end` stands between
/// the pieces: a line end or a blank.
fn text(mib: usize, end: &str) -> Vec<u8> {
    let noise = format!("2024-03-01T10:00:00.000Z cpu4:1959755)Tick: 12: all is well with world number 77{end}");
    let half = noise.repeat((mib << 20) / 2 / noise.len());
    format!("{HEAP}{end}{half}{HEAP}{end}{half}{HEAP}").into_bytes()
}

fn compare(mib: usize, most_memory: u64, most_times: f64) {
    let folder = tempfile::tempdir().unwrap();
    let (lines, one) = (text(mib, "\n"), text(mib, " "));
    let (bytes, many) = (one.len() as u64, lines.iter().filter(|b| **b == b'\n').count() as u64 + 1);
    std::fs::write(folder.path().join("lines.log"), lines).unwrap();
    std::fs::write(folder.path().join("one.log"), one).unwrap();
    let scan = |name| measured(folder.path(), &["--format", "json", "scan", "--jobs", "2", name], std::io::empty());
    let (normal, long) = (scan("lines.log"), scan("one.log"));
    for (of, lines) in [(&normal, many), (&long, 1)] {
        let coverage = &of.ran.json()["coverage"];
        assert_eq!((coverage["bytes"].as_u64(), coverage["lines"].as_u64()), (Some(bytes), Some(lines)), "{}", of.ran.err);
    }
    assert_eq!(counts(&normal.ran), [("vmfs-heap-exhausted".to_string(), 3)]);
    // All three stand in the one line, in pieces of their own.
    assert_eq!(counts(&long.ran), counts(&normal.ran));
    assert!(long.ran.json()["limits_hit"].to_string().contains("lines looked at in pieces"), "a line in pieces is said");
    let times = long.took.as_secs_f64() / normal.took.as_secs_f64();
    let said = format!("{} ms and {} MiB, in lines {} ms and {} MiB", long.took.as_millis(), long.peak, normal.took.as_millis(), normal.peak);
    figure(&format!("one line of {mib} MiB"), said);
    assert!(times < most_times, "{times:.1} times as long");
    if cfg!(target_os = "linux") {
        assert!((1..most_memory).contains(&long.peak), "{} MiB", long.peak);
    }
}

#[test]
fn a_line_of_32_mib_is_looked_at_to_its_end() {
    compare(32, 128, 4.0);
}

#[test]
#[ignore = "a gigabyte"]
fn slow_a_line_of_a_gigabyte_is_looked_at_to_its_end() {
    compare(1024, 128, 2.0);
}

#[test]
fn every_form_of_text_gives_the_same_findings() {
    let lines: Vec<String> = (0..50).map(|i| HEAP.replace("10:00:00", &format!("10:00:{i:02}"))).collect();
    let plain = lines.join("\n") + "\n";
    let wide =
        |mark: [u8; 2], of: fn(u16) -> [u8; 2], end: &str| [&mark[..], &plain.replace('\n', end).encode_utf16().flat_map(of).collect::<Vec<u8>>()].concat();
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("plain", plain.clone().into_bytes()),
        ("CRLF", plain.replace('\n', "\r\n").into_bytes()),
        ("CR only", plain.replace('\n', "\r").into_bytes()),
        ("UTF-8 with mark", [b"\xef\xbb\xbf", plain.as_bytes()].concat()),
        ("UTF-16LE", wide([0xff, 0xfe], u16::to_le_bytes, "\r\n")),
        ("UTF-16BE", wide([0xfe, 0xff], u16::to_be_bytes, "\n")),
        ("invalid UTF-8", plain.replace('\n', " ~~\n").bytes().map(|b| if b == b'~' { 0xff } else { b }).collect()),
        ("a run of NULs, as a crash leaves it", [lines[..25].join("\n").as_bytes(), &[0; 900], b"\n", lines[25..].join("\n").as_bytes()].concat()),
        ("no last line end", plain.trim_end().as_bytes().to_vec()),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut read = 0;
    for (what, bytes) in &forms {
        // Below a folder it is a log like others; named itself it is read like a paste.
        let inner = folder.path().join(what);
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(inner.join("vmkernel.log"), bytes).unwrap();
        let ran = faultbook_in(&inner, &["--format", "json", "scan", "."], b"", &[]);
        let coverage = ran.json()["coverage"].clone();
        assert_eq!(coverage["lines"], 50, "{what}: {coverage}");
        assert_eq!(counts(&ran), [("vmfs-heap-exhausted".to_string(), 50)], "{what}");
        read += coverage["bytes"].as_u64().unwrap();
    }
    assert!(read >= (forms.len() * plain.len() - 1) as u64, "{read} bytes");
}

#[test]
fn what_is_no_text_is_named_and_not_searched() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("core", [b"\x7fELF\x02\x01\x01\0\0\0", HEAP.as_bytes()].concat()), ("zeros", vec![0; 70_000])] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let ran = faultbook_in(Path::new(folder.path()), &["--format", "json", "scan", "core", "zeros"], b"", &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    for said in ["core: binary", "zeros: binary", "nothing could be read"] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
}
