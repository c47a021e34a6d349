//! The parts become a site: hashed names, references to them rewritten, compressed forms, and the manifest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::manifest::{Asset, FILE, Manifest, compressible, media_type};
use super::{NAME, Parts, compress};
use crate::files;
use crate::ui::Step;
use crate::workspace::Workspace;

/// Eight bytes tell any two versions of a file apart.
const HASH: usize = 8;

/// Makes `target/site/` anew; what was there before is gone, whatever it was.
pub fn make(workspace: &Workspace, parts: &Parts, step: &Step) -> Result<()> {
    no_snippets(parts)?;
    let mut site = Site::new(workspace.scratch().join("site"))?;
    let inter = site.hashed("/fonts/inter.woff2", &files::read(&parts.inter)?)?;
    let mono = site.hashed("/fonts/jetbrains-mono.woff2", &files::read(&parts.mono)?)?;
    let icons = site.hashed("/icons.svg", &files::read(&parts.icons)?)?;
    let css = files::read_text(&parts.stylesheet)?;
    let css = css.replace("/fonts/inter.woff2", &inter).replace("/fonts/jetbrains-mono.woff2", &mono);
    let css = site.hashed(&format!("/pkg/{NAME}.css"), css.replace("/icons.svg", &icons).as_bytes())?;
    let wasm = site.hashed(&format!("/pkg/{NAME}_bg.wasm"), &files::read(&parts.wasm)?)?;
    let hashed_wasm = wasm.trim_start_matches("/pkg/");
    let js = files::read_text(&parts.script)?.replace(&format!("{NAME}_bg.wasm"), hashed_wasm);
    let js = site.hashed(&format!("/pkg/{NAME}.js"), js.as_bytes())?;
    site.public(&workspace.path("public"))?;

    compress::beside(workspace, &site.compressible(), step)?;
    site.assets.sort_by(|a, b| a.path.cmp(&b.path));
    Manifest { css, js, wasm, inter, mono, icons, files: site.assets }.write(&site.dir)?;
    publish(&site.dir, &workspace.site())
}

/// A site that is being made.
struct Site {
    dir: PathBuf,
    assets: Vec<Asset>,
}

impl Site {
    fn new(dir: PathBuf) -> Result<Self> {
        files::empty_dir(&dir)?;
        Ok(Self { dir, assets: Vec::new() })
    }

    /// Adds a file under a name that changes with its content, and says which.
    fn hashed(&mut self, path: &str, content: &[u8]) -> Result<String> {
        let path = hashed_name(path, content);
        self.add(&path, content, true)?;
        Ok(path)
    }

    /// Adds what is served as it lies in `public/`, under names that outlive their content: favicon, robots.txt.
    fn public(&mut self, public: &Path) -> Result<()> {
        for file in files::below(public)? {
            let name = file.strip_prefix(public).context("a file lies below its folder")?;
            let path = format!("/{}", name.display());
            if self.assets.iter().any(|asset| asset.path == path) || path == format!("/{FILE}") {
                bail!("public{path} has the name of a file that the build makes: give it another.");
            }
            self.add(&path, &files::read(&file)?, false)?;
        }
        Ok(())
    }

    fn add(&mut self, path: &str, content: &[u8], immutable: bool) -> Result<()> {
        let media_type = media_type(path);
        let encodings: &[&str] = if compressible(media_type) { &["br", "gzip"] } else { &[] };
        self.assets.push(Asset {
            path: path.to_owned(),
            media_type: media_type.to_owned(),
            immutable,
            encodings: encodings.iter().map(ToString::to_string).collect(),
        });
        files::write(&self.dir.join(path.trim_start_matches('/')), content)
    }

    fn compressible(&self) -> Vec<PathBuf> {
        let compressed = self.assets.iter().filter(|asset| !asset.encodings.is_empty());
        compressed.map(|asset| self.dir.join(asset.path.trim_start_matches('/'))).collect()
    }
}

/// `/pkg/pentaprism.css` becomes `/pkg/pentaprism.1f0e8a4c9d2b7765.css`.
fn hashed_name(path: &str, content: &[u8]) -> String {
    let hash = files::hex(&Sha256::digest(content)[..HASH]);
    match path.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{path}.{hash}"),
    }
}

/// Puts the finished site where the server looks, in one move: a server that runs never sees half of it.
fn publish(made: &Path, site: &Path) -> Result<()> {
    let old = made.with_extension("old");
    files::remove_dir(&old)?;
    if site.exists() {
        fs::rename(site, &old).with_context(|| format!("could not replace {}", site.display()))?;
    }
    fs::rename(made, site).with_context(|| format!("could not make {}", site.display()))?;
    files::remove_dir(&old)
}

/// Script snippets of crates would need names of their own; none of our crates has any, and none should.
fn no_snippets(parts: &Parts) -> Result<()> {
    if parts.script.with_file_name("snippets").exists() {
        bail!("a crate in the islands brings a script snippet, which the build does not serve: do without that crate.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_its_content_and_keeps_its_extension() {
        let name = hashed_name("/pkg/pentaprism_bg.wasm", b"one");
        assert!(name.starts_with("/pkg/pentaprism_bg.") && name.ends_with(".wasm"), "{name}");
        assert_ne!(name, hashed_name("/pkg/pentaprism_bg.wasm", b"two"));
    }

    #[test]
    fn every_kind_of_file_that_we_make_has_a_media_type() {
        for path in ["a.css", "a.js", "a.wasm", "a.svg", "a.woff2"] {
            assert_ne!(media_type(path), "application/octet-stream", "{path}");
        }
    }
}
