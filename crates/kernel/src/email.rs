//! Mail addresses.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A mail address in lower case, at most 254 characters: the identity of a user, compared as a whole.
///
/// The grammar is the browser's own for `<input type="email">`, so the form and the server agree, and a dot in the domain is not required: a
/// self-hosted mail server may well be `admin@localhost`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    #[error("Enter an email address.")]
    Empty,
    #[error("Enter an email address like name@example.com.")]
    Malformed,
}

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let valid = text.len() <= 254
            && (1..=64).contains(&local.len())
            && local.bytes().all(is_local)
            && domain.split('.').all(is_label);
        if valid { Ok(Self(text.to_ascii_lowercase())) } else { Err(EmailError::Malformed) }
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_to_lower_case() {
        assert_eq!(" Ada+Prod@Example.COM ".parse::<Email>().unwrap().as_str(), "ada+prod@example.com");
        assert!("admin@localhost".parse::<Email>().is_ok());
    }

    #[test]
    fn malformed_addresses_are_refused() {
        assert_eq!("".parse::<Email>(), Err(EmailError::Empty));
        for text in ["a", "@b", "a@", "a b@c", "a@b..c", "a@-b", "a@b-", "a@b@c d", "ä@b", "a@b\r\nBcc: x"] {
            assert_eq!(text.parse::<Email>(), Err(EmailError::Malformed), "{text}");
        }
        assert!(format!("{}@b", "a".repeat(65)).parse::<Email>().is_err());
    }
}
