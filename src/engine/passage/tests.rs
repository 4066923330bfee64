use super::*;
use crate::engine::matcher::Matcher;
use crate::library::Library;
use crate::library::shipped::SHIPPED;

fn stamp(minute: usize) -> String {
    format!(
        "2024-03-{:02}T{:02}:{:02}:00.000Z cpu1:2097)Tick: 12: all is well, and nothing happens in this line",
        1 + minute / 1440,
        minute / 60 % 24,
        minute % 60
    )
}

/// Looks at a stream as passages of so many bytes, with so much context as the clock needs.
fn sighted(text: &str, step: usize) -> Sighted {
    let library = Library::load(SHIPPED, &[]);
    let observer = Observer::new(&library, Matcher::scan(&library));
    let text = text.as_bytes();
    let mut all = Sighted::default();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[(at + step).min(text.len())..]).map_or(text.len(), |i| (at + step + i + 1).min(text.len()));
        let from = lines::around(text, at.saturating_sub(CLOCK_STEP + 1000)).0;
        let to = (end + 1000).min(text.len());
        let passage = Passage { text: &text[from..to], proper: at - from..end - from, line, offset: from as u64, last: end == text.len() };
        let one = observer.sight("x.log", &passage);
        all.seen.extend(one.seen);
        all.clock.extend(one.clock);
        all.gaps.extend(one.gaps);
        all.unknown.extend(one.unknown);
        line += lines::count(&text[at..end]);
        at = end;
    }
    all
}

#[test]
fn a_silence_is_found_wherever_the_stream_is_cut() {
    // One line a minute for ten days; the machine was silent for five hours on the third day.
    let text: String = (0..14_400).filter(|m| !(3_000..3_300).contains(m)).map(|m| stamp(m) + "\n").collect();
    assert!(text.len() > 4 * CLOCK_STEP, "{}", text.len());
    let whole = sighted(&text, text.len());
    assert_eq!(
        whole.gaps.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect::<Vec<_>>(),
        [("2024-03-03T01:59:00.000Z".to_string(), "2024-03-03T07:00:00.000Z".to_string())]
    );
    assert_eq!(whole.clock.first().map(|t| t.to_string()).as_deref(), Some("2024-03-01T00:00:00.000Z"));
    assert_eq!(whole.clock.last().map(|t| t.to_string()).as_deref(), Some("2024-03-10T23:59:00.000Z"));
    for step in [1, 3_000, 40_000, 100_000, CLOCK_STEP, 777_777] {
        let step = step.max(2_000);
        let cut = sighted(&text, step);
        assert_eq!((cut.gaps, cut.clock), (whole.gaps.clone(), whole.clock.clone()), "{step}");
    }
}

#[test]
fn two_clocks_in_one_log_make_no_silence() {
    let text: String = (0..4_000)
        .map(|i| format!("Jul 26 01:{:02}:{:02} esx{} vmkernel: {}:21:06:31.191 cpu3:33421)Tick: 1: all is well\n", i / 100, i % 60, i % 2, 7 + i % 2 * 90))
        .collect();
    assert_eq!(sighted(&text, text.len()).gaps, []);
}

#[test]
fn errors_that_nobody_knows_are_told_once_for_all_cuts() {
    let line = |i: usize| format!("2024-03-01T00:00:{:02}.000Z error hostd[1234] [Originator@6876 sub=Frob] the frobnicator number {i} lost its way\n", i % 60);
    let text: String = (0..900).map(line).collect();
    let whole = sighted(&text, text.len());
    assert!(whole.unknown.len() >= 400, "{}", whole.unknown.len());
    assert!(whole.unknown.len() <= UNKNOWN_LINES);
    assert!(whole.unknown.iter().all(|u| u.template == whole.unknown[0].template), "{:?}", whole.unknown[0]);
    assert_eq!(sighted(&text, 5_000).unknown, whole.unknown);
}
