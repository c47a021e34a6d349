//! What a first visit costs: a table, and an end to the build when it is too much.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::manifest::Manifest;
use crate::ui::size;
use crate::workspace::Workspace;

/// Wasm, script, style and fonts as they travel, compressed.
const FIRST_LOAD: u64 = 250_000;

/// Prints the sizes and fails above the budget.
pub fn check(workspace: &Workspace) -> Result<()> {
    let site = workspace.site();
    let manifest = Manifest::read(&site)?;
    let mut first_load = 0;
    println!("{:<40} {:>10} {:>10}", "", "raw", "brotli");
    for path in [&manifest.wasm, &manifest.js, &manifest.css, &manifest.inter, &manifest.mono] {
        let (raw, travels) = sizes(&site, path)?;
        first_load += travels;
        println!("{path:<40} {:>10} {:>10}", size(raw), size(travels));
    }
    println!("{:<40} {:>10} {:>10}  of {}", "first load", "", size(first_load), size(FIRST_LOAD));
    let (raw, travels) = sizes(&site, &manifest.icons)?;
    println!("{:<40} {:>10} {:>10}", manifest.icons, size(raw), size(travels));
    within(first_load)
}

fn sizes(site: &Path, path: &str) -> Result<(u64, u64)> {
    let file = site.join(path.trim_start_matches('/'));
    let raw = fs::metadata(&file).with_context(|| format!("{} is missing", file.display()))?.len();
    let mut compressed = file.into_os_string();
    compressed.push(".br");
    Ok((raw, fs::metadata(compressed).map_or(raw, |meta| meta.len())))
}

fn within(first_load: u64) -> Result<()> {
    if first_load > FIRST_LOAD {
        bail!(
            "the first load is {} and may be {}: take something out of the islands.",
            size(first_load),
            size(FIRST_LOAD)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_a_limit_and_not_a_wish() {
        assert!(within(FIRST_LOAD).is_ok());
        assert!(within(FIRST_LOAD + 1).unwrap_err().to_string().contains("islands"));
    }
}
