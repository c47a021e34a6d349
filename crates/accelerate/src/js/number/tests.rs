use super::*;

fn json(v: f64) -> String {
    let mut out = Vec::new();
    write_f64(&mut out, v);
    String::from_utf8(out).unwrap()
}

#[test]
fn prints_like_javascript() {
    for (v, expected) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-12.5, "-12.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (0.000_001, "0.000001"),
        (-0.000_001_234, "-0.000001234"),
        (0.000_000_1, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (9_007_199_254_740_991.0, "9007199254740991"),
        (9_007_199_254_740_992.0, "9007199254740992"),
        (1e20, "100000000000000000000"),
        (123_456_789_012_345_680_000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.234_567_890_123_456_9e23, "-1.2345678901234569e+23"),
        (f64::MAX, "1.7976931348623157e+308"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(json(v), expected);
        assert_eq!(write_string(v), expected);
    }
}

#[test]
fn prints_the_non_finite() {
    for (v, name) in [(f64::NAN, "NaN"), (f64::INFINITY, "Infinity"), (f64::NEG_INFINITY, "-Infinity")] {
        assert_eq!(json(v), "null");
        assert_eq!(write_string(v), name);
    }
}

#[test]
fn parses_like_javascript() {
    for (text, expected) in [
        ("", 0.0),
        (" \n\u{feff}", 0.0),
        ("\u{a0}1\u{2028}", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("+1e5", 1e5),
        ("-1E-3", -0.001),
        ("1e1000", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
        ("0x1F", 31.0),
        ("0B101", 5.0),
        ("0o17", 15.0),
        ("0x20000000000001", 9_007_199_254_740_992.0),
        ("0x20000000000003", 9_007_199_254_740_996.0),
        ("0x10000000000000810000000000000000000000001", 1.461_501_637_330_903_2e48),
    ] {
        assert_eq!(parse(text).to_bits(), expected.to_bits(), "{text:?}");
    }
    assert!(parse("-0").is_sign_negative());
    assert_eq!(parse(&format!("0x{}", "f".repeat(256))).to_bits(), f64::INFINITY.to_bits());
}

#[test]
fn rejects_what_javascript_rejects() {
    for text in [
        "1_0", "nan", "inf", "infinity", ".", "+", "-", "1e", "0x", "-0x1", "0b2", "0x1p3", "1f", "\u{85}1", "1 2",
        "--1",
    ] {
        assert!(parse(text).is_nan(), "{text:?}");
    }
}

#[test]
fn knows_safe_integers() {
    assert!(is_safe_integer(-9_007_199_254_740_991.0));
    assert!(is_safe_integer(-0.0));
    for v in [9_007_199_254_740_992.0, 0.5, f64::NAN, f64::INFINITY] {
        assert!(!is_safe_integer(v));
    }
}
