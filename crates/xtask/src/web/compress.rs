//! Brotli and gzip forms of the assets. Node does it: its encoders are native also while xtask is a debug build.

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::tools::node;
use crate::ui::Step;
use crate::workspace::Workspace;

/// Writes `<file>.br` and `<file>.gz` beside each file.
pub fn beside(workspace: &Workspace, files: &[PathBuf], step: &Step) -> Result<()> {
    let mut command = node::script(workspace, "compress.mjs")?;
    command.args(files);
    step.line("compressing");
    process::run(command, |line| step.line(line))?;
    Ok(())
}
