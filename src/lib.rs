//! faultbook: what is wrong, how sure are we, what do I do next?
#![forbid(unsafe_code)]

pub mod case;
pub mod check;
pub mod cli;
pub mod engine;
pub mod facts;
pub mod kb;
pub mod library;
pub mod model;
pub mod problem;
pub mod render;
pub mod repl;
pub mod source;
pub mod text;
