//! The filter, built when the first of the input was seen, and built anew when more of it shows that what it looks for
//! is common there: a piece that is rare in the library's examples may stand in every line of one log. Which filter is
//! at work changes nothing that is found.

use super::Match;
use super::grams::{Candidate, Candidates, Grams};
use crate::engine::frequency::Sample;
use crate::library::pattern::Pattern;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Bytes of each buffer that are sampled, and of all of them together.
const OF_EACH: usize = 32 << 10;
const IN_ALL: u64 = 2 << 20;
/// To build the filter costs about as much as so many tries for nothing, for each pattern. Each building must have been
/// worth twice the one before, since some waste no filter can avoid.
const BUILD: u64 = 32;

/// A filter that learns.
pub struct Tuned<'a> {
    candidates: Candidates<'a>,
    now: RwLock<Option<Arc<Grams<'a>>>>,
    sample: Mutex<Sample>,
    /// Tries for nothing since it was built, and how many make it worth another.
    wasted: AtomicU64,
    bearable: AtomicU64,
}

impl<'a> Tuned<'a> {
    /// For patterns with their numbers in the library.
    pub fn new(patterns: impl Iterator<Item = (usize, &'a Pattern)>) -> Self {
        let candidates: Candidates<'a> = patterns.map(|(number, pattern)| Candidate::new(number, pattern)).collect();
        let bearable = AtomicU64::new(BUILD * candidates.len() as u64);
        Tuned { candidates, now: RwLock::new(None), sample: Mutex::default(), wasted: AtomicU64::new(0), bearable }
    }

    /// All matches in a buffer.
    pub fn matches(&self, text: &[u8]) -> Vec<Match> {
        self.sample(text);
        let (found, tries) = self.grams().matches(text);
        let wasted = tries.saturating_sub(found.len() as u64);
        let wasted = self.wasted.fetch_add(wasted, Ordering::Relaxed) + wasted;
        if wasted > self.bearable.load(Ordering::Relaxed) {
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
        now.get_or_insert_with(|| Arc::new(Grams::new(self.candidates.clone(), &self.sample.lock().unwrap_or_else(PoisonError::into_inner)))).clone()
    }

    /// `text`: where so much was tried for nothing.
    fn build_anew(&self, text: &[u8]) {
        let Ok(mut sample) = self.sample.try_lock() else { return };
        sample.take(&text[..text.len().min(2 * OF_EACH)]);
        if sample.bytes() >= OF_EACH as u64 {
            let built = Arc::new(Grams::new(self.candidates.clone(), &sample));
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(built);
            self.wasted.store(0, Ordering::Relaxed);
            let bearable = self.bearable.load(Ordering::Relaxed);
            self.bearable.store(bearable.saturating_mul(2), Ordering::Relaxed);
        }
    }
}
