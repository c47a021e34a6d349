use serde::Deserialize;
use serde_json::Value as Json;

/// What a value has to be.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "type", content = "args", rename_all = "camelCase")]
pub enum Rule {
    RowCountEq(u64),
    RowCountNeq(u64),
    AffectedRowCountEq(u64),
    Never,
}

/// What is told when a rule is broken.
#[derive(Debug, Deserialize)]
pub struct Validation {
    /// `MISSING_RECORD` and its like; `error_identifier` in clients before 7.4.
    #[serde(rename = "errorIdentifier", alias = "error_identifier")]
    pub identifier: Box<str>,
    /// The words of the message, by name.
    #[serde(default)]
    pub context: serde_json::Map<String, Json>,
}
