//! The stylesheet: Tailwind's own command line over the classes in `app/`.

use anyhow::{Result, bail};

use super::Parts;
use crate::fingerprint::{Inputs, cached};
use crate::process;
use crate::tools::node;
use crate::ui::Ui;
use crate::workspace::Workspace;

const SOURCE: &str = "style/tailwind.css";

/// Makes `pentaprism.css`.
pub fn make(workspace: &Workspace, ui: &Ui, parts: &Parts) -> Result<()> {
    if !workspace.path(SOURCE).is_file() {
        bail!("{SOURCE} is missing: it holds the theme and names the sources that Tailwind scans.");
    }
    let inputs = Inputs::new().tree(&workspace.path("style"))?.tree(&workspace.path("app/src"))?;
    cached(workspace, ui, "Stylesheet", inputs, std::slice::from_ref(&parts.stylesheet), |step| {
        let mut command = node::node(workspace, "style");
        command.args([
            "node_modules/@tailwindcss/cli/dist/index.mjs",
            "--input",
            "tailwind.css",
            "--minify",
            "--output",
        ]);
        process::run(
            {
                command.arg(&parts.stylesheet);
                command
            },
            |line| step.line(line),
        )?;
        Ok(())
    })?;
    Ok(())
}
