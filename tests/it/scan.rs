//! Scans: the same findings from files and archives, with any number of threads and any size of chunks, with the filter
//! and without; what was and was not read; windows of time.

use super::run::faultbook_in;
use faultbook::case::Case;
use faultbook::cli::investigate::Investigation;
use faultbook::cli::scan::Way;
use faultbook::engine::matcher::Matcher;
use faultbook::engine::observe::Observer;
use faultbook::library::Library;
use faultbook::library::shipped::SHIPPED;
use faultbook::source::{Input, Progress};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, OnceLock};

fn library() -> &'static Library {
    static CELL: OnceLock<Library> = OnceLock::new();
    CELL.get_or_init(|| Library::load(SHIPPED, &[]))
}

/// Every file of the shipped signatures: they hold all wordings that the library knows, and thousands of near misses.
fn corpus() -> Vec<(String, Vec<u8>)> {
    fn below(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                below(&path, out);
            } else {
                out.push((path.file_name().unwrap().to_string_lossy().replace(".yaml", ".log"), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("signatures"), &mut out);
    out.sort();
    out
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A tar archive.
pub fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        let mut head = [0u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
        head[136..148].copy_from_slice(b"00000000000\0");
        head[148..156].copy_from_slice(b"        ");
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|b| u32::from(*b)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(head);
        out.extend(bytes);
        out.resize(out.len().div_ceil(512) * 512, 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// The whole answer to a scan, and how many texts were read.
fn answer(inputs: &[Input], way: &Way) -> (String, usize) {
    let mut seen = Investigation::new(library(), usize::MAX);
    let read = seen.walk(inputs, way, &Progress::default(), &mut || {});
    let mut answer = faultbook::render::json::answer(&seen.answer(), library());
    answer["coverage"]["inputs"] = serde_json::Value::Null;
    (serde_json::to_string_pretty(&answer).unwrap(), read.members)
}

fn first_difference(a: &str, b: &str) -> String {
    let differs = a.lines().zip(b.lines()).enumerate().find(|(_, (a, b))| a != b);
    differs.map_or("the length".into(), |(i, _)| {
        let around = |t: &str| t.lines().skip(i.saturating_sub(12)).take(16).collect::<Vec<_>>().join("\n");
        format!("line {i}\n{}\n--- or\n{}", around(a), around(b))
    })
}

fn logs(name: &str) -> Vec<u8> {
    corpus().into_iter().filter(|(n, _)| n.contains(name)).flat_map(|(_, b)| b).collect()
}

#[test]
fn threads_chunks_and_archives_change_nothing() {
    let files = corpus();
    let bytes: usize = files.iter().map(|(_, b)| b.len()).sum();
    assert!(files.len() > 400 && bytes > 1 << 20, "{} files, {bytes} bytes", files.len());
    let plain = vec![Input::Bytes("x.tar".into(), tar(&files))];
    let (expected, read) = answer(&plain, &Way { jobs: 1, ..Way::default() });
    assert_eq!(read, files.len());
    for jobs in [2, 3] {
        assert!(answer(&plain, &Way { jobs, ..Way::default() }).0 == expected, "{jobs} threads");
    }
    // All of it as one long text, cut in ever smaller chunks.
    let one: Vec<u8> = files.iter().flat_map(|(_, b)| b.clone()).collect();
    let one = vec![Input::Bytes("x.log".into(), one)];
    let (whole, read) = answer(&one, &Way { jobs: 1, chunk: 64 << 20, ..Way::default() });
    assert_eq!(read, 1);
    for (jobs, chunk) in [(1, 1 << 20), (1, 300_000), (2, 100_001), (2, 40_000)] {
        let found = answer(&one, &Way { jobs, chunk, ..Way::default() }).0;
        assert!(found == whole, "{jobs} threads, chunks of {chunk}: {}", first_difference(&whole, &found));
    }
    // The same files in archives of every make have the same findings.
    let packed: Vec<(String, Vec<u8>)> = files.iter().map(|(n, b)| (format!("{n}.gz"), gz(b))).collect();
    for (name, bytes) in [("x.tgz", gz(&tar(&files))), ("x.tar", tar(&packed)), ("x.tgz", gz(&tar(&packed)))] {
        let found = answer(&[Input::Bytes(name.into(), bytes)], &Way { jobs: 2, ..Way::default() }).0;
        assert!(found.replace(".log.gz", ".log").replace("x.tgz!", "x.tar!") == expected, "{name}");
    }
}

#[test]
fn with_the_filter_and_without_the_same_is_seen() {
    let library = library();
    let text: Vec<u8> = corpus().into_iter().flat_map(|(_, b)| b).collect();
    let stream: Arc<str> = Arc::from("x.log");
    let seen = |matcher| {
        let observer = Observer::new(library, matcher);
        let mut case = Case::new(library);
        let seen = observer.look(&stream, &text, 0..text.len(), 1);
        case.observe(&stream, &seen);
        (seen.len(), format!("{seen:?}"), format!("{:?}", case.conclude().findings.iter().map(|f| (&f.signature, &f.subject, f.count)).collect::<Vec<_>>()))
    };
    let filtered = seen(Matcher::scan(library));
    assert!(filtered.0 > 3_000, "{} seen", filtered.0);
    assert!(filtered == seen(Matcher::plain(library, false)), "the filter changes what is seen");
}

#[test]
fn repairs_are_for_texts_that_were_named() {
    let folder = tempfile::tempdir().unwrap();
    let line = "Heap netGPHeap already at its maximum\u{a0}Size. Cannot expand.".replace('\u{a0}', "");
    std::fs::write(folder.path().join("mail.txt"), format!("&gt; WARNING: Heap: 2218: {line}\n")).unwrap();
    let ran = faultbook_in(folder.path(), &["scan", "--format", "json", "mail.txt"], b"", &[]);
    assert_eq!(ran.findings(), ["netgpheap-exhausted"], "{}", ran.out);
    assert_eq!(ran.json()["coverage"]["lines"], 1);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let good = logs("vmfs-heap");
    let mut cut = gz(&logs("linux-out-of-memory").repeat(20));
    cut.truncate(cut.len() / 2);
    let files = [("var/log/vmkernel.log".to_string(), good), ("var/core/zdump".to_string(), vec![0, 1, 2, 3]), ("var/log/cut.gz".to_string(), cut)];
    std::fs::write(folder.path().join("vm-support.tgz"), gz(&tar(&files))).unwrap();
    let ran = faultbook_in(folder.path(), &["scan", "--format", "json", "vm-support.tgz", "none"], b"", &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.findings().contains(&"vmfs-heap-exhausted".to_string()) && ran.findings().iter().any(|f| f.contains("out-of-memory")), "{:?}", ran.findings());
    let skipped = ran.json()["coverage"]["skipped"].to_string();
    for word in ["zdump", "binary", "cut.gz", "cut: unexpected end", "\"none\""] {
        assert!(skipped.contains(word), "{word}: {skipped}");
    }
    assert!(ran.err.contains("cut.gz"), "{}", ran.err);
    assert_eq!(faultbook_in(folder.path(), &["scan", "--strict", "vm-support.tgz"], b"", &[]).code, 2);
    assert_eq!(faultbook_in(folder.path(), &["scan", "none"], b"", &[]).code, 2);
}

#[test]
fn a_window_of_time_leaves_out_what_is_outside() {
    let folder = tempfile::tempdir().unwrap();
    let line = |day: u32| format!("2024-03-{day:02}T10:00:00.000Z cpu4:1959755)WARNING: Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.\n");
    std::fs::write(folder.path().join("vmkernel.log"), (1..=9).map(line).collect::<String>()).unwrap();
    let count = |args: &[&str]| {
        let args: Vec<&str> = ["scan", "--format", "json"].into_iter().chain(args.iter().copied()).chain(["vmkernel.log"]).collect();
        let ran = faultbook_in(folder.path(), &args, b"", &[]);
        ran.json()["findings"].as_array().unwrap().iter().map(|f| f["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((count(&[]), count(&["--since", "2024-03-04"]), count(&["--until", "2024-03-04"])), (9, 6, 3));
    assert_eq!(count(&["--since", "2024-03-04T10:00:00Z", "--until", "2024-03-05T10:00:00.000Z"]), 2);
    let ran = faultbook_in(folder.path(), &["scan", "--since", "yesterday", "vmkernel.log"], b"", &[]);
    assert!(ran.code == 2 && ran.err.contains("`yesterday` is no time"), "{}", ran.err);
}

#[test]
fn silences_and_spans_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let line = |hour: u32| format!("2024-03-01T{hour:02}:00:00.000Z cpu4:1959755)Tick: all is well\n");
    let text: String = [0, 1, 2, 9, 10, 11].iter().flat_map(|h| (0..20).map(move |_| line(*h))).collect();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    std::fs::write(folder.path().join("d/vmkernel.log"), text).unwrap();
    let spans = faultbook_in(folder.path(), &["scan", "--format", "json", "d"], b"", &[]).json()["coverage"]["spans"].clone();
    assert_eq!(spans[0]["first_time"], "2024-03-01T00:00:00.000Z", "{spans}");
    assert_eq!(spans[0]["last_time"], "2024-03-01T11:00:00.000Z");
    let gaps = spans[0]["gaps"].to_string();
    assert!(gaps.contains("2024-03-01T02:00:00.000Z") && gaps.contains("2024-03-01T09:00:00.000Z"), "{gaps}");
}

#[test]
fn rotated_logs_are_read_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    for (name, day) in [("vmkernel.log", 4), ("vmkernel.0.gz", 3), ("vmkernel.1.gz", 2), ("vmkernel.2.gz", 1)] {
        let text = format!("2024-03-{day:02}T10:00:00.000Z cpu4:1959755)WARNING: Heap: 2525: Heap vmfs3 already at its maximum size. Cannot expand.\n");
        let bytes = if name.ends_with(".gz") { gz(text.as_bytes()) } else { text.into_bytes() };
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let ran = faultbook_in(folder.path(), &["scan", "--format", "json", "."], b"", &[]);
    let spans: Vec<String> = ran.json()["coverage"]["spans"].as_array().unwrap().iter().map(|s| s["first_time"].as_str().unwrap()[8..10].to_string()).collect();
    assert_eq!(spans, ["01", "02", "03", "04"]);
}

#[test]
fn bundles_are_told_by_the_names_in_them() {
    let of = |names: &[&str]| {
        let files: Vec<(String, Vec<u8>)> = names.iter().map(|n| (n.to_string(), b"nothing to see\n".to_vec())).collect();
        let found = answer(&[Input::Bytes("b.tgz".into(), gz(&tar(&files)))], &Way { jobs: 1, ..Way::default() }).0;
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        found["coverage"]["bundles"].as_array().unwrap().iter().map(|b| b["kind"].as_str().unwrap().to_string()).collect::<Vec<_>>().join("; ")
    };
    assert!(of(&["esx1/commands/df.txt", "esx1/etc/vmware/esx.conf", "esx1/var/log/vmkernel.log"]).contains("vm-support"));
    assert!(of(&["sosreport-x/sos_commands/kernel/dmesg", "sosreport-x/sos_reports/sos.txt", "sosreport-x/version.txt"]).contains("sosreport"));
    assert!(of(&["vc/var/log/vmware/vpxd/vpxd.log", "vc/etc/vmware-vpx/vpxd.cfg", "vc/etc/vmware/x", "vc/commands/df.txt"]).contains("vCenter"));
    assert_eq!(of(&["home/me/notes.txt", "home/me/todo.txt"]), "");
}
