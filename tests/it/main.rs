//! One binary for all integration tests, one module a topic.

mod cli;
mod expressions;
mod layers;
mod library;
mod readme;
mod run;
