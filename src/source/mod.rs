//! Input and output: files, folders, standard input. The layers below see bytes only.

pub mod input;
pub mod library;
pub mod save;
