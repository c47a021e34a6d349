//! A browser for the journeys.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{apt, on_path};
use crate::ui::Step;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds one, or installs the distribution's.
pub fn ensure(step: &Step) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    apt::install(&["chromium"], "A browser for the journeys, Chromium or Chrome,", step)?;
    find().context("the package chromium is installed, but no program of that name is on PATH")
}

fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| on_path(name))
}
