//! Patterns that are found by something in them, and what stands around it. Several patterns may hold the same thing, and
//! one pattern several; which to look for, so that all are found for least, is chosen here.

use crate::library::runs::{Bytes, Run};
use std::collections::BTreeMap;

/// Bytes of a pattern around the thing that are compared, at most.
const AROUND: usize = 16;

/// The run of a pattern around a thing in it.
#[derive(PartialEq, Eq)]
pub struct Around {
    /// Bytes of the run before the thing.
    before: usize,
    run: Vec<Bytes>,
}

impl Around {
    /// Around so many bytes of a run from a place on.
    pub fn new(run: &[Bytes], at: usize, length: usize) -> Around {
        let from = at.saturating_sub((AROUND - length) / 2);
        Around { before: at - from, run: run[from..run.len().min(from + AROUND)].to_vec() }
    }

    /// Where the run begins, if it stands around this place of the thing.
    pub fn begins(&self, text: &[u8], at: usize) -> Option<usize> {
        let from = at.checked_sub(self.before)?;
        let here = text.get(from..from + self.run.len())?;
        self.run.iter().zip(here).all(|(bytes, b)| bytes.has(*b)).then_some(from)
    }
}

/// Which patterns have which run around a thing.
pub type Served = Vec<(Around, Vec<u32>)>;

/// Calls `each` with the first byte of every run that stands around this place of a thing, and what it means.
pub fn each_around(served: &Served, text: &[u8], at: usize, each: &mut dyn FnMut(usize, &[u32])) {
    for (around, whats) in served {
        if let Some(from) = around.begins(text, at) {
            each(from, whats);
        }
    }
}

/// All things that patterns hold, at most so many different ones.
pub fn gather<'r, K: Ord, W: Iterator<Item = (K, Around)>>(
    patterns: impl Iterator<Item = (u32, &'r [Run])>,
    ways: impl Fn(&'r [Run]) -> W,
    most: usize,
) -> BTreeMap<K, Served> {
    let mut all: BTreeMap<K, Served> = BTreeMap::new();
    for (what, runs) in patterns {
        for (thing, around) in ways(runs) {
            if all.len() >= most && !all.contains_key(&thing) {
                continue;
            }
            let served = all.entry(thing).or_default();
            // A pattern may hold a thing several times; one place is enough.
            if served.iter().any(|(_, whats)| whats.last() == Some(&what)) {
                continue;
            }
            match served.iter_mut().find(|(known, _)| *known == around) {
                Some((_, whats)) => whats.push(what),
                None => served.push((around, vec![what])),
            }
        }
    }
    all
}

/// Things that are looked for.
pub struct Cover<K> {
    /// Each with the patterns that are found by it.
    pub chosen: Vec<(K, Served)>,
    /// What is found by one of them.
    served: Vec<u32>,
    /// What to look for all of them costs.
    pub cost: f64,
}

impl<K> Default for Cover<K> {
    fn default() -> Self {
        Cover { chosen: Vec::new(), served: Vec::new(), cost: 0.0 }
    }
}

impl<K> Cover<K> {
    /// Those that serve most patterns for least, one after the other, at most so many. What they cost depends on a figure
    /// of each and on what it would serve.
    pub fn choose(mut open: Vec<(K, f64, Served)>, most: usize, cost: impl Fn(f64, &Served) -> f64) -> Cover<K> {
        let worth = |figure: f64, served: &Served| served.iter().map(|(_, whats)| whats.len()).sum::<usize>() as f64 / cost(figure, served);
        let mut cover = Cover::default();
        while cover.chosen.len() < most {
            let best = open.iter().enumerate().max_by(|(_, a), (_, b)| worth(a.1, &a.2).total_cmp(&worth(b.1, &b.2)));
            let Some((best, _)) = best else { break };
            let (thing, figure, served) = open.swap_remove(best);
            if served.is_empty() {
                break;
            }
            cover.cost += cost(figure, &served);
            cover.served.extend(served.iter().flat_map(|(_, whats)| whats));
            cover.served.sort_unstable();
            cover.chosen.push((thing, served));
            for (.., served) in &mut open {
                served.iter_mut().for_each(|(_, whats)| whats.retain(|what| !cover.has(*what)));
                served.retain(|(_, whats)| !whats.is_empty());
            }
        }
        cover
    }

    /// Others besides, for what none of these finds.
    pub fn add(&mut self, others: Cover<K>) {
        self.chosen.extend(others.chosen);
        self.served.extend(others.served);
        self.served.sort_unstable();
        self.cost += others.cost;
    }

    /// Whether what has this meaning is found by one of them.
    pub fn has(&self, what: u32) -> bool {
        self.served.binary_search(&what).is_ok()
    }
}
