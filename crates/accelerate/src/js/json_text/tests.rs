use std::fmt::Write as _;

use super::*;

fn normalized(text: &str) -> Option<String> {
    let mut out = b"x".to_vec();
    let result = write_normalized(&mut out, text);
    let written = String::from_utf8(out.split_off(1)).unwrap();
    assert!(result.is_ok() || written.is_empty());
    result.ok().map(|()| written)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(normalized(text).as_deref(), Some(expected), "{text}");
    assert_eq!(normalized(expected).as_deref(), Some(expected));
}

#[test]
fn drops_white_space() {
    check(
        " \n\t\r{ \"a\" : [ 1 , true , null , false , { } , [ ] ] , \"b\" : \"\" } ",
        r#"{"a":[1,true,null,false,{},[]],"b":""}"#,
    );
}

#[test]
fn prints_numbers_as_doubles() {
    check(
        "[-0,-0.0,1e400,1E5,1.50,0.1e-6,0.000001,0.0000001,123456789012345,123456789012345678901234,9007199254740993,12.5]",
        "[0,0,null,100000,1.5,1e-7,0.000001,1e-7,123456789012345,1.2345678901234569e+23,9007199254740992,12.5]",
    );
}

#[test]
fn escapes_only_where_needed() {
    check(
        r#""\ud83d\ude00 \ud83d x \ude00\ud83d \uDC00 \ud83d\ud83d\ude00 \u2028 \u007f \/ \u0041\u0008\u000b\u001F\u0022\u005c\n""#,
        "\"😀 \\ud83d x \\ude00\\ud83d \\udc00 \\ud83d😀 \u{2028} \u{7f} / A\\b\\u000b\\u001f\\\"\\\\\\n\"",
    );
}

#[test]
fn orders_keys() {
    check(
        r#"{"4294967295":1,"4294967294":2,"a":0,"01":1,"1":5,"0":3,"-1":2,"1.5":2,"a":9,"1":7}"#,
        r#"{"0":3,"1":7,"4294967294":2,"4294967295":1,"a":9,"01":1,"-1":2,"1.5":2}"#,
    );
    check(
        r#"{"\u0061":1,"b":{"c":0,"c":[{"2":1,"1":2}]},"a":2,"__proto__":1}"#,
        r#"{"a":2,"b":{"c":[{"1":2,"2":1}]},"__proto__":1}"#,
    );
}

#[test]
fn finds_repeated_keys_in_large_objects() {
    let mut text = String::from("{");
    for n in (0..40).rev() {
        write!(text, "\"k{n}\":0,").unwrap();
    }
    let distinct = format!("{}}}", text.trim_end_matches(','));
    check(&distinct, &distinct);
    check(&format!("{text}\"k39\":1}}"), &distinct.replacen(":0", ":1", 1));
}

#[test]
fn rejects_what_is_not_json() {
    for text in [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e+",
        "tru",
        "nulL",
        "truex",
        "1 2",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\u{1}\"",
        "\"\n\"",
        "\u{feff}1",
        "\u{a0}1",
        "'a'",
        "NaN",
        "\"\\ud83d\\u\"",
        "[1}",
        "{\"a\":1]",
        "\"\\é\"",
    ] {
        assert_eq!(normalized(text), None, "{text:?}");
    }
}

#[test]
fn bounds_the_depth() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    check(&nested(MAX_DEPTH), &nested(MAX_DEPTH));
    assert_eq!(normalized(&nested(MAX_DEPTH + 1)), None);
    assert_eq!(normalized(&"{\"a\":".repeat(100_000)), None);
    let wide = format!("[{}[]]", "[],".repeat(2 * MAX_DEPTH));
    check(&wide, &wide);
}

#[test]
fn writes_strings() {
    for (text, expected) in [
        ("", r#""""#),
        ("plain text longer than a block", r#""plain text longer than a block""#),
        (
            "a\"b\\c/\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}é😀\u{2028}",
            "\"a\\\"b\\\\c/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}é😀\u{2028}\"",
        ),
        ("0123456789abcdef\n0123456789abcdef\"", r#""0123456789abcdef\n0123456789abcdef\"""#),
    ] {
        let mut out = Vec::new();
        write_string(&mut out, text);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn a_text_is_plain_that_stands_for_itself_in_ascii() {
    for length in [1, 7, 8, 9, 16, 21] {
        for at in 0..length {
            for byte in 0..=u8::MAX {
                let mut text = vec![b'x'; length];
                text[at] = byte;
                let wanted = matches!(byte, b' '..=0x7f) && byte != b'"' && byte != b'\\';
                assert_eq!(is_plain(&text), wanted, "{byte:#x} at {at} of {length}");
            }
        }
    }
    assert!(is_plain(b""));
}
