//! The walk with several threads. One thread reads the inputs and the outermost archives; it cuts plain texts into
//! chunks, and hands packed members on as they are, through pipes. Worker threads unpack those members and cut them
//! into chunks. Whoever has a chunk looks at it himself, unless another thread is idle: then that one gets the buffer. So
//! an archive of packed logs, a single packed log and a single plain one all keep all threads at work.
//!
//! Results come out in the order of the walk, whatever the number of threads, on the thread that called. Memory: the
//! packed members that wait ([`Limits::waiting`]); for each thread one buffer of chunks (some 2 MiB) and its decoders
//! (some 100 KiB for gzip, up to [`Limits::window`] for xz and zstd that ask for it); one buffer for
//! each chunk that was handed on, and results that wait to be taken ([`MANY`]).

use super::board::{Board, Row};
use super::chunks::{Chunk, Chunks};
use super::limits::{Limits, Used};
use super::name::{Hint, MemberName};
use super::node::{At, Depth, Host, Walker};
use super::peek::Peek;
use super::pipe::{PipeOut, Tank, lock, pipe};
use super::trouble::{Reason, Trouble};
use super::walk::{Input, Totals, Walk};
use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// Bytes of a packed member that are handed on in one go.
const PIECE: usize = 256 << 10;
/// Chunks smaller than this are not worth a hand-over.
const WORTH: usize = 128 << 10;

/// Bytes of results that may wait to be taken.
const MANY: usize = 64 << 20;
/// What a result weighs at least: its name, and its place.
const LEAST: usize = 1 << 10;

/// Looks at chunks. Each thread has one of its own; it must not depend on which chunks it has seen before.
pub trait MemberSink {
    /// What it finds.
    type Found: Send;

    /// Looks at a chunk of a member.
    fn chunk(&mut self, name: &MemberName, hint: Hint, chunk: &Chunk<'_>) -> Self::Found;

    /// Bytes that it holds, about; who finds much waits until it is taken.
    fn weight(_found: &Self::Found) -> usize {
        0
    }
}

/// What a parallel walk gives, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done<T> {
    /// What was found in a chunk of a member.
    Part { name: MemberName, hint: Hint, found: T },
    /// A member is through; all its parts came before.
    Member { name: MemberName, hint: Hint, bytes: u64, lines: u64, long_lines: u64 },
    /// Something that was not read, or only in part, or that is doubtful.
    Skipped { name: MemberName, reason: Reason },
}

/// Walks and keeps all results. For much input rather see [`walk_parallel_each`].
pub fn walk_parallel<S: MemberSink>(inputs: &[Input], limits: &Limits, jobs: usize, make: &(dyn Fn() -> S + Sync)) -> Vec<Done<S::Found>> {
    let mut all = Vec::new();
    walk_parallel_each(&Walk { inputs, limits, progress: None }, jobs, make, &mut |done| all.push(done));
    all
}

/// Walks with so many threads that look, and hands over results as they come. With one job no thread is started.
pub fn walk_parallel_each<S: MemberSink>(walk: &Walk<'_>, jobs: usize, make: &(dyn Fn() -> S + Sync), each: &mut dyn FnMut(Done<S::Found>)) {
    if jobs <= 1 {
        let (limits, totals) = (walk.limits, Totals::default());
        return walk.over(&mut Alone { sink: make(), limits, out: Deliver { totals, limits, each }, buffer: Vec::new() });
    }
    together(walk, jobs, MANY, make, each);
}

/// The walk on several threads.
pub(crate) fn together<S: MemberSink>(walk: &Walk<'_>, jobs: usize, many: usize, make: &(dyn Fn() -> S + Sync), each: &mut dyn FnMut(Done<S::Found>)) {
    let limits = walk.limits;
    let mut out = Deliver { totals: Totals::default(), limits, each };
    let board: Board<Found<S::Found>, Job> = Board::new(many);
    let tank = Tank::new(limits.waiting);
    let spare = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let _stop = Stop(&board);
                Hand { board: &board, row: None, tank: None, sink: make(), limits, buffer: Vec::new(), spare: &spare }.work();
            });
        }
        scope.spawn(|| {
            let _stop = Stop(&board);
            let mut reader =
                Hand { board: &board, row: Some(board.row(board.slot())), tank: Some(&tank), sink: make(), limits, buffer: Vec::new(), spare: &spare };
            walk.over(&mut reader);
            reader.row = None;
            board.rest();
        });
        let _stop = Stop(&board);
        let mut found = Vec::new();
        while board.take(&mut found) {
            if !found.drain(..).all(|f| out.deliver(f)) {
                board.stop();
                break;
            }
        }
    });
}

/// Stops the board when a thread panics, so that the others end and the panic is seen.
struct Stop<'b, E, J>(&'b Board<E, J>);

impl<E, J> Drop for Stop<'_, E, J> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// An entry of the board.
enum Found<T> {
    Done(Done<T>),
    Begin(MemberName, Used),
    End(Used),
}

impl<T> Found<T> {
    /// Bytes, about.
    fn weight<S: MemberSink<Found = T>>(&self) -> usize {
        let (Found::Begin(name, _) | Found::Done(Done::Part { name, .. } | Done::Member { name, .. } | Done::Skipped { name, .. })) = self else {
            return LEAST;
        };
        LEAST + name.as_str().len() + if let Found::Done(Done::Part { found, .. }) = self { S::weight(found) } else { 0 }
    }
}

/// Work to do.
enum Job {
    Member {
        slot: usize,
        name: MemberName,
        hint: Hint,
        data: PipeOut,
        depth: Depth,
    },
    Chunk {
        place: (usize, usize),
        name: MemberName,
        hint: Hint,
        buffer: Vec<u8>,
        /// Where in the buffer it is.
        text: Range<usize>,
        proper: Range<usize>,
        line: u64,
        offset: u64,
        last: bool,
    },
}

/// Puts results in the hands of the caller and keeps the totals.
struct Deliver<'e, T> {
    totals: Totals,
    limits: &'e Limits,
    each: &'e mut dyn FnMut(Done<T>),
}

impl<T> Deliver<'_, T> {
    /// `false` when the totals are used up.
    fn deliver(&mut self, found: Found<T>) -> bool {
        match found {
            Found::Done(done) => (self.each)(done),
            Found::Begin(name, before) => {
                if let Some(reason) = self.totals.add(before, self.limits) {
                    (self.each)(Done::Skipped { name, reason });
                    return false;
                }
            }
            // Looked at when the next unit begins.
            Found::End(used) => drop(self.totals.add(used, self.limits)),
        }
        true
    }
}

/// Everything on one thread.
struct Alone<'a, S: MemberSink> {
    sink: S,
    limits: &'a Limits,
    out: Deliver<'a, S::Found>,
    buffer: Vec<u8>,
}

impl<S: MemberSink> Host for Alone<'_, S> {
    fn begin(&mut self, name: &MemberName, before: Used) -> bool {
        self.out.deliver(Found::Begin(name.clone(), before))
    }

    fn end(&mut self, used: Used) {
        self.out.deliver(Found::End(used));
    }

    fn packed(&mut self, _: &MemberName, _: Hint, _: &mut Peek<'_>, _: Depth) -> bool {
        false
    }

    fn text(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read) {
        let mut chunks = Chunks::new(data, self.limits).in_buffer(std::mem::take(&mut self.buffer));
        while let Some(chunk) = chunks.next() {
            let found = self.sink.chunk(name, hint, &chunk);
            self.out.deliver(Found::Done(Done::Part { name: name.clone(), hint, found }));
        }
        self.out.deliver(Found::Done(through(name, hint, &chunks)));
        self.buffer = chunks.into_buffer();
    }

    fn skipped(&mut self, name: &MemberName, reason: Reason) {
        self.out.deliver(Found::Done(Done::Skipped { name: name.clone(), reason }));
    }
}

fn through<T, R: Read>(name: &MemberName, hint: Hint, chunks: &Chunks<R>) -> Done<T> {
    Done::Member { name: name.clone(), hint, bytes: chunks.bytes(), lines: chunks.lines(), long_lines: chunks.long_lines() }
}

/// One of several threads.
struct Hand<'h, S: MemberSink> {
    board: &'h Board<Found<S::Found>, Job>,
    row: Option<Row<'h, Found<S::Found>, Job>>,
    /// Only the thread that reads the inputs hands members on.
    tank: Option<&'h Arc<Tank>>,
    sink: S,
    limits: &'h Limits,
    buffer: Vec<u8>,
    /// Buffers of chunks that were looked at, for the next ones.
    spare: &'h Mutex<Vec<Vec<u8>>>,
}

impl<S: MemberSink> Hand<'_, S> {
    fn push(&mut self, found: Found<S::Found>) {
        if let Some(row) = &mut self.row {
            let weight = found.weight::<S>();
            row.push(found, weight);
        }
    }

    fn work(&mut self) {
        while let Some((job, member)) = self.board.next() {
            self.run(job);
            if member {
                self.row = None;
                self.board.rest();
            }
        }
    }

    fn run(&mut self, job: Job) {
        match job {
            Job::Chunk { place, name, hint, buffer, text, proper, line, offset, last } => {
                let found = self.sink.chunk(&name, hint, &Chunk { text: &buffer[text], proper, line, offset, last });
                lock(self.spare).push(buffer);
                let found = Found::Done(Done::Part { name, hint, found });
                let weight = found.weight::<S>();
                self.board.fill(place, found, weight);
            }
            Job::Member { slot, name, hint, mut data, depth } => {
                self.row = Some(self.board.row(slot));
                let limits = self.limits;
                let mut walker = Walker::new(self, limits);
                walker.node(&name, hint, Peek::new(&mut data), At { depth, ..At::default() });
                let used = walker.budget.used();
                self.push(Found::End(used));
            }
        }
    }
}

impl<S: MemberSink> Host for Hand<'_, S> {
    fn begin(&mut self, name: &MemberName, before: Used) -> bool {
        self.push(Found::Begin(name.clone(), before));
        !self.board.stopped()
    }

    fn end(&mut self, used: Used) {
        self.push(Found::End(used));
    }

    fn packed(&mut self, name: &MemberName, hint: Hint, src: &mut Peek<'_>, depth: Depth) -> bool {
        let Some(tank) = self.tank else { return false };
        self.row = None;
        let (to, data) = pipe(tank);
        let slot = self.board.slot();
        self.row = Some(self.board.row(self.board.slot()));
        self.board.job(Job::Member { slot, name: name.clone(), hint, data, depth });
        let size = hint.size.map_or(PIECE, |n| (n.min(PIECE as u64) as usize).max(1));
        loop {
            let mut piece = Vec::with_capacity(size);
            let end = (&mut *src).take(size as u64).read_to_end(&mut piece);
            let read = piece.len();
            if read > 0 && !to.push(piece) {
                // Nobody wants the rest; the archive is read on.
                break;
            }
            match end {
                Ok(_) if read > 0 => {}
                Ok(_) => {
                    to.close(Ok(()));
                    break;
                }
                Err(e) => {
                    to.close(Err(Trouble::of(&e)));
                    break;
                }
            }
        }
        true
    }

    fn text(&mut self, name: &MemberName, hint: Hint, data: &mut dyn Read) {
        let mut chunks = Chunks::new(data, self.limits).in_buffer(std::mem::take(&mut self.buffer));
        while let Some(chunk) = chunks.next() {
            let worth = chunk.text.len() >= WORTH;
            if worth && self.board.stopped() {
                break;
            }
            if worth
                && self.board.hungry()
                && let Some(row) = &mut self.row
            {
                let place = row.leave();
                let Chunk { text, proper, line, offset, last } = chunk;
                let size = text.len();
                let (buffer, text) = chunks.give(lock(self.spare).pop().unwrap_or_default(), offset, size);
                self.board.piece(Job::Chunk { place, name: name.clone(), hint, buffer, text, proper, line, offset, last });
                continue;
            }
            let found = self.sink.chunk(name, hint, &chunk);
            self.push(Found::Done(Done::Part { name: name.clone(), hint, found }));
        }
        let done = through(name, hint, &chunks);
        self.buffer = chunks.into_buffer();
        self.push(Found::Done(done));
    }

    fn skipped(&mut self, name: &MemberName, reason: Reason) {
        self.push(Found::Done(Done::Skipped { name: name.clone(), reason }));
    }
}
