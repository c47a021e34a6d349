use super::*;

#[test]
fn turns_hex_into_base64() {
    for (hex, expected) in [
        ("", ""),
        ("61", "YQ=="),
        ("6162", "YWI="),
        ("616263", "YWJj"),
        ("fbFFbf00", "+/+/AA=="),
        ("000000000000", "AAAAAAAA"),
    ] {
        let mut out = Vec::new();
        assert_eq!(base64_of_hex(&mut out, hex.as_bytes()), Ok(()));
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    for hex in ["6", "616", "6g", "g6", "61626x", "61é"] {
        let mut out = Vec::new();
        assert_eq!(base64_of_hex(&mut out, hex.as_bytes()), Err(Malformed), "{hex}");
        assert!(out.is_empty());
    }
}

#[test]
fn decodes_like_node() {
    for (text, expected) in [
        ("", &b""[..]),
        ("Y", b""),
        ("YQ", b"a"),
        ("YQ==", b"a"),
        ("YR==", b"a"),
        ("YWI", b"ab"),
        ("Y W\nJj", b"abc"),
        ("YWJjZ", b"abc"),
        ("!!!YWJj", b"abc"),
        ("YWJj=YWJj", b"abc"),
        ("Y=WJj", b""),
        ("-_-_", b"\xfb\xff\xbf"),
        ("+/-_", b"\xfb\xff\xbf"),
        ("YWJj\u{e9}ZGVm", b"abcdef"),
        ("YW\u{141}J", b"a\x60\x09"),
    ] {
        assert_eq!(decode_base64(text), expected, "{text}");
    }
}

#[test]
fn reencodes_base64() {
    for (text, expected) in [
        ("", ""),
        ("YWJj", "YWJj"),
        ("YWI=", "YWI="),
        ("YWJ=", "YWI="),
        ("YQ==", "YQ=="),
        ("YR==", "YQ=="),
        ("YQ", "YQ=="),
        ("-_-_", "+/+/"),
        ("YWJjYQ==YWJj", "YWJjYQ=="),
        ("=WJj", ""),
        ("YWJj\n", "YWJj"),
        ("Y===", ""),
    ] {
        let mut out = Vec::new();
        like_base64(&mut out, text);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
    }
}
