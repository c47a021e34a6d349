//! Names and texts inside of SQL, for commands that take no parameters.

/// `"name"`.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// `'text'`. Sessions are opened with `standard_conforming_strings`, so that a backslash is one.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_quotation() {
        assert_eq!(identifier("a\"; drop \0table b"), "\"a\"\"; drop table b\"");
        assert_eq!(literal("it's \\' so"), "'it''s \\'' so'");
    }
}
