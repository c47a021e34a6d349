//! The files of the console, embedded in the release binary, read from the build's folder in a development build.

use anyhow::Context;
use app::assets::Assets;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use data_encoding::HEXLOWER;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// `assets.json`, as `cargo x web` writes it.
#[derive(Debug, Deserialize)]
struct Manifest {
    css: String,
    js: String,
    wasm: String,
    inter: String,
    mono: String,
    icons: String,
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    #[serde(rename = "type")]
    media_type: String,
    immutable: bool,
    encodings: Vec<String>,
}

/// One file in every form it can be sent in.
struct Served {
    media_type: HeaderValue,
    cache: HeaderValue,
    tag: HeaderValue,
    /// Best first: brotli, gzip, plain.
    forms: Vec<(&'static str, Cow<'static, [u8]>)>,
}

/// All files, and the names that pages put into their heads.
pub struct Bundle {
    pub names: Assets,
    files: Vec<(String, Arc<Served>)>,
}

impl Bundle {
    /// # Errors
    /// When the console's assets were not built.
    pub fn embedded() -> anyhow::Result<Self> {
        let manifest = Site::get("assets.json")
            .context("the console's assets are not built: run `cargo x web` first, or `cargo x up`")?;
        let manifest: Manifest = serde_json::from_slice(&manifest.data).context("assets.json")?;
        let sprite = load(&manifest.icons)?;
        let icons = String::from_utf8(sprite.into_owned()).context("the icon sprite")?.leak();
        let files = manifest
            .files
            .iter()
            .map(|file| Ok((file.path.clone(), Arc::new(served(file)?))))
            .collect::<anyhow::Result<_>>()?;
        let names = Assets {
            css: manifest.css,
            js: manifest.js,
            wasm: manifest.wasm,
            inter: manifest.inter,
            mono: manifest.mono,
            icons,
        };
        Ok(Self { names, files })
    }

    pub fn routes(self) -> Router {
        self.files.into_iter().fold(Router::new(), |router, (path, file)| {
            router.route(&path, get(move |headers: HeaderMap| std::future::ready(file.answer(&headers))))
        })
    }
}

fn load(path: &str) -> anyhow::Result<Cow<'static, [u8]>> {
    let name = path.trim_start_matches('/');
    Ok(Site::get(name).with_context(|| format!("asset {path} is missing: run `cargo x web`"))?.data)
}

fn served(file: &File) -> anyhow::Result<Served> {
    let mut forms = Vec::new();
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if file.encodings.iter().any(|known| known == encoding) {
            forms.push((encoding, load(&format!("{}{suffix}", file.path))?));
        }
    }
    let plain = load(&file.path)?;
    let tag = format!("\"{}\"", &HEXLOWER.encode(&Sha256::digest(&plain))[..16]);
    forms.push(("", plain));
    let cache = if file.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    Ok(Served {
        media_type: file.media_type.parse()?,
        cache: HeaderValue::from_static(cache),
        tag: tag.parse()?,
        forms,
    })
}

impl Served {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (encoding, body) = self
            .forms
            .iter()
            .find(|(encoding, _)| encoding.is_empty() || accepts(accepted, encoding))
            .unwrap_or(&self.forms[0]);
        let fresh = headers.get(IF_NONE_MATCH).is_some_and(|tag| tag == self.tag);
        let mut response = Response::new(if fresh { Body::empty() } else { Body::from(body.clone().into_owned()) });
        if fresh {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let head = response.headers_mut();
        head.insert(CONTENT_TYPE, self.media_type.clone());
        head.insert(CACHE_CONTROL, self.cache.clone());
        head.insert(ETAG, self.tag.clone());
        head.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if !encoding.is_empty() && !fresh {
            head.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

/// Whether an `Accept-Encoding` names the encoding and does not refuse it.
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case(encoding) && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn an_encoding_is_accepted_by_name_unless_refused() {
        assert!(accepts("gzip, deflate, BR", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("", "gzip"));
    }
}
