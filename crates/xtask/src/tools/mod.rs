//! Programs that the build needs and does not build itself: looked for, installed where that is safe, named otherwise.

pub mod apt;
pub mod cache_server;
pub mod chromium;
pub mod node;
pub mod postgres;
pub mod wasm;

use std::path::PathBuf;

/// The first program of that name on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file())
}
