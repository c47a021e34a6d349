//! `bytea` in its hexadecimal form, which the sessions ask for.

/// `None` where the text is not `\x` and pairs of digits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.strip_prefix("\\x")?.as_bytes()).ok()
}
