//! Utility classes to declarations for `style="…"`, which is all that mail programs read.

use tailwind_css::TailwindBuilder;

/// The declarations of some utility classes, in units and colours that old mail programs know: `px` and `#rrggbb`.
///
/// The engine knows most of Tailwind and not all of it; a class that it does not know is a fault of the template, which the tests find.
pub fn inline(classes: &str) -> String {
    match TailwindBuilder::default().inline(classes) {
        // The longhand of underlining is younger than many mail programs.
        Ok((_, declarations)) => {
            plain_colors(&plain_units(&declarations)).replace("text-decoration-line:", "text-decoration:")
        }
        Err(error) => {
            tracing::error!(classes, error = %error, "a mail template uses a class that cannot be inlined");
            String::new()
        }
    }
}

/// `1.5rem` to `24px`: mail has no root whose size a reader could have set.
fn plain_units(declarations: &str) -> String {
    replace(declarations, |value| {
        let rem = value.strip_suffix("rem")?.parse::<f64>().ok()?;
        Some(format!("{}px", rem * 16.0))
    })
}

/// `rgba(24, 24, 27, 1)` to `#18181b`.
fn plain_colors(declarations: &str) -> String {
    replace(declarations, |value| {
        let parts = value.strip_prefix("rgba(")?.strip_suffix(", 1)")?;
        let bytes = parts.split(", ").map(|part| part.parse::<u8>().ok()).collect::<Option<Vec<_>>>()?;
        Some(bytes.iter().fold("#".to_owned(), |hex, byte| format!("{hex}{byte:02x}")))
    })
}

/// Each declaration's value as `to` says, or as it was.
fn replace(declarations: &str, to: impl Fn(&str) -> Option<String>) -> String {
    let parts = declarations.split_terminator(';').map(|declaration| match declaration.split_once(':') {
        Some((property, value)) => format!("{property}:{};", to(value).unwrap_or_else(|| value.to_owned())),
        None => format!("{declaration};"),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_become_declarations_that_mail_programs_know() {
        assert_eq!(inline("p-6 bg-zinc-900"), "background-color:#18181b;padding:24px;");
        assert_eq!(inline("mx-auto w-full"), "margin-left:auto;margin-right:auto;width:100%;");
    }

    #[test]
    fn an_unknown_class_styles_nothing() {
        assert_eq!(inline("max-w-lg"), "");
    }
}
