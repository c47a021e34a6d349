//! Everything that the rules look at, read once.

use std::path::Path;

use anyhow::{Context, Result};

use super::metadata::{self, Package};
use super::scan::{self, Mention, Usage};
use crate::files;
use crate::process;
use crate::tools::wasm;
use crate::ui::Step;
use crate::workspace::Workspace;

/// Manifests, sources and the wasm build's dependencies.
#[derive(Debug, Default)]
pub struct Facts {
    pub packages: Vec<Package>,
    pub sources: Vec<Source>,
    /// The crates below `frontend`, all levels.
    pub wasm: Vec<String>,
}

/// One Rust file without its test modules.
#[derive(Debug)]
pub struct Source {
    /// Relative to the checkout, with slashes.
    pub path: String,
    pub mentions: Vec<Mention>,
    pub usages: Vec<Usage>,
}

impl Source {
    /// Reads Rust text; `path` is where it would lie in the checkout.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let scanned = scan::scan(text).with_context(|| format!("{path} is no Rust"))?;
        Ok(Self { path: path.to_owned(), mentions: scanned.mentions, usages: scanned.usages })
    }

    /// The crate it belongs to, by its folder: `kernel`, `app`, and `pentaprism` for `src/`.
    pub fn krate(&self) -> &str {
        match self.path.split('/').collect::<Vec<_>>()[..] {
            ["crates", name, ..] => name,
            ["src" | "tests" | "benches" | "examples", ..] | [] => "pentaprism",
            [name, ..] => name,
        }
    }

    /// Whether it is a test, benchmark or example as a whole.
    pub fn is_test(&self) -> bool {
        let folders: Vec<_> = self.path.split('/').collect();
        folders.iter().any(|folder| ["tests", "benches", "examples"].contains(folder))
            || self.path.ends_with("/tests.rs")
    }

    /// `path:line`.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

impl Facts {
    pub fn gather(workspace: &Workspace, step: &Step) -> Result<Self> {
        let mut command = workspace.cargo("metadata");
        command.args(["--no-deps", "--format-version", "1", "--quiet"]);
        let packages = metadata::parse(&process::run(command, |_| ())?)?;
        let mut command = workspace.cargo("tree");
        command.args(["--package", "frontend", "--target", wasm::TARGET, "--edges", "normal"]);
        command.args(["--prefix", "none", "--format", "{p}", "--quiet"]);
        let wasm = names(&process::run(command, |line| step.line(line))?);
        let mut sources = Vec::new();
        for dir in ["src", "tests", "app", "frontend", "crates"] {
            for file in files::below(&workspace.path(dir))? {
                if file.extension().is_some_and(|extension| extension == "rs") {
                    sources.push(Source::parse(&relative(&file, workspace.root())?, &files::read_text(&file)?)?);
                }
            }
        }
        Ok(Self { packages, sources, wasm })
    }
}

fn relative(file: &Path, root: &Path) -> Result<String> {
    let path = file.strip_prefix(root).context("a source lies in the checkout")?;
    Ok(path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// `leptos v0.8.23 (proc-macro)` is `leptos`.
fn names(tree: &str) -> Vec<String> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_knows_its_crate() {
        let of = |path| Source::parse(path, "").unwrap().krate().to_owned();
        assert_eq!(of("crates/kernel/src/lib.rs"), "kernel");
        assert_eq!(of("app/src/calls/keys.rs"), "app");
        assert_eq!(of("src/web/router.rs"), "pentaprism");
    }

    #[test]
    fn a_tree_is_read_by_name() {
        assert_eq!(names("frontend v0.1.0 (/home/us)\nleptos v0.8.23\n\n"), ["frontend", "leptos"]);
    }
}
