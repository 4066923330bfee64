//! The thirty-one systems of the five source documents, one named test each, with the exact numbers of the worked
//! calculations; and what evidence must come to when it is shuffled, cut, doubled or from two hosts.

mod chain;
mod console;
mod heap;
mod panic_timeout;
mod product;
mod trends;
