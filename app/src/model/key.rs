//! API keys as lists show them.

use super::accelerate::Gateway;
use kernel::key::Rights;
use kernel::{KeyId, ResourceId};
use time::OffsetDateTime;

/// What a key is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Active,
    Disabled,
    Expired,
}

#[derive(Debug, Clone)]
pub struct KeyRow {
    pub id: KeyId,
    pub name: String,
    /// The one resource it reaches; none for a key of the project.
    pub resource: Option<(ResourceId, String)>,
    /// First and last characters.
    pub visible: (String, String),
    pub rights: Rights,
    pub allowed_ranges: Vec<String>,
    pub created_by: Option<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
    pub last_used_at: Option<OffsetDateTime>,
    pub last_used_from: Option<String>,
    pub state: KeyState,
    /// A successor took its place.
    pub rotated: bool,
    /// Used in the last seven days.
    pub in_use: bool,
}

impl KeyRow {
    /// "ppk_4f9A…x7Qz"
    pub fn shortened(&self) -> String {
        format!("{}\u{2026}{}", self.visible.0, self.visible.1)
    }
}

/// A key that was made a moment ago, on its one showing.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub row: KeyRow,
    pub secret: String,
    /// Where it reaches Accelerate, once that is configured.
    pub gateway: Option<Gateway>,
}

impl NewKey {
    /// Lines for a `.env` file that work with what is here today.
    pub fn env_lines(&self) -> String {
        let key = format!("PRISMA_API_KEY=\"{}\"", self.secret);
        let accelerate = self.gateway.as_ref().map(|gateway| gateway.env_line(&self.secret));
        accelerate.into_iter().chain([key]).collect::<Vec<_>>().join("\n")
    }
}
