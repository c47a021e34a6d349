//! A server for the cache that nodes share, which tests start for themselves.

use anyhow::{Result, bail};

use super::{apt, on_path};
use crate::ui::Step;

const NAMES: [&str; 2] = ["valkey-server", "redis-server"];

/// Sees to it that there is one.
pub fn ensure(step: &Step) -> Result<()> {
    if is_there() {
        return Ok(());
    }
    apt::install(&["redis-server"], "Redis 7 or newer, or Valkey,", step)?;
    if !is_there() {
        bail!("the package redis-server is installed, but no program of that name is on PATH");
    }
    Ok(())
}

fn is_there() -> bool {
    NAMES.iter().any(|name| on_path(name).is_some())
}
