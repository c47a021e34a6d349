use super::*;

fn normalized(text: &str) -> Result<String, Malformed> {
    let mut out = b"x".to_vec();
    let result = write_normalized(&mut out, text);
    let written = String::from_utf8(out.split_off(1)).unwrap();
    assert!(result.is_ok() || written.is_empty());
    result.map(|()| written)
}

#[test]
fn prints_like_decimal_js() {
    for (text, expected) in [
        ("12.500000000000000000000000000000", "12.5"),
        ("00012", "12"),
        ("-1200", "-1200"),
        ("-0", "0"),
        ("-.0", "0"),
        ("+5.", "5"),
        (".5", "0.5"),
        ("0.00100", "0.001"),
        ("0.000001", "0.000001"),
        ("-0.000000000000000000", "0"),
        ("100.00", "100"),
        ("1e-6", "0.000001"),
        ("0.00000012300", "1.23e-7"),
        ("-0.0000001", "-1e-7"),
        ("123456789012345678901", "123456789012345678901"),
        ("1234567890123456789012", "1.234567890123456789012e+21"),
        ("1E+20", "100000000000000000000"),
        ("100e19", "1e+21"),
        ("0.12345e3", "123.45"),
        ("1_0.0_1e1_0", "100100000000"),
        ("1e9000000000000000", "1e+9000000000000000"),
        ("-1e9000000000000001", "-Infinity"),
        ("-1e-9000000000000001", "0"),
        ("1e99999999999999999999", "Infinity"),
        ("0e99999999999999999999", "0"),
        ("NaN", "NaN"),
        ("-NaN", "NaN"),
        ("+Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
    ] {
        assert_eq!(normalized(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn rejects_what_is_no_decimal() {
    for text in [
        "", ".", "-", "+-1", " 1", "1 ", "1e", "1e+", "1__0", "_1", "1_", "1_.0", "nan", "infinity", "1n", "1.2.3", "١",
    ] {
        assert_eq!(normalized(text), Err(Malformed), "{text}");
    }
}
