//! The integration tests, one module a topic, in one binary.

mod examples;
mod ledger;
