//! The search: terms of a text, and an index of the library's texts over them. What a document is made of is decided by
//! who builds the index (`build.rs` for the shipped library); here is only how text is compared.

pub mod documents;
pub mod index;
pub mod tokens;
