//! The icons: one SVG sprite of the Lucide drawings that `style/icons.txt` names, one a line.

use std::path::Path;

use anyhow::{Result, bail};

use super::Parts;
use crate::files;
use crate::fingerprint::{Inputs, cached};
use crate::ui::Ui;
use crate::workspace::Workspace;

const LIST: &str = "style/icons.txt";
const DRAWINGS: &str = "style/node_modules/lucide-static/icons";

/// Makes `icons.svg`; `<use href="/icons.<hash>.svg#NAME">` shows one.
pub fn make(workspace: &Workspace, ui: &Ui, parts: &Parts) -> Result<()> {
    let list = workspace.path(LIST);
    let inputs = Inputs::new().file(&list)?.file(&workspace.path("style/package-lock.json"))?;
    cached(workspace, ui, "Icons", inputs, std::slice::from_ref(&parts.icons), |_| {
        if !list.is_file() {
            bail!("{LIST} is missing: it names the icons of the console, one a line (https://lucide.dev/icons).");
        }
        let mut symbols = Vec::new();
        for name in names(&files::read_text(&list)?) {
            symbols.push(symbol(name, &drawing(&workspace.path(DRAWINGS), name)?)?);
        }
        files::write(&parts.icons, sprite(&symbols).as_bytes())
    })?;
    Ok(())
}

/// The names of a list; `#` begins a comment.
fn names(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|name| !name.is_empty())
}

fn drawing(drawings: &Path, name: &str) -> Result<String> {
    let file = drawings.join(name).with_extension("svg");
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain || !file.is_file() {
        bail!(
            "{LIST}: Lucide has no icon `{name}`. Look for its name at https://lucide.dev/icons, or take the line out."
        );
    }
    files::read_text(&file)
}

/// The inside of a drawing, on one line.
fn symbol(name: &str, drawing: &str) -> Result<String> {
    let inside = drawing.split_once("<svg").and_then(|(_, rest)| rest.split_once('>'));
    let Some(shapes) = inside.and_then(|(_, rest)| rest.rsplit_once("</svg>")).map(|(shapes, _)| shapes) else {
        bail!("the drawing of `{name}` is no SVG");
    };
    let shapes: String = shapes.lines().map(str::trim).collect();
    Ok(format!(r#"<symbol id="{name}" viewBox="0 0 24 24">{}</symbol>"#, shapes.replace(" />", "/>")))
}

/// The symbols inherit the pen from whoever uses them, and this one where nobody says anything.
fn sprite(symbols: &[String]) -> String {
    let pen = r#"fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round""#;
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {pen}>\n{}\n</svg>\n", symbols.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_have_comments_and_empty_lines() {
        assert_eq!(names("copy\n\n# navigation\nsearch # palette\n").collect::<Vec<_>>(), ["copy", "search"]);
    }

    #[test]
    fn a_drawing_becomes_a_symbol() {
        let drawing =
            "<!-- @license -->\n<svg\n  class=\"lucide\"\n>\n  <rect width=\"14\" />\n  <path d=\"M4\" />\n</svg>\n";
        let expected = r#"<symbol id="copy" viewBox="0 0 24 24"><rect width="14"/><path d="M4"/></symbol>"#;
        assert_eq!(symbol("copy", drawing).unwrap(), expected);
    }

    #[test]
    fn an_unknown_name_is_an_error_that_says_so() {
        let error = drawing(Path::new("/nowhere"), "no-such-icon").unwrap_err().to_string();
        assert!(error.contains("no icon `no-such-icon`"), "{error}");
    }
}
