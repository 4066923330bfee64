//! The filter, built when the first of the input was seen, and built anew when more of it shows that what it looks for
//! is common there: a piece that is rare in the library's examples may stand in every line of one log. Which filter is
//! at work changes nothing that is found.

use super::Match;
use super::grams::{Candidate, Candidates, Grams};
use crate::engine::frequency::Sample;
use crate::library::pattern::Pattern;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Bytes of each buffer that are sampled, and of all of them together.
const OF_EACH: usize = 32 << 10;
const IN_ALL: u64 = 2 << 20;
/// To build the filter costs about as much as so many tries for nothing, and so many more for each pattern.
const BUILD: u64 = 10_000;
const BUILD_EACH: u64 = 16;
/// Bytes that show what a filter that was built anew wastes.
const SHOWN: u64 = 2 << 20;

/// A filter that learns.
pub struct Tuned<'a> {
    candidates: Candidates<'a>,
    now: RwLock<Option<Arc<Grams<'a>>>>,
    sample: Mutex<Sample>,
    waste: Mutex<Waste>,
}

/// Tries for nothing since the filter was built.
#[derive(Default)]
struct Waste {
    /// Those in the first bytes behind a filter that was built anew, and these bytes: what cannot be avoided.
    shown: (u64, u64),
    /// Those beyond twice that share.
    beyond: u64,
    is_anew: bool,
}

impl Waste {
    fn add(&mut self, tries: u64, bytes: u64) {
        if self.is_anew && self.shown.1 < SHOWN {
            self.shown.0 += tries;
            self.shown.1 += bytes;
        } else {
            self.beyond += tries.saturating_sub(2 * self.shown.0 * bytes / self.shown.1.max(1));
        }
    }
}

impl<'a> Tuned<'a> {
    /// For patterns with their numbers in the library.
    pub fn new(patterns: impl Iterator<Item = (usize, &'a Pattern)>) -> Self {
        let candidates = patterns.map(|(number, pattern)| Candidate::new(number, pattern)).collect();
        Tuned { candidates, now: RwLock::new(None), sample: Mutex::default(), waste: Mutex::default() }
    }

    /// All matches in a buffer.
    pub fn matches(&self, text: &[u8]) -> Vec<Match> {
        self.sample(text);
        let (found, tries) = self.grams().matches(text);
        let mut waste = lock(&self.waste);
        waste.add(tries.saturating_sub(found.len() as u64), text.len() as u64);
        if waste.beyond > BUILD + BUILD_EACH * self.candidates.len() as u64 {
            *waste = Waste { is_anew: true, ..Waste::default() };
            drop(waste);
            self.build_anew(text);
        }
        found
    }

    /// Another thread that samples or builds at this moment is enough.
    fn sample(&self, text: &[u8]) {
        let Ok(mut sample) = self.sample.try_lock() else { return };
        if sample.bytes() < IN_ALL {
            let from = text.len().saturating_sub(OF_EACH) / 2;
            sample.take(&text[from..(from + OF_EACH).min(text.len())]);
        }
    }

    /// The filter of this moment; the first part of an input has it built.
    fn grams(&self) -> Arc<Grams<'a>> {
        if let Some(grams) = &*self.now.read().unwrap_or_else(PoisonError::into_inner) {
            return grams.clone();
        }
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        now.get_or_insert_with(|| Arc::new(Grams::new(self.candidates.clone(), &lock(&self.sample)))).clone()
    }

    /// `text`: where so much was tried for nothing.
    fn build_anew(&self, text: &[u8]) {
        let mut sample = lock(&self.sample);
        sample.take(&text[..text.len().min(2 * OF_EACH)]);
        let built = Arc::new(Grams::new(self.candidates.clone(), &sample));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(built);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_filter_can_avoid_is_not_held_against_the_next() {
        let mut first = Waste::default();
        first.add(100, SHOWN);
        assert_eq!(first.beyond, 100, "nothing is known yet: all of it may be avoidable");
        let mut anew = Waste { is_anew: true, ..Waste::default() };
        anew.add(100, SHOWN);
        anew.add(200, SHOWN);
        assert_eq!(anew.beyond, 0, "as before, and twice that is nothing new");
        anew.add(500, SHOWN);
        anew.add(0, 100 * SHOWN);
        assert_eq!(anew.beyond, 300, "quiet parts earn nothing for loud ones");
    }
}
