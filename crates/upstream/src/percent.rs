//! Percent-encoding as libpq reads it: strict, and without the `+` of web forms.

use std::fmt::Write;

use crate::ParseError;

/// Decodes `%xx` in one part of a URL; `part` names it in errors.
///
/// Like libpq, and unlike browsers, refuses a `%` that two hex digits do not follow, and `%00`: two readers that
/// disagree about a string are how a check is slipped past.
pub(crate) fn decode(part: &'static str, text: &str) -> Result<String, ParseError> {
    let bad = || ParseError::BadEncoding { part };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let decoded = hex(rest.next()).zip(hex(rest.next())).map(|(high, low)| high << 4 | low).ok_or_else(bad)?;
        if decoded == 0 {
            return Err(ParseError::NulByte { part });
        }
        bytes.push(decoded);
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

fn hex(digit: Option<u8>) -> Option<u8> {
    char::from(digit?).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Encodes all but the unreserved characters of RFC 3986, so that every reader of URLs reads the same.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for text in ["", "plain", "p@ss:w/rd?#%&=+ \\", "ünï©ødé 🦀", "\u{1}\u{7f}"] {
            assert_eq!(decode("password", &encode(text)).unwrap(), text);
        }
    }

    #[test]
    fn a_plus_is_a_plus() {
        assert_eq!(decode("password", "a+b%2B").unwrap(), "a+b+");
    }

    #[test]
    fn torn_nul_and_non_utf8_escapes_are_refused() {
        for text in ["%", "%4", "%zz", "a%2", "%+1", "%ff", "%c3%28"] {
            assert_eq!(decode("user", text), Err(ParseError::BadEncoding { part: "user" }), "{text}");
        }
        assert_eq!(decode("user", "a%00b"), Err(ParseError::NulByte { part: "user" }));
    }
}
