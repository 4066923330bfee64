//! Hits that make a finding only together: all of several, or the same one often enough, within a window, with the
//! same values. Hits are taken in order of time where the clocks can be compared, else of their lines; a window is met
//! at its very edge.

use crate::library::types::Window;
use crate::text::clock::Time;
use std::collections::BTreeMap;

/// A hit that waits for others.
#[derive(Clone, Debug)]
pub struct Spotted {
    /// Ordinal of its pattern.
    pub pattern: usize,
    pub time: Time,
    /// Number of its stream.
    pub stream: usize,
    pub line: u64,
    /// Place in the order in which everything was seen.
    pub seq: u64,
    /// Values that must be the same.
    pub same: Vec<Option<String>>,
}

/// Hits that belong together: places in the list that was given.
pub type Together = Vec<usize>;

fn grouped(hits: &[Spotted]) -> BTreeMap<&[Option<String>], Vec<usize>> {
    let mut groups: BTreeMap<&[Option<String>], Vec<usize>> = BTreeMap::new();
    for (i, h) in hits.iter().enumerate() {
        groups.entry(&h.same).or_default().push(i);
    }
    for group in groups.values_mut() {
        sort(hits, group);
    }
    groups
}

/// In order of time where every time can be compared with the first, else of lines.
fn sort(hits: &[Spotted], group: &mut [usize]) {
    let Some(first) = group.first().copied() else { return };
    let distances: Option<Vec<i64>> = group.iter().map(|i| hits[*i].time.since(&hits[first].time)).collect();
    match distances {
        Some(distances) => {
            let by_hit: BTreeMap<usize, i64> = group.iter().copied().zip(distances).collect();
            group.sort_by_key(|i| (by_hit[i], hits[*i].seq));
        }
        None => group.sort_by_key(|i| hits[*i].seq),
    }
}

/// Whether `b`, which comes later, is near enough to `a`. Where a window of time cannot be told, it is not met.
fn near(a: &Spotted, b: &Spotted, window: Option<Window>) -> bool {
    match window {
        None => true,
        Some(Window::Time(nanos)) => b.time.since(&a.time).is_some_and(|d| d.abs() <= nanos),
        Some(Window::Lines(n)) => a.stream == b.stream && a.line.abs_diff(b.line) <= n,
    }
}

/// Groups in which every one of `patterns` was seen within the window, in that order when `ordered`. Groups do not
/// overlap.
pub fn all(hits: &[Spotted], patterns: &[usize], window: Option<Window>, ordered: bool) -> Vec<Together> {
    let mut out = Vec::new();
    for group in grouped(hits).values() {
        let mut used = vec![false; group.len()];
        for first in 0..group.len() {
            if used[first] || (ordered && hits[group[first]].pattern != patterns[0]) {
                continue;
            }
            let mut met: Vec<usize> = vec![first];
            let mut wanted: Vec<usize> = patterns.iter().copied().filter(|p| *p != hits[group[first]].pattern).collect();
            for later in first + 1..group.len() {
                if wanted.is_empty() {
                    break;
                }
                let (a, b) = (&hits[group[first]], &hits[group[later]]);
                if used[later] || !near(a, b, window) {
                    continue;
                }
                let at = if ordered { wanted.first().filter(|w| **w == b.pattern).map(|_| 0) } else { wanted.iter().position(|w| *w == b.pattern) };
                if let Some(at) = at {
                    wanted.remove(at);
                    met.push(later);
                }
            }
            if wanted.is_empty() {
                met.iter().for_each(|m| used[*m] = true);
                out.push(met.into_iter().map(|m| group[m]).collect());
            }
        }
    }
    out
}

/// Groups of at least so many hits within the window: each as long as it reaches.
pub fn count(hits: &[Spotted], at_least: usize, window: Option<Window>) -> Vec<Together> {
    let mut out = Vec::new();
    for group in grouped(hits).values() {
        let mut from = 0;
        let mut open: Option<Together> = None;
        for to in 0..group.len() {
            while from < to && !near(&hits[group[from]], &hits[group[to]], window) {
                from += 1;
            }
            if to + 1 - from >= at_least {
                match &mut open {
                    Some(run) => run.push(group[to]),
                    None => open = Some(group[from..=to].to_vec()),
                }
            } else if let Some(run) = open.take() {
                out.push(run);
            }
        }
        out.extend(open);
    }
    out
}

/// Whether no hit of `none` lies within the window around `hit`.
pub fn none_near(hit: &Spotted, none: &[Spotted], window: Option<Window>) -> bool {
    !none.iter().any(|n| match window {
        None => true,
        Some(Window::Time(nanos)) => n.time.since(&hit.time).is_none_or(|d| d.abs() <= nanos),
        Some(Window::Lines(lines)) => n.stream == hit.stream && n.line.abs_diff(hit.line) <= lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64, pattern: usize, same: &str) -> Spotted {
        let time = Time { uptime: Some(seconds * 1_000_000_000), ..Time::default() };
        Spotted { pattern, time, stream: 0, line: seconds as u64, seq: seconds as u64, same: vec![Some(same.into())] }
    }

    #[test]
    fn a_window_is_met_at_its_edge_and_not_beyond() {
        let window = Some(Window::Time(30_000_000_000));
        assert_eq!(all(&[at(0, 0, "a"), at(30, 1, "a")], &[0, 1], window, true).len(), 1);
        assert_eq!(all(&[at(0, 0, "a"), at(31, 1, "a")], &[0, 1], window, true).len(), 0);
        assert_eq!(all(&[at(0, 1, "a"), at(30, 0, "a")], &[0, 1], window, true).len(), 0, "the wrong order");
        assert_eq!(all(&[at(0, 1, "a"), at(30, 0, "a")], &[0, 1], window, false).len(), 1);
        assert_eq!(all(&[at(0, 0, "a"), at(1, 1, "b")], &[0, 1], window, false).len(), 0, "not the same");
    }

    #[test]
    fn five_in_two_minutes_are_five_and_four_are_not() {
        let window = Some(Window::Time(120_000_000_000));
        let hits: Vec<_> = (0..5).map(|i| at(i * 30, 0, "a")).collect();
        assert_eq!(count(&hits, 5, window), vec![vec![0, 1, 2, 3, 4]]);
        assert!(count(&hits[..4], 5, window).is_empty());
        let slow: Vec<_> = (0..5).map(|i| at(i * 31, 0, "a")).collect();
        assert!(count(&slow, 5, window).is_empty(), "the fifth is four seconds late");
        let shuffled = [at(90, 0, "a"), at(0, 0, "a"), at(60, 0, "a"), at(120, 0, "a"), at(30, 0, "a")];
        assert_eq!(count(&shuffled, 5, window).len(), 1, "order of arrival does not matter");
    }
}
