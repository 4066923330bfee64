//! One binary for all integration tests, one module a topic.

mod book;
mod cli;
mod examples;
mod expressions;
mod layers;
mod ledger;
mod library;
mod readme;
mod repair;
mod run;
