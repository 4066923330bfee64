//! Where text comes from: files, folders, standard input, and archives inside them, read as bounded streams. Nothing is
//! unpacked to disk, links are not followed, and what cannot be read is named. The only layer that touches the file
//! system.
//!
//! [`walk`] hands over each plain text as a stream; [`walk_parallel`] cuts the texts into [`Chunk`]s and lets several
//! threads look at them, with results in the order of the walk.

mod board;
#[cfg(feature = "archives")]
mod bunzip2;
mod chunks;
mod expand;
mod format;
mod inflate;
pub mod input;
mod layout;
pub mod library;
mod limits;
mod name;
mod node;
mod parallel;
mod peek;
mod pipe;
pub mod save;
mod tar;
mod tar_header;
mod text;
mod trouble;
mod walk;
#[cfg(feature = "archives")]
mod xz;
mod zip;
#[cfg(feature = "archives")]
mod zstd;

#[cfg(test)]
mod tests;

pub use chunks::{Chunk, Chunks};
pub use layout::{Layout, LayoutKind, family};
pub use limits::Limits;
pub use name::{Hint, MemberName};
pub use parallel::{Done, MemberSink, walk_parallel, walk_parallel_each};
pub use trouble::Reason;
pub use walk::{Input, Progress, Sink, Walk, walk};
