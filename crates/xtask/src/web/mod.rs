//! `cargo x web`: everything a browser is sent, made into `target/site/`, which the server embeds.
//!
//! Each part is made only when its inputs changed; [`assemble`] then gives the parts their hashed names.

mod assemble;
mod budget;
mod bundle;
mod compress;
mod fonts;
mod icons;
mod manifest;
mod stylesheet;

use std::path::PathBuf;

use anyhow::Result;

use crate::fingerprint::{Inputs, cached};
use crate::tools::{node, wasm};
use crate::ui::Ui;
use crate::workspace::Workspace;

/// The name of script, wasm and stylesheet before their hashes.
const NAME: &str = "pentaprism";

/// Makes all assets; the compiler for them is found or installed on the way.
pub fn make(workspace: &Workspace, ui: &Ui) -> Result<()> {
    let compiler = wasm::Compiler::find(workspace, ui)?;
    node::install(workspace, ui, "style")?;
    let parts = Parts::of(workspace);
    bundle::make(workspace, ui, compiler, &parts)?;
    stylesheet::make(workspace, ui, &parts)?;
    fonts::make(workspace, ui, &parts)?;
    icons::make(workspace, ui, &parts)?;

    let mut inputs = Inputs::new().tree(&workspace.path("public"))?.tree(&workspace.path("crates/xtask/src/web"))?;
    for part in parts.all() {
        inputs = inputs.file(part)?;
    }
    let outputs = [workspace.site().join(manifest::FILE)];
    cached(workspace, ui, "Assets", inputs, &outputs, |step| assemble::make(workspace, &parts, step))?;
    Ok(())
}

/// The command itself: makes the assets, prints their sizes, and fails above the budget.
pub fn command(workspace: &Workspace, ui: &Ui) -> Result<()> {
    make(workspace, ui)?;
    budget::print(workspace)?;
    check_budget(workspace)
}

/// Fails when a first visit costs too much.
pub fn check_budget(workspace: &Workspace) -> Result<()> {
    budget::check(workspace)
}

/// The parts as they are before hashing.
#[derive(Debug)]
struct Parts {
    script: PathBuf,
    wasm: PathBuf,
    stylesheet: PathBuf,
    inter: PathBuf,
    mono: PathBuf,
    icons: PathBuf,
}

impl Parts {
    fn of(workspace: &Workspace) -> Self {
        let dir = workspace.scratch().join("web");
        Self {
            script: dir.join(format!("bundle/{NAME}.js")),
            wasm: dir.join(format!("bundle/{NAME}_bg.wasm")),
            stylesheet: dir.join(format!("{NAME}.css")),
            inter: dir.join("fonts/inter.woff2"),
            mono: dir.join("fonts/jetbrains-mono.woff2"),
            icons: dir.join("icons.svg"),
        }
    }

    fn all(&self) -> [&PathBuf; 6] {
        [&self.script, &self.wasm, &self.stylesheet, &self.inter, &self.mono, &self.icons]
    }
}
