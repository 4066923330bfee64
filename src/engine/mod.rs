//! The engine: matching, records, correlation, reading evidence, ranking, planning, decoding. It does no I/O and knows
//! no product; the same input gives the same answer, byte for byte.

pub mod asked;
pub mod block;
pub mod correlate;
pub mod decode;
pub mod envelope;
pub mod frequency;
pub mod lines;
pub mod matcher;
pub mod mend;
pub mod observe;
pub mod passage;
pub mod plan;
pub mod rank;
pub mod record;
pub mod template;
pub mod trace;
pub mod whole_line;
