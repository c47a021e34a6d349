//! The fonts, cut down to the characters and features that the console uses.

use anyhow::Result;

use super::Parts;
use crate::fingerprint::{Inputs, cached};
use crate::process;
use crate::tools::node;
use crate::ui::Ui;
use crate::workspace::Workspace;

const SCRIPT: &str = "fonts.mjs";

/// Makes `inter.woff2` and `jetbrains-mono.woff2`.
pub fn make(workspace: &Workspace, ui: &Ui, parts: &Parts) -> Result<()> {
    let inputs = Inputs::new()
        .file(&workspace.path("crates/xtask/scripts").join(SCRIPT))?
        .file(&workspace.path("style/package-lock.json"))?;
    let outputs = [parts.inter.clone(), parts.mono.clone()];
    cached(workspace, ui, "Fonts", inputs, &outputs, |step| {
        let mut command = node::script(workspace, SCRIPT)?;
        command.args(&outputs);
        process::run(command, |line| step.line(line))?;
        Ok(())
    })?;
    Ok(())
}
