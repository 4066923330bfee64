//! The guided diagnosis: a session takes what somebody pastes, types or loads, says what that changed and why, and asks
//! for the one thing that would tell most. It works alike on a terminal, on a pipe and in tests; only the [`terminal`]
//! differs. What it knows it has from the case; nothing is decided here.

pub mod commands;
pub mod history;
pub mod replay;
pub mod session;
pub mod talk;
pub mod terminal;
pub mod walk;
