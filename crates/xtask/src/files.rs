//! Files and folders.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What builds, tests and servers leave in the checkout; never a source.
const NOT_SOURCES: [&str; 5] = ["node_modules", "target", "results", ".pentaprism", ".git"];

/// Every source file below `dir`, in a stable order; none when there is no such folder.
pub fn below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("could not list {}", dir.display())),
        };
        for entry in entries {
            let entry = entry?;
            let source = !NOT_SOURCES.iter().any(|name| entry.file_name() == *name);
            if entry.path().is_file() {
                found.push(entry.path());
            } else if source {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file that must be there.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Reads a text file that must be there.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("could not make {}", parent.display()))?;
    }
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}

/// Empties a folder, or makes it.
pub fn empty_dir(dir: &Path) -> Result<()> {
    remove_dir(dir)?;
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))
}

/// Removes a folder with all that is in it; one that is not there is no error.
pub fn remove_dir(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
