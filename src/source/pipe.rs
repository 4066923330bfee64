//! Packed members on their way from the thread that reads an archive to the one that unpacks them. All pipes together
//! hold no more than one bound; who reads the archive waits. A pipe is filled only after its reader has been queued
//! behind all earlier ones, whose data are complete, so that somebody always goes on.

use super::trouble::Trouble;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn wait<'g, T>(condvar: &Condvar, guard: MutexGuard<'g, T>) -> MutexGuard<'g, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

/// Bytes that all pipes hold.
pub(crate) struct Tank {
    most: usize,
    held: Mutex<usize>,
    room: Condvar,
}

impl Tank {
    /// Holds at most this much, or one piece.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Tank { most, held: Mutex::new(0), room: Condvar::new() })
    }

    fn take(&self, n: usize) {
        let mut held = lock(&self.held);
        while *held > 0 && *held + n > self.most {
            held = wait(&self.room, held);
        }
        *held += n;
    }

    fn give(&self, n: usize) {
        *lock(&self.held) -= n;
        self.room.notify_all();
    }
}

#[derive(Default)]
struct State {
    pieces: VecDeque<Vec<u8>>,
    /// No more will come.
    complete: Option<Result<(), Trouble>>,
    /// Nobody reads any more.
    deserted: bool,
}

struct Shared {
    state: Mutex<State>,
    more: Condvar,
    tank: Arc<Tank>,
}

/// The end that is written to.
pub(crate) struct PipeIn(Arc<Shared>);

/// The end that is read from.
pub(crate) struct PipeOut {
    shared: Arc<Shared>,
    piece: Vec<u8>,
    at: usize,
}

/// A new pipe.
pub(crate) fn pipe(tank: &Arc<Tank>) -> (PipeIn, PipeOut) {
    let shared = Arc::new(Shared { state: Mutex::default(), more: Condvar::new(), tank: tank.clone() });
    (PipeIn(shared.clone()), PipeOut { shared, piece: Vec::new(), at: 0 })
}

impl PipeIn {
    /// Adds a piece, waiting for room; `false` when nobody reads.
    pub fn push(&self, piece: Vec<u8>) -> bool {
        if lock(&self.0.state).deserted {
            return false;
        }
        let n = piece.len();
        self.0.tank.take(n);
        let mut state = lock(&self.0.state);
        if state.deserted {
            drop(state);
            self.0.tank.give(n);
            return false;
        }
        state.pieces.push_back(piece);
        self.0.more.notify_one();
        true
    }

    /// All was written, or trouble ended it.
    pub fn close(self, end: Result<(), Trouble>) {
        lock(&self.0.state).complete = Some(end);
    }
}

impl Drop for PipeIn {
    fn drop(&mut self) {
        lock(&self.0.state).complete.get_or_insert(Err(Trouble::Io("the reader of the archive stopped".into())));
        self.0.more.notify_one();
    }
}

impl Read for PipeOut {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !out.is_empty() {
            let done = std::mem::take(&mut self.piece).len();
            self.at = 0;
            if done > 0 {
                self.shared.tank.give(done);
            }
            let mut state = lock(&self.shared.state);
            self.piece = loop {
                if let Some(piece) = state.pieces.pop_front() {
                    break piece;
                }
                match &state.complete {
                    Some(Ok(())) => return Ok(0),
                    Some(Err(trouble)) => return Err(trouble.clone().into()),
                    None => state = wait(&self.shared.more, state),
                }
            };
        }
        let n = (self.piece.len() - self.at).min(out.len());
        out[..n].copy_from_slice(&self.piece[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl Drop for PipeOut {
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.deserted = true;
        let left: usize = state.pieces.drain(..).map(|p| p.len()).sum::<usize>() + self.piece.len();
        drop(state);
        if left > 0 {
            self.shared.tank.give(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn writers_wait_for_room_and_leave_when_nobody_reads() {
        let tank = Tank::new(4 << 10);
        let (to, mut from) = pipe(&tank);
        let pushed = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert!(to.push(vec![1; 1 << 10]));
                    pushed.fetch_add(1, Ordering::SeqCst);
                }
                to.close(Err(Trouble::Cut));
            });
            let (mut read, mut piece) = (0, [0; 300]);
            let end = loop {
                match from.read(&mut piece) {
                    Ok(n) => read += n,
                    Err(e) => break Trouble::of(&e),
                }
                std::thread::yield_now();
                assert!(*lock(&tank.held) <= 4 << 10);
                assert!(pushed.load(Ordering::SeqCst) <= read / (1 << 10) + 5);
            };
            assert_eq!((read, end), (100 << 10, Trouble::Cut));
        });
        let (to, from) = pipe(&tank);
        assert!(to.push(vec![1; 9 << 10]), "one piece always fits");
        drop(from);
        assert!(!to.push(vec![1; 1 << 10]));
        assert_eq!(*lock(&tank.held), 0);
    }
}
