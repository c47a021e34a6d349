//! Names that people give to organizations, projects, resources and keys.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A display name: 1 to 64 characters, trimmed, inner white space folded to single spaces, no control or direction-changing characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is not a name. The text of each is shown beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("Enter a name.")]
    Empty,
    #[error("Use at most 64 characters.")]
    TooLong,
    #[error("Remove the invisible characters: only letters, digits, punctuation and spaces can be used.")]
    Invisible,
}

impl Name {
    pub const MAX_CHARS: usize = 64;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that nobody sees, or that make other text read backwards: they would let one name pass for another.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.chars().any(|c| is_invisible(c) && !c.is_whitespace()) {
            return Err(NameError::Invisible);
        }
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match folded.chars().count() {
            0 => Err(NameError::Empty),
            1..=Self::MAX_CHARS => Ok(Self(folded)),
            _ => Err(NameError::TooLong),
        }
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_and_folded() {
        assert_eq!("  Grey \t fish\n".parse::<Name>().unwrap().as_str(), "Grey fish");
        assert_eq!("日本語 🐟".parse::<Name>().unwrap().as_str(), "日本語 🐟");
    }

    #[test]
    fn empty_long_and_invisible_names_are_refused() {
        assert_eq!(" \n ".parse::<Name>(), Err(NameError::Empty));
        assert_eq!("é".repeat(64).parse::<Name>().map(|n| n.to_string()), Ok("é".repeat(64)));
        assert_eq!("é".repeat(65).parse::<Name>(), Err(NameError::TooLong));
        for text in ["a\u{202e}b", "a\u{200b}", "a\0b", "\u{feff}a"] {
            assert_eq!(text.parse::<Name>(), Err(NameError::Invisible), "{text:?}");
        }
    }
}
