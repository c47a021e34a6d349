//! Which steps can be skipped: the contents of their inputs, compared with those of the last run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::files;
use crate::ui::{Step, Ui};
use crate::workspace::Workspace;

/// A digest over all that a step reads.
#[derive(Clone, Debug, Default)]
pub struct Inputs(Sha256);

impl Inputs {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text that is no file: a version, a flag, a list of wanted names.
    pub fn text(mut self, text: &str) -> Self {
        self.add(b"text", text.as_bytes());
        self
    }

    /// Adds a file, or the fact that it is not there.
    pub fn file(mut self, path: &Path) -> Result<Self> {
        self.add_file(path)?;
        Ok(self)
    }

    /// Adds every file below `dir`, but for what builds and editors leave there.
    pub fn tree(mut self, dir: &Path) -> Result<Self> {
        for path in files::below(dir)? {
            self.add_file(&path)?;
        }
        Ok(self)
    }

    fn add_file(&mut self, path: &Path) -> Result<()> {
        let name = path.as_os_str().as_encoded_bytes();
        match fs::read(path) {
            Ok(content) => self.add(name, &content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.add(name, b"absent"),
            Err(error) => return Err(error).with_context(|| format!("could not read {}", path.display())),
        }
        Ok(())
    }

    /// Lengths first, so that no two lists of inputs run together to the same bytes.
    fn add(&mut self, name: &[u8], content: &[u8]) {
        for part in [name, content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    fn digest(self) -> String {
        files::hex(&self.0.finalize())
    }
}

/// What is remembered about a step between runs.
#[derive(Debug)]
pub struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// The memory of the step of that name, for these inputs.
    pub fn of(workspace: &Workspace, name: &str, inputs: Inputs) -> Self {
        let file = workspace.scratch().join("stamps").join(name.to_lowercase().replace([' ', '/'], "-"));
        Self { file, digest: inputs.digest() }
    }

    /// Whether inputs and outputs are as the last success left them.
    pub fn is_fresh(&self, outputs: &[PathBuf]) -> bool {
        let last = fs::read_to_string(&self.file).ok();
        last.is_some() && last == stamp_of(&self.digest, outputs)
    }

    /// Remembers a success.
    pub fn record(&self, outputs: &[PathBuf]) -> Result<()> {
        let now = stamp_of(&self.digest, outputs).context("a result is missing")?;
        files::write(&self.file, now.as_bytes())
    }
}

/// Runs `work` unless inputs and outputs are as its last success left them; says whether it ran.
pub fn cached(
    workspace: &Workspace,
    ui: &Ui,
    name: &str,
    inputs: Inputs,
    outputs: &[PathBuf],
    work: impl FnOnce(&Step) -> Result<()>,
) -> Result<bool> {
    let stamp = Stamp::of(workspace, name, inputs);
    let step = ui.step(name);
    if stamp.is_fresh(outputs) {
        step.fresh();
        return Ok(false);
    }
    work(&step)?;
    stamp.record(outputs).with_context(|| name.to_owned())?;
    step.done();
    Ok(true)
}

/// The inputs' digest, then length and time of each output: one that somebody else wrote since is not ours any more.
/// Nothing when an output is missing.
fn stamp_of(digest: &str, outputs: &[PathBuf]) -> Option<String> {
    let mut stamp = digest.to_owned();
    for output in outputs {
        let meta = fs::metadata(output).ok()?;
        stamp.push_str(&format!("\n{} {} {:?}", output.display(), meta.len(), meta.modified().ok()?));
    }
    Some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(inputs: Inputs) -> String {
        inputs.digest()
    }

    #[test]
    fn inputs_do_not_run_together() {
        assert_ne!(digest(Inputs::new().text("ab").text("c")), digest(Inputs::new().text("a").text("bc")));
    }

    #[test]
    fn a_file_that_appears_changes_the_digest() {
        let dir = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        let file = dir.join("input");
        let before = digest(Inputs::new().file(&file).unwrap());
        files::write(&file, b"").unwrap();
        assert_ne!(before, digest(Inputs::new().file(&file).unwrap()));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_missing_output_is_never_fresh() {
        assert_eq!(stamp_of("digest", &[PathBuf::from("/no/such/output")]), None);
    }
}
