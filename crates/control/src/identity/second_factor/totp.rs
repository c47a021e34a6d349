//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds, which is what every authenticator app speaks.
//!
//! Twenty lines over the HMAC that is in the tree anyway, held to the RFC's own vectors; a crate for it would bring URLs, QR codes and secrets of its
//! own, and leave the part that matters (a step counts once) to us all the same.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Email;
use sha1::Sha1;
use std::fmt::Write as _;
use time::OffsetDateTime;

/// Bytes of a secret: as long as SHA-1's output, as RFC 4226 recommends.
pub const SECRET_LEN: usize = 20;
const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;

/// The time step of a moment.
pub fn step(at: OffsetDateTime) -> i64 {
    at.unix_timestamp().div_euclid(STEP_SECONDS)
}

/// The code of one time step.
pub fn code(secret: &[u8], step: i64) -> u32 {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 0x0f);
    let word = u32::from_be_bytes([digest[at], digest[at + 1], digest[at + 2], digest[at + 3]]);
    (word & 0x7fff_ffff) % 10_u32.pow(DIGITS)
}

/// The step that the code belongs to: this one or a neighbour, for clocks that differ, and later than the last one that was used.
pub fn accept(secret: &[u8], typed: u32, now: OffsetDateTime, last_step: Option<i64>) -> Option<i64> {
    let current = step(now);
    (current - 1..=current + 1).find(|step| last_step.is_none_or(|last| *step > last) && code(secret, *step) == typed)
}

/// Six digits, however they are grouped.
pub fn parse(text: &str) -> Option<u32> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let well_formed = digits.len() == DIGITS as usize && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().ok()).flatten()
}

pub fn base32(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What a QR code says to the app.
pub fn url(secret: &[u8], email: &Email) -> String {
    let account = email.as_str().bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    format!(
        "otpauth://totp/Pentaprism:{account}?secret={}&issuer=Pentaprism&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        base32(secret)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            assert_eq!(code(SECRET, step(at)), expected % 1_000_000, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_once_and_for_one_step_around_its_own() {
        let now = OffsetDateTime::from_unix_timestamp(1_000_000_000).unwrap();
        let typed = code(SECRET, step(now));
        for (seconds, accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let at = now + Duration::seconds(seconds);
            assert_eq!(accept(SECRET, typed, at, None), accepted.then_some(step(now)), "{seconds}");
        }
        assert_eq!(accept(SECRET, typed, now, Some(step(now))), None);
        assert_eq!(accept(SECRET, typed, now, Some(step(now) - 1)), Some(step(now)));
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(parse(" 012 345 "), Some(12_345));
        for text in ["", "12345", "1234567", "12345a", "+12345", "１２３４５６"] {
            assert_eq!(parse(text), None, "{text}");
        }
        let url = url(SECRET, &"a+b@x.org".parse().unwrap());
        assert!(
            url.starts_with("otpauth://totp/Pentaprism:a%2Bb%40x.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"),
            "{url}"
        );
    }
}
