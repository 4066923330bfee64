//! All integration tests in one program, one module a topic.

mod repl;
mod stories;
mod terminal;
