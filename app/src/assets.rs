//! The names that the build gave to the console's files.

/// Paths with a content hash in them, as a page's head needs them; provided as context by the server.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    pub css: String,
    pub js: String,
    pub wasm: String,
    pub inter: String,
    pub mono: String,
    /// The icon sprite itself, not its path: every page carries it.
    pub icons: &'static str,
}
