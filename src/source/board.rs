//! Where threads leave what they found, so that it comes out in the order of the walk: a row of slots, each filled in
//! order by one thread, with places left free for buffers that another thread looks at. Who runs far ahead of the
//! first slot, or of who takes what is in it, waits. So what lies here stays small, however much each entry holds.

use super::pipe::{lock, wait};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

/// Entries that are put up or taken off in one go.
const BATCH: usize = 64;
/// What they weigh together, unless one alone weighs more.
const HEAVY: usize = 1 << 20;

/// Something that was found and what it weighs, in bytes; `None` is a place that was left free.
type Put<E> = Option<(usize, E)>;

struct Slot<E> {
    /// Number of the first entry that is still here.
    first: usize,
    entries: VecDeque<Put<E>>,
    weight: usize,
    complete: bool,
}

struct State<E, J> {
    slots: VecDeque<Slot<E>>,
    /// Number of the first slot.
    first: usize,
    weight: usize,
    /// Whole members, in order.
    jobs: VecDeque<J>,
    /// Single buffers; they go first.
    pieces: VecDeque<J>,
    idle: usize,
    /// Threads that look at a buffer: they wait for nobody, and then take the next buffer first.
    looking: usize,
    /// Threads that may still add jobs or pieces.
    busy: usize,
    /// Nobody waits for the rest.
    stop: bool,
}

/// See the module. `E`: what is found; `J`: work to do.
pub(crate) struct Board<E, J> {
    /// Bytes that may wait here before threads pause.
    many: usize,
    state: Mutex<State<E, J>>,
    work: Condvar,
    ready: Condvar,
    room: Condvar,
}

impl<E, J> Board<E, J> {
    /// An empty board for about so many bytes. One thread, the reader, is busy from the start.
    pub fn new(many: usize) -> Self {
        let state =
            State { slots: VecDeque::new(), first: 0, weight: 0, jobs: VecDeque::new(), pieces: VecDeque::new(), idle: 0, looking: 0, busy: 1, stop: false };
        Board { many, state: Mutex::new(state), work: Condvar::new(), ready: Condvar::new(), room: Condvar::new() }
    }

    /// Adds a slot at the end and tells its number.
    pub fn slot(&self) -> usize {
        let mut state = lock(&self.state);
        state.slots.push_back(Slot { first: 0, entries: VecDeque::new(), weight: 0, complete: false });
        state.first + state.slots.len() - 1
    }

    /// Begins to fill a slot; one thread does so once.
    pub fn row(&self, slot: usize) -> Row<'_, E, J> {
        Row { board: self, slot, put: 0, waiting: Vec::new(), weight: 0 }
    }

    /// Queues a whole member.
    pub fn job(&self, job: J) {
        lock(&self.state).jobs.push_back(job);
        self.work.notify_one();
    }

    /// Whether a thread has nothing to do, or will have and has nothing queued yet. So a buffer that is queued when this
    /// holds finds a thread, whatever the others wait for, and none stands idle while the one that cuts buffers looks at
    /// one itself.
    pub fn hungry(&self) -> bool {
        let state = lock(&self.state);
        state.idle + state.looking > state.pieces.len() + state.jobs.len()
    }

    /// Queues a buffer.
    pub fn piece(&self, piece: J) {
        lock(&self.state).pieces.push_back(piece);
        self.work.notify_one();
    }

    /// Waits for work; `None` when there will be no more. The second value tells a member from a buffer. After a member
    /// comes [`Self::rest`].
    pub fn next(&self) -> Option<(J, bool)> {
        let mut state = lock(&self.state);
        loop {
            if state.stop {
                return None;
            }
            if let Some(piece) = state.pieces.pop_front() {
                state.looking += 1;
                return Some((piece, false));
            }
            if let Some(job) = state.jobs.pop_front() {
                state.busy += 1;
                return Some((job, true));
            }
            if state.busy == 0 {
                return None;
            }
            state.idle += 1;
            state = wait(&self.work, state);
            state.idle -= 1;
        }
    }

    /// A thread that could add work will add no more for now.
    pub fn rest(&self) {
        let mut state = lock(&self.state);
        state.busy -= 1;
        if state.busy == 0 {
            self.work.notify_all();
            self.ready.notify_all();
        }
    }

    /// Fills a place that was left free: a buffer was looked at.
    pub fn fill(&self, (slot, entry): (usize, usize), found: E, weight: usize) {
        let mut guard = lock(&self.state);
        let state = &mut *guard;
        state.looking -= 1;
        let Some(i) = slot.checked_sub(state.first) else { return };
        if let Some(slot) = state.slots.get_mut(i)
            && let Some(place) = entry.checked_sub(slot.first).and_then(|e| slot.entries.get_mut(e))
        {
            *place = Some((weight, found));
            slot.weight += weight;
            state.weight += weight;
        }
        if i == 0 {
            self.ready.notify_one();
        }
    }

    /// Ends all waiting: nobody takes entries any more, or a thread has failed.
    pub fn stop(&self) {
        let mut state = lock(&self.state);
        state.stop = true;
        state.jobs.clear();
        state.pieces.clear();
        drop(state);
        self.work.notify_all();
        self.ready.notify_all();
        self.room.notify_all();
    }

    /// Whether it has been stopped.
    pub fn stopped(&self) -> bool {
        lock(&self.state).stop
    }

    /// Waits for the next entries in order; `false` when all are through.
    pub fn take(&self, into: &mut Vec<E>) -> bool {
        let mut state = lock(&self.state);
        let mut taken = 0;
        loop {
            while let Some(slot) = state.slots.front_mut() {
                while into.len() < BATCH
                    && taken < HEAVY
                    && let Some(Some(_)) = slot.entries.front()
                    && let Some((weight, entry)) = slot.entries.pop_front().flatten()
                {
                    into.push(entry);
                    slot.first += 1;
                    slot.weight -= weight;
                    taken += weight;
                }
                if !(slot.complete && slot.entries.is_empty()) {
                    break;
                }
                state.slots.pop_front();
                state.first += 1;
                self.room.notify_all();
            }
            if !into.is_empty() {
                state.weight -= taken;
                self.room.notify_all();
                return true;
            }
            if state.stop || (state.slots.is_empty() && state.busy == 0) {
                return false;
            }
            state = wait(&self.ready, state);
        }
    }
}

/// One slot, being filled.
pub(crate) struct Row<'b, E, J> {
    board: &'b Board<E, J>,
    slot: usize,
    put: usize,
    waiting: Vec<Put<E>>,
    weight: usize,
}

impl<E, J> Row<'_, E, J> {
    /// Adds an entry of about so many bytes.
    pub fn push(&mut self, entry: E, weight: usize) {
        self.waiting.push(Some((weight, entry)));
        self.weight += weight;
        if self.waiting.len() >= BATCH || self.weight >= HEAVY {
            self.flush();
        }
    }

    /// Leaves a place free, to be filled by [`Board::fill`].
    pub fn leave(&mut self) -> (usize, usize) {
        self.waiting.push(None);
        self.flush();
        (self.slot, self.put - 1)
    }

    /// Puts up what was added.
    pub fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut state = lock(&self.board.state);
        // What lies in the first slot will be taken; what lies behind it only once that is empty.
        let full = |state: &State<E, J>| {
            let ahead = if state.first == self.slot { state.slots.front().map_or(0, |s| s.weight) } else { state.weight };
            ahead > self.board.many && !state.stop
        };
        while full(&state) {
            state = wait(&self.board.room, state);
        }
        self.put += self.waiting.len();
        let weight = std::mem::take(&mut self.weight);
        state.weight += weight;
        if let Some(i) = self.slot.checked_sub(state.first)
            && let Some(slot) = state.slots.get_mut(i)
        {
            slot.entries.extend(self.waiting.drain(..));
            slot.weight += weight;
        }
        self.waiting.clear();
        if state.first == self.slot {
            self.board.ready.notify_one();
        }
    }
}

impl<E, J> Drop for Row<'_, E, J> {
    /// The slot is complete.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return self.board.stop();
        }
        self.flush();
        let mut state = lock(&self.board.state);
        if let Some(i) = self.slot.checked_sub(state.first)
            && let Some(slot) = state.slots.get_mut(i)
        {
            slot.complete = true;
        }
        if state.first == self.slot {
            self.board.ready.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_buffer_is_queued_ahead_for_a_thread_that_looks_at_another() {
        let board: Board<&str, u32> = Board::new(1_000);
        let mut row = board.row(board.slot());
        assert!(!board.hungry(), "no thread is there to look at a buffer");
        let place = row.leave();
        board.piece(1);
        assert_eq!(board.next(), Some((1, false)));
        assert!(board.hungry(), "it will come back");
        board.piece(2);
        assert!(!board.hungry(), "and find this one, but nobody a third");
        board.fill(place, "found", 5);
        assert!(!board.hungry());
        assert_eq!(board.next(), Some((2, false)));
        let mut found = Vec::new();
        assert!(board.take(&mut found) && found == ["found"]);
    }
}
