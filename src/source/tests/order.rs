//! The parallel walk gives what the plain one gives, in its order, whatever the number of threads.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Keeps the new lines and the number of the first.
struct Lines;

impl MemberSink for Lines {
    type Found = (u64, Vec<u8>);

    fn chunk(&mut self, _: &MemberName, _: Hint, chunk: &Chunk<'_>) -> Self::Found {
        (chunk.line, chunk.text[chunk.proper.clone()].to_vec())
    }
}

fn count(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64 + u64::from(text.last().is_some_and(|b| *b != b'\n'))
}

fn bundle(members: usize) -> Vec<u8> {
    let mut tar = Tar::default();
    for i in 0..members {
        let text = lines(100 + 211 * (i % 13));
        tar = match i % 7 {
            0 => tar.file(format!("plain-{i}.log"), &text),
            1 => tar.entry(format!("link-{i}").as_bytes(), b'2', b""),
            2 => tar.file(format!("in-{i}.tgz"), gz(&Tar::default().file("x.log", &text).file("y.gz", gz(&text)).end())),
            3 => tar.file(format!("cut-{i}.gz"), &gz(&text)[..700]),
            _ => tar.file(format!("p-{i}.gz"), gz(&text)),
        };
    }
    let big = lines(30_000);
    tar.file("big.log", &big).file("big.gz", gz(&big)).end()
}

/// Parts of a member put together, so that the sizes of chunks do not matter.
fn flat(done: Vec<Done<(u64, Vec<u8>)>>) -> Vec<String> {
    let mut out = Vec::new();
    let (mut open, mut text, mut next) = (String::new(), Vec::new(), 1);
    for done in done {
        match done {
            Done::Part { name, found, .. } => {
                open = name.to_string();
                assert_eq!(found.0, next, "{name}");
                next += count(&found.1);
                text.extend_from_slice(&found.1);
            }
            Done::Member { name, bytes, lines, .. } => {
                assert!(open.is_empty() || open == name.as_str());
                assert_eq!((bytes, lines), (text.len() as u64, next - 1));
                let mut sum = flate2::Crc::new();
                sum.update(&text);
                out.push(format!("{name}: {bytes} bytes, {lines} lines, {:08x}", sum.sum()));
                (open, text, next) = (String::new(), Vec::new(), 1);
            }
            Done::Skipped { name, reason } => out.push(format!("{name}: {reason}")),
        }
    }
    out
}

fn plain(inputs: &[Input], limits: &Limits) -> Vec<String> {
    struct Plain(Vec<String>);
    impl Sink for Plain {
        fn member(&mut self, name: &MemberName, _: Hint, data: &mut dyn std::io::Read) {
            let mut text = Vec::new();
            data.read_to_end(&mut text).unwrap();
            let mut sum = flate2::Crc::new();
            sum.update(&text);
            let lines = count(&text);
            self.0.push(format!("{name}: {} bytes, {lines} lines, {:08x}", text.len(), sum.sum()));
        }
        fn skipped(&mut self, name: &MemberName, reason: &Reason) {
            self.0.push(format!("{name}: {reason}"));
        }
    }
    let mut sink = Plain(Vec::new());
    walk(inputs, limits, &mut sink);
    sink.0
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let tar = bundle(42);
    let packed = gz(&tar);
    let inputs = [
        Input::Bytes("v.tgz".into(), packed.clone()),
        Input::Bytes("v.tar".into(), tar),
        Input::Bytes("big.gz".into(), gz(&lines(30_000))),
        Input::Bytes("plain".into(), lines(30_000)),
        Input::Bytes("cut.tgz".into(), packed[..packed.len() / 2].to_vec()),
    ];
    for limits in [Limits::default(), Limits { waiting: 1 << 10, ..Limits::default() }] {
        let expected = plain(&inputs, &limits);
        assert!(expected.len() > 120, "{}", expected.len());
        for jobs in [1, 2, 3, 8] {
            let made = AtomicUsize::new(0);
            let found = walk_parallel(&inputs, &limits, jobs, &|| {
                made.fetch_add(1, Ordering::Relaxed);
                Lines
            });
            assert!(flat(found) == expected, "{jobs} threads");
            assert_eq!(made.load(Ordering::Relaxed), if jobs == 1 { 1 } else { jobs + 1 });
        }
    }
}

#[test]
fn a_board_that_holds_next_to_nothing_only_slows_the_walk() {
    let inputs = [Input::Bytes("v.tgz".into(), gz(&bundle(30))), Input::Bytes("plain".into(), lines(20_000)), Input::Bytes("w.tgz".into(), gz(&bundle(30)))];
    let limits = Limits { waiting: 20 << 10, ..Limits::default() };
    let expected = plain(&inputs, &limits);
    for jobs in [2, 3, 6, 2, 3] {
        let mut all = Vec::new();
        crate::source::parallel::together(&Walk { inputs: &inputs, limits: &limits, progress: None }, jobs, 1, &|| Lines, &mut |done| all.push(done));
        assert!(flat(all) == expected, "{jobs} threads");
    }
}

/// Each result says that it holds a mebibyte, and who takes them is slow.
#[test]
fn who_finds_much_waits_until_it_is_taken() {
    static FOUND: AtomicUsize = AtomicUsize::new(0);
    struct Heavy;
    impl MemberSink for Heavy {
        type Found = ();
        fn chunk(&mut self, _: &MemberName, _: Hint, _: &Chunk<'_>) {
            FOUND.fetch_add(1, Ordering::SeqCst);
        }
        fn weight((): &()) -> usize {
            1 << 20
        }
    }
    let text = lines(30_000);
    // One stream alone, then many behind a long one.
    let packed = (0..40).fold(Tar::default().file("long", text.repeat(8)), |t, i| t.file(format!("{i}.gz"), gz(&text))).end();
    for (name, bytes) in [("plain", text.repeat(16)), ("v.tar", packed)] {
        FOUND.store(0, Ordering::SeqCst);
        let (mut taken, mut most) = (0, 0);
        let inputs = [Input::Bytes(name.into(), bytes)];
        let limits = Limits { chunk: 64 << 10, ..Limits::default() };
        walk_parallel_each(&Walk { inputs: &inputs, limits: &limits, progress: None }, 3, &|| Heavy, &mut |done| {
            most = most.max(FOUND.load(Ordering::SeqCst) - taken);
            if let Done::Part { .. } = done {
                taken += 1;
                std::thread::sleep(std::time::Duration::from_micros(500));
            }
        });
        assert_eq!(taken, FOUND.load(Ordering::SeqCst));
        assert!(taken > 300 && most < 100, "{name}: {most} of {taken} MiB waited at once");
    }
}

#[test]
fn bounds_for_all_inputs_cut_at_the_same_place() {
    let inputs = [Input::Bytes("v.tgz".into(), gz(&bundle(21))), Input::Bytes("w.tgz".into(), gz(&bundle(21)))];
    let all = plain(&inputs, &Limits::default()).len();
    let mut lengths = Vec::new();
    for limits in
        [Limits { total_out: 3 << 20, ..Limits::default() }, Limits { members: 30, ..Limits::default() }, Limits { total_out: 1 << 20, ..Limits::default() }]
    {
        let expected = plain(&inputs, &limits);
        assert!(expected.iter().any(|l| l.contains("larger than limit")) && expected.len() < all, "{expected:?}");
        lengths.push(expected.len());
        for jobs in [1, 2, 4] {
            assert_eq!(flat(walk_parallel(&inputs, &limits, jobs, &|| Lines)), expected, "{jobs} threads");
        }
    }
    assert!(lengths[0] > lengths[2]);
}

#[test]
fn a_panic_of_the_sink_is_seen_and_nothing_hangs() {
    struct Bad;
    impl MemberSink for Bad {
        type Found = ();
        fn chunk(&mut self, name: &MemberName, _: Hint, _: &Chunk<'_>) {
            assert!(!name.as_str().contains("p-5"), "on purpose");
        }
    }
    let inputs = [Input::Bytes("v.tgz".into(), gz(&bundle(30)))];
    let caught = std::panic::catch_unwind(|| walk_parallel(&inputs, &Limits::default(), 2, &|| Bad));
    assert!(caught.is_err());
    let caught = std::panic::catch_unwind(|| {
        walk_parallel_each(&Walk { inputs: &inputs, limits: &Limits::default(), progress: None }, 2, &|| Lines, &mut |_| panic!("on purpose"));
    });
    assert!(caught.is_err());
}
