//! One binary for all integration tests, one module a topic.

mod book;
mod cli;
mod decode;
mod desk;
mod examples;
mod expressions;
mod healthy;
mod hostile;
mod layers;
mod ledger;
mod library;
#[path = "../../bench/random.rs"]
mod random;
mod readme;
mod records;
mod repair;
mod repl;
mod run;
mod scan;
mod stories;
mod systems;
mod terminal;
