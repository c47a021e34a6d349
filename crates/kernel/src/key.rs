//! The format of an API key: `ppk_`, 30 base-62 characters (178 random bits), and a CRC-32 of the body in 6 more.
//!
//! Letters, digits and the underscore only, so a double click selects the whole key. The checksum lets a scanner tell a leaked key from noise,
//! and the server refuse noise, without asking anyone.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What every API key starts with.
pub const PREFIX: &str = "ppk_";
/// Random characters after the prefix: 62^30 is about 2^178.
pub const BODY_LEN: usize = 30;
const CHECKSUM_LEN: usize = 6;
/// The whole key in characters.
pub const LEN: usize = PREFIX.len() + BODY_LEN + CHECKSUM_LEN;
/// The alphabet of the body and the checksum.
pub const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The text of a new key from its random body.
///
/// # Panics
/// If the body is not `BODY_LEN` characters of `BASE62`: that is a fault in the caller's generator.
pub fn assemble(body: &str) -> String {
    assert!(is_base62(body) && body.len() == BODY_LEN, "the body of a key is {BODY_LEN} base-62 characters");
    let sum = checksum(body);
    format!("{PREFIX}{body}{}", sum.iter().copied().map(char::from).collect::<String>())
}

/// Whether the text has the form of a key and its checksum is right. Says nothing of whether the key exists.
pub fn is_well_formed(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else { return false };
    if text.len() != LEN || !is_base62(rest) {
        return false;
    }
    let (body, sum) = rest.split_at(BODY_LEN);
    sum.as_bytes() == checksum(body)
}

/// The first characters of a key that are kept for display, as `ppk_4f9A`; the last four are kept too.
pub fn visible_parts(key: &str) -> (String, String) {
    (key[..PREFIX.len() + 4].to_owned(), key[key.len() - 4..].to_owned())
}

fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn checksum(body: &str) -> [u8; CHECKSUM_LEN] {
    let mut rest = crc32(body.as_bytes());
    let mut out = [b'0'; CHECKSUM_LEN];
    for slot in out.iter_mut().rev() {
        *slot = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    out
}

/// CRC-32 (IEEE 802.3), byte by byte: every request pays for it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (crc >> 8) ^ CRC_OF_BYTE[usize::from(crc as u8 ^ byte)])
}

const CRC_OF_BYTE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// What a key may do with the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rights {
    Full,
    ReadOnly,
}

impl Rights {
    pub const ALL: [Self; 2] = [Self::Full, Self::ReadOnly];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "read_only",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Full => "Full access",
            Self::ReadOnly => "Read only",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose full or read_only.")]
pub struct ParseRightsError;

impl std::str::FromStr for Rights {
    type Err = ParseRightsError;
    fn from_str(text: &str) -> Result<Self, ParseRightsError> {
        Self::ALL.into_iter().find(|rights| rights.as_str() == text).ok_or(ParseRightsError)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "0123456789ABCDEFGHIJKLMNOPQRST";

    #[test]
    fn a_key_is_well_formed_and_any_change_of_one_character_is_not() {
        let key = assemble(BODY);
        assert_eq!(key.len(), LEN);
        assert!(is_well_formed(&key));
        for at in 0..key.len() {
            let mut bytes = key.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            assert!(!is_well_formed(&String::from_utf8(bytes).unwrap()), "changed at {at}");
        }
        for text in ["", "ppk_", &key[1..], &format!("{key}0"), "ppk_é"] {
            assert!(!is_well_formed(text));
        }
    }

    #[test]
    fn the_checksum_is_the_standard_crc() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(visible_parts(&assemble(BODY)).0, "ppk_0123");
    }
}
