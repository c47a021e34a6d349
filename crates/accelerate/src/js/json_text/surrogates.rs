//! Texts that JavaScript has and UTF-8 has not.

use super::scan::hex_unit;

const REPLACED: &[u8] = b"\\ufffd";

/// The JSON with U+FFFD in place of every surrogate that is not one of a pair, as JavaScript encodes such texts; none where there is none.
pub fn without_lone_surrogates(json: &str) -> Option<String> {
    let mut out = json.as_bytes().to_vec();
    let (mut at, mut found) = (0, false);
    while let Some(next) = out.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += next;
        // Whatever else is escaped: a backslash is no begin of the next escape.
        let length = match unit(&out, at) {
            None => 2,
            Some(0xd800..0xdc00) if unit(&out, at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low)) => 12,
            Some(0xd800..0xe000) => {
                out.get_mut(at..at + 6)?.copy_from_slice(REPLACED);
                found = true;
                6
            }
            Some(_) => 6,
        };
        at += length;
    }
    String::from_utf8(out).ok().filter(|_| found)
}

/// The unit that is escaped there.
fn unit(json: &[u8], at: usize) -> Option<u32> {
    hex_unit(json.get(at..)?.strip_prefix(b"\\u")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_pair_is_replaced_and_nothing_else() {
        for (json, wanted) in [
            (r#"["\ud83d"]"#, r#"["\ufffd"]"#),
            (r#"["\uDE00\ud83d x"]"#, r#"["\ufffd\ufffd x"]"#),
            (r#"["\ud83d\ud83d\ude00"]"#, r#"["\ufffd\ud83d\ude00"]"#),
            (r#"["\\\ud83d\n"]"#, r#"["\\\ufffd\n"]"#),
            (r#"["\ud83d"#, r#"["\ufffd"#),
        ] {
            assert_eq!(without_lone_surrogates(json).as_deref(), Some(wanted), "{json}");
        }
        for json in [r#"["\ud83d\ude00"]"#, r#"["\\ud83d"]"#, "[]", r#"["\u00e4", "\ud8"#, "\\"] {
            assert_eq!(without_lone_surrogates(json), None, "{json}");
        }
    }
}
