//! Text as it comes: where it stood, what of it may be shown, when it was written.

pub mod clock;
pub mod glob;
pub mod origin;
pub mod place;
pub mod repair;
pub mod sha256;
pub mod untrusted;
