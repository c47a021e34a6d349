//! Reads the class literals of the kit and the islands: each parses, none repeats a class, no two classes of one literal set the same property.
//!
//! A literal is a quoted text on a line that speaks of `class`, and every quoted text that begins with `btn`. `tailwind-ast` takes all of their
//! syntax; `size-full` and `[72ch]` included.

use std::collections::HashSet;
use std::path::Path;
use tailwind_ast::{AstStyle, parse_tailwind};

const SIZES: [&str; 7] = ["xs", "s", "base", "md", "lg", "xl", "2xl"];
const WEIGHTS: [&str; 3] = ["normal", "medium", "semibold"];
const DISPLAYS: [&str; 6] = ["block", "flex", "grid", "hidden", "inline-block", "inline-flex"];

/// Every class literal with the file it stands in.
fn literals() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for folder in ["kit", "islands"] {
        for entry in std::fs::read_dir(src.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("literals.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                    found.extend(quoted(line).map(|literal| (path.display().to_string(), literal.to_owned())));
                }
            }
        }
    }
    found
}

fn quoted(line: &str) -> impl Iterator<Item = &str> {
    let speaks = line.contains("class");
    let of_class = move |text: &&str| {
        let classes = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || " -_:[].".contains(c));
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '-');
        classes && starts && (speaks || text.starts_with("btn"))
    };
    line.split('"').skip(1).step_by(2).filter(of_class)
}

/// What a class sets, as far as it is plain from its name; classes of the kit's own stylesheet set no one thing.
fn property(style: &AstStyle) -> Option<String> {
    let (last, rest) = style.elements.split_last()?;
    let name = style.elements.join("-");
    let property = match rest.join("-").as_str() {
        _ if DISPLAYS.contains(&name.as_str()) => "display".to_owned(),
        "text" if SIZES.contains(last) => "font-size".to_owned(),
        "text" if ["left", "center", "right", "balance"].contains(last) => format!("text-{last}"),
        "font" if WEIGHTS.contains(last) => "font-weight".to_owned(),
        "font" => "font-family".to_owned(),
        prefix @ ("m" | "mt" | "mb" | "ml" | "mr" | "p" | "px" | "py" | "pt" | "pb" | "gap" | "gap-x" | "gap-y"
        | "w" | "h" | "size" | "min-w" | "max-w" | "items" | "justify" | "tracking" | "text") => prefix.to_owned(),
        _ => return None,
    };
    Some(format!("{:?} {property}", style.variants))
}

#[test]
fn every_class_literal_parses_and_contradicts_itself_nowhere() {
    let literals = literals();
    assert!(literals.len() > 150, "only {} literals were found", literals.len());
    let mut faults = Vec::new();
    for (file, literal) in &literals {
        let words: Vec<_> = literal.split_whitespace().collect();
        let styles = parse_tailwind(literal).unwrap_or_default();
        if styles.len() != words.len() {
            faults.push(format!("{file}: `{literal}` parses as {} classes", styles.len()));
        }
        if words.iter().collect::<HashSet<_>>().len() != words.len() {
            faults.push(format!("{file}: `{literal}` repeats a class"));
        }
        let mut set = HashSet::new();
        for style in &styles {
            if property(style).is_some_and(|property| !set.insert(property)) {
                faults.push(format!("{file}: `{literal}` sets one thing twice, last by {style:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn contradictions_are_seen() {
    let properties = |classes| parse_tailwind(classes).unwrap().iter().filter_map(property).collect::<Vec<_>>();
    let same = properties("mt-1 mt-2");
    assert_eq!(same[0], same[1]);
    let different = properties("text-xs text-muted mt-1 sm:mt-2 font-mono font-medium");
    assert_eq!(different.iter().collect::<HashSet<_>>().len(), 6, "{different:?}");
}
