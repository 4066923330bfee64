//! Input and output: files, folders, standard input. The layers below see bytes only.

pub mod library;
