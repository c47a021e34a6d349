//! The islands: Rust to wasm, its script, and a pass of wasm-opt.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{NAME, Parts};
use crate::fingerprint::{Inputs, cached};
use crate::tools::node;
use crate::tools::wasm::{Compiler, TARGET};
use crate::ui::{Step, Ui};
use crate::workspace::Workspace;
use crate::{files, process};

const PROFILE: &str = "wasm-release";

/// `-Oz`, and what rustc's default target features have used all along: wasm-opt rejects what it is not told about.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// Makes `pentaprism.js` and `pentaprism_bg.wasm`.
pub fn make(workspace: &Workspace, ui: &Ui, compiler: Compiler, parts: &Parts) -> Result<()> {
    let mut inputs = Inputs::new().text(&compiler.identity(workspace)?).text(&OPTIMISE.join(" "));
    // `cargo x arch` sees to it that the islands are made of nothing else of ours.
    for dir in ["app", "frontend", "crates/kernel"] {
        inputs = inputs.tree(&workspace.path(dir))?;
    }
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "style/package-lock.json"] {
        inputs = inputs.file(&workspace.path(file))?;
    }
    let outputs = [parts.script.clone(), parts.wasm.clone()];
    cached(workspace, ui, "Islands", inputs, &outputs, |step| {
        let compiled = compile(workspace, compiler, step)?;
        let dir = parts.script.parent().context("a part lies in a folder")?;
        files::empty_dir(dir)?;
        step.line("wasm-bindgen");
        bindgen(&compiled, dir)?;
        optimise(workspace, parts, step)
    })?;
    Ok(())
}

fn compile(workspace: &Workspace, compiler: Compiler, step: &Step) -> Result<std::path::PathBuf> {
    let mut command = compiler.cargo(workspace, "build");
    command.args(["--package", "frontend", "--profile", PROFILE]);
    process::run(command, |line| step.line(line))?;
    Ok(compiler.target_dir(workspace).join(TARGET).join(PROFILE).join("frontend.wasm"))
}

/// What `wasm-bindgen --target web` does, at exactly the version in Cargo.lock and with no tool to install.
fn bindgen(compiled: &Path, dir: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(NAME).typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true)?.generate(dir).context("wasm-bindgen failed")
}

fn optimise(workspace: &Workspace, parts: &Parts, step: &Step) -> Result<()> {
    let mut command = node::node(workspace, "style");
    command.arg("node_modules/binaryen/bin/wasm-opt").args(OPTIMISE);
    command.arg("-o").arg(&parts.wasm).arg(&parts.wasm);
    step.line("wasm-opt");
    process::run(command, |line| step.line(line))?;
    Ok(())
}
