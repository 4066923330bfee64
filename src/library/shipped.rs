//! The shipped library: a table that `build.rs` wrote from `signatures/` and `kb/`.

use super::clauses::Clauses;
use super::outline::{FactOutline, Kind, Outline, PatternOutline, Role, Shipped};
use super::runs::{Bytes, Run, Runs};
use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/library.rs"));
