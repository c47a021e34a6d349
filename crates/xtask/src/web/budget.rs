//! What a first visit costs: a table, and an end to the build when it is too much.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::manifest::Manifest;
use crate::ui::size;
use crate::workspace::Workspace;

/// Wasm, script, style and fonts as they travel, compressed.
const FIRST_LOAD: u64 = 250_000;

/// Prints raw and travelling sizes.
pub fn print(workspace: &Workspace) -> Result<()> {
    let site = workspace.site();
    let manifest = Manifest::read(&site)?;
    println!("{:<46} {:>10} {:>10}", "", "raw", "brotli");
    for path in first_load(&manifest).into_iter().chain([&manifest.icons]) {
        let (raw, travels) = sizes(&site, path)?;
        println!("{path:<46} {:>10} {:>10}", size(raw), size(travels));
    }
    let sum = size(weight(&site, &manifest)?);
    println!("{:<46} {:>10} {sum:>10}  of {}", "first load, without icons", "", size(FIRST_LOAD));
    Ok(())
}

/// Fails above the budget.
pub fn check(workspace: &Workspace) -> Result<()> {
    let site = workspace.site();
    within(weight(&site, &Manifest::read(&site)?)?)
}

fn first_load(manifest: &Manifest) -> [&String; 5] {
    [&manifest.wasm, &manifest.js, &manifest.css, &manifest.inter, &manifest.mono]
}

fn weight(site: &Path, manifest: &Manifest) -> Result<u64> {
    first_load(manifest).into_iter().try_fold(0, |sum, path| Ok(sum + sizes(site, path)?.1))
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
