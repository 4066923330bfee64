//! The integration tests, one module a topic, in one binary.

mod desk;
mod examples;
mod ledger;
mod systems;
