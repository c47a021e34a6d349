//! The console of Pentaprism.

pub mod flash;
pub mod islands;
pub mod kit;
pub mod model;

/// The frontend crate calls this, so that the linker keeps the islands.
pub fn link() {}
