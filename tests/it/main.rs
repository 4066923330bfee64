//! One binary for all integration tests, one module a topic.

mod book;
mod cli;
mod expressions;
mod layers;
mod library;
mod readme;
mod run;
