//! `assets.json`: what the server needs to know about the assets that it embeds.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::files;

/// Its name below `target/site/`.
pub const FILE: &str = "assets.json";

/// The addresses that a page names, and how each file is to be served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub css: String,
    pub js: String,
    pub wasm: String,
    pub inter: String,
    pub mono: String,
    pub icons: String,
    pub files: Vec<Asset>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Its address, which is also its place below `target/site/`.
    pub path: String,
    #[serde(rename = "type")]
    pub media_type: String,
    /// Whether its name changes with its content, so that browsers may keep it for ever.
    pub immutable: bool,
    /// The compressed forms beside it: `br` in `<path>.br`, `gzip` in `<path>.gz`.
    pub encodings: Vec<String>,
}

impl Manifest {
    pub fn read(site: &Path) -> Result<Self> {
        let file = site.join(FILE);
        serde_json::from_slice(&files::read(&file)?).with_context(|| format!("{} is not ours", file.display()))
    }

    pub fn write(&self, site: &Path) -> Result<()> {
        files::write(&site.join(FILE), &serde_json::to_vec_pretty(self)?)
    }
}

/// The media type of a file by its name.
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Whether compressing a file of that type makes it smaller; pictures and fonts are compressed already.
pub fn compressible(media_type: &str) -> bool {
    !matches!(media_type, "image/png" | "font/woff2" | "application/octet-stream")
}
