//! The console of Pentaprism: Leptos, compiled twice.
//!
//! The server renders pages; the browser hydrates the islands in them and nothing else. So `pages` and `calls` exist in the server's build alone.

pub mod islands;
pub mod kit;
pub mod model;

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
pub mod calls;
#[cfg(feature = "ssr")]
pub mod error;
pub mod flash;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod paths;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "ssr")]
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::{problem_document, shell};

/// The frontend crate calls this, so that the linker keeps the islands.
pub fn link() {}
