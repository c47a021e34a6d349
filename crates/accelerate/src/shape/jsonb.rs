//! The text of a `jsonb` inside a JSON string, without a look at what Postgres has checked already.

use crate::js::json_text::{NumberShape, is_plain};

/// Appends `JSON.stringify(JSON.parse(text))` with its quotes escaped, for a text that Postgres printed of a `jsonb`: sound JSON, with a blank behind each
/// comma and colon, and no key twice.
///
/// `None` where JavaScript would change more than the blanks (keys that are array indices, numbers of another form) and for texts with escapes or beyond
/// ASCII. Nothing is appended then.
pub fn write(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    let start = out.len();
    out.reserve(text.len() + 16);
    let written = tokens(out, text);
    if written.is_none() {
        out.truncate(start);
    }
    written
}

fn tokens(out: &mut Vec<u8>, mut rest: &[u8]) -> Option<()> {
    while let [first, after @ ..] = rest {
        rest = match first {
            b' ' => after,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                out.push(*first);
                after
            }
            b'"' => {
                let (string, after) = after.split_at_checked(memchr::memchr(b'"', after)?)?;
                let after = after.get(1..)?;
                let is_index = after.first() == Some(&b':') && string.first().is_some_and(u8::is_ascii_digit);
                (is_plain(string) && !is_index).then_some(())?;
                out.extend_from_slice(b"\\\"");
                out.extend_from_slice(string);
                out.extend_from_slice(b"\\\"");
                after
            }
            b'-' | b'0'..=b'9' => {
                let number = NumberShape::of(rest).filter(|number| number.is_shortest)?;
                let (number, after) = rest.split_at_checked(number.len)?;
                out.extend_from_slice(number);
                after
            }
            _ => {
                let word = [&b"true"[..], b"false", b"null"].into_iter().find(|word| rest.starts_with(word))?;
                out.extend_from_slice(word);
                rest.get(word.len()..)?
            }
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::js::json_text;

    #[test]
    fn what_is_written_is_what_javascript_makes_of_it() {
        for text in [
            r#"{"k": [1, 2], "name": "a b", "x": {"y": null}}"#,
            r#"[true, false, null, -1.5, 0, {}, []]"#,
            r#""a text""#,
            "12",
            r#"{"a": ":", "b": "{,}"}"#,
        ] {
            let (mut normalized, mut wanted, mut written) = (Vec::new(), Vec::new(), Vec::new());
            json_text::write_normalized(&mut normalized, text).unwrap();
            json_text::write_string(&mut wanted, std::str::from_utf8(&normalized).unwrap());
            written.push(b'"');
            write(&mut written, text.as_bytes()).unwrap();
            written.push(b'"');
            assert_eq!(String::from_utf8(written), String::from_utf8(wanted), "{text}");
        }
    }

    #[test]
    fn whatever_needs_more_is_left_to_others() {
        for text in [
            r#"{"1": 2}"#,
            r#"{"a": 1.0}"#,
            r#"["\n"]"#,
            r#"["ä"]"#,
            "1e5",
            "12345678901234567890",
            "-0",
            r#"{"a": tru}"#,
            r#"["a"#,
        ] {
            let mut out = b"before".to_vec();
            assert_eq!((write(&mut out, text.as_bytes()), &*out), (None, &b"before"[..]), "{text}");
        }
    }
}
