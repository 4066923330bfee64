//! The files of a library as plain data: structs that mirror them one to one, with the place of every leaf that can be
//! wrong. No logic beyond reading; `library/` compiles them.

#![allow(missing_docs)] // The fields are the keys of the files; the book describes them.

pub mod article;
pub mod fact;
pub mod format;
pub mod pattern;
mod plain;
pub mod shapes;
pub mod signature;
pub mod step;
pub mod table;
pub mod yaml;
