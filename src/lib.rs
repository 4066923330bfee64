#![forbid(unsafe_code)]
pub mod facts;
pub mod library;
pub mod model;
pub mod problem;
pub mod text;
