//! Facts: named, typed values about subjects, and what can be reckoned from them. This layer knows no log, no file of
//! the library and no machine; it does no I/O.

pub mod collect;
pub mod decl;
pub mod expr;
pub mod filters;
pub mod message;
pub mod scope;
pub mod series;
pub mod store;
pub mod subject;
pub mod trend;
pub mod unit;
pub mod value;
pub mod version;
pub mod view;
