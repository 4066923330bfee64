//! The shipped library: a table that `build.rs` wrote from `signatures/` and `kb/`.

use super::outline::{FactOutline, Kind, Outline, PatternOutline, Role};

include!(concat!(env!("OUT_DIR"), "/library.rs"));
