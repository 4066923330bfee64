//! Where a value stood in its file. Every leaf of a library file that can be wrong is an [`At`], so that a problem
//! found much later (an unknown fact, a broken pattern) still points at line and column.

use serde::{Deserialize, Deserializer};
use std::cell::Cell;
use std::hash::{Hash, Hasher};

/// A place in a file: 1-based line and column, and the bytes of the scalar with its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// 1-based line; 0 when the place is not known.
    pub line: u32,
    /// 1-based column.
    pub col: u32,
    /// First byte of the scalar in the file.
    pub start: u32,
    /// Length in bytes, quotes included.
    pub len: u32,
}

/// A value and the place it was read from. Equality and order look at the value only, so it can be a map key.
#[derive(Clone, Debug, Default)]
pub struct At<T> {
    /// What stood there.
    pub value: T,
    /// Where it stood.
    pub place: Place,
}

impl<T> At<T> {
    /// A value that comes from nowhere in a file (tests, built-in names).
    pub fn nowhere(value: T) -> Self {
        At { value, place: Place::default() }
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<T: Eq> Eq for At<T> {}
impl<T: Hash> Hash for At<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
impl<T: PartialOrd> PartialOrd for At<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
impl<T: Ord> Ord for At<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

thread_local! {
    /// The place of the value that is about to be read, where the reader knows it: serde has no way to hand it on.
    static HERE: Cell<Option<Place>> = const { Cell::new(None) };
}

/// Tells where the next value stands; `None` when what reads next tells by itself.
pub fn here(place: Option<Place>) {
    HERE.set(place);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if let Some(place) = HERE.take() {
            return Ok(At { value: T::deserialize(deserializer)?, place });
        }
        let spanned = serde_yaml::Spanned::<T>::deserialize(deserializer)?;
        let at = spanned.referenced;
        let span = at.span();
        Ok(At {
            value: spanned.value,
            place: Place {
                line: at.line() as u32,
                col: at.column() as u32,
                start: span.byte_offset().unwrap_or(0) as u32,
                len: span.byte_len().unwrap_or(0) as u32,
            },
        })
    }
}
