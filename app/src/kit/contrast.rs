//! Holds the tokens to WCAG: 4.5:1 for text, 3:1 for lines that mean something, in both themes.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Text on the grounds it stands on.
const TEXT: &[(&str, &[&str])] = &[
    ("ink", &["sunken", "canvas", "surface", "raised", "accent-soft", "ok-soft", "warn-soft", "danger-soft"]),
    ("muted", &["sunken", "canvas", "surface", "raised", "accent-soft"]),
    ("link", &["sunken", "canvas", "surface", "raised", "accent-soft", "ok-soft", "warn-soft", "danger-soft"]),
    ("ok", &["canvas", "surface", "raised", "ok-soft", "sunken"]),
    ("warn", &["canvas", "surface", "raised", "warn-soft"]),
    ("danger", &["canvas", "surface", "raised", "danger-soft"]),
    ("on-accent", &["accent", "accent-hover", "danger-solid", "danger-solid-hover"]),
];

/// Borders of fields, focus rings, the line under a tab.
const LINES: &[(&str, &[&str])] = &[
    ("edge", &["canvas", "surface", "raised"]),
    ("focus", &["canvas", "surface", "raised", "sunken", "accent-soft"]),
    ("accent", &["canvas", "surface", "raised"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    Light,
    Dark,
}

/// The relative luminance of `oklch(L C H)`.
fn luminance(oklch: &str) -> f64 {
    let inside = oklch.trim().strip_prefix("oklch(").and_then(|rest| rest.strip_suffix(')')).unwrap();
    let numbers: Vec<f64> = inside.split(' ').map(|number| number.parse().unwrap()).collect();
    let [l, c, h] = numbers[..] else { panic!("{oklch}") };
    let (b, a) = (h.to_radians().sin() * c, h.to_radians().cos() * c);
    let cube = |value: f64| value * value * value;
    let l_ = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m_ = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s_ = cube(l - 0.089_484_177_5 * a - 1.291_485_548 * b);
    let red = 4.076_741_662_1 * l_ - 3.307_711_591_3 * m_ + 0.230_969_929_2 * s_;
    let green = -1.268_438_004_6 * l_ + 2.609_757_401_1 * m_ - 0.341_319_396_5 * s_;
    let blue = -0.004_196_086_3 * l_ - 0.703_418_614_7 * m_ + 1.707_614_701 * s_;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

fn ratio(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The luminance of every opaque colour in one theme.
fn colours(theme: Theme) -> HashMap<&'static str, f64> {
    let values = TOKENS.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--color-")?.split_once(": light-dark(")?;
        let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
        let value = if theme == Theme::Light { light } else { dark };
        (!value.contains('/')).then(|| (name, luminance(value)))
    });
    values.collect()
}

fn assert_at_least(least: f64, pairs: &[(&str, &[&str])]) {
    let mut short = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        let colours = colours(theme);
        for (front, grounds) in pairs {
            for ground in *grounds {
                let got = ratio(colours[front], colours[ground]);
                if got < least {
                    short.push(format!("{theme:?}: {front} on {ground} is {got:.2}:1"));
                }
            }
        }
    }
    assert!(short.is_empty(), "below {least}:1\n{}", short.join("\n"));
}

#[test]
fn text_has_four_and_a_half_to_one() {
    assert_at_least(4.5, TEXT);
}

#[test]
fn lines_that_mean_something_have_three_to_one() {
    assert_at_least(3.0, LINES);
}

#[test]
fn the_conversion_knows_white_black_and_a_grey() {
    assert!((luminance("oklch(1 0 0)") - 1.0).abs() < 0.001);
    assert!(luminance("oklch(0 0 0)").abs() < 0.001);
    // #767676 is the lightest grey that has 4.5:1 on white.
    assert!((ratio(luminance("oklch(0.5660 0 0)"), 1.0) - 4.54).abs() < 0.06);
}
