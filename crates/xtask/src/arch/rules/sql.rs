//! SQL has its places.

use crate::arch::{Finding, Rule, Source};

/// Macros and functions of sqlx that take SQL.
const CALLS: [&str; 8] = [
    "query",
    "query_as",
    "query_scalar",
    "query_file",
    "query_file_as",
    "query_file_scalar",
    "raw_sql",
    "query_unchecked",
];

pub const RULE: Rule = Rule {
    says: "SQL is written in files named store.rs of crates/, in crates/studio and in tests; never in a face",
    remedy: "move the query into the store.rs beside the operation, and call the operation",
    check: |facts| {
        let mut findings = Vec::new();
        for source in facts.sources.iter().filter(|source| !may_hold_sql(source)) {
            for mention in &source.mentions {
                let name = mention.path.last().map(String::as_str).unwrap_or_default();
                let call = CALLS.contains(&name) && (mention.is_macro || mention.is_into("sqlx"));
                if call || mention.path.iter().any(|part| part == "QueryBuilder" || part == "AssertSqlSafe") {
                    findings.push(Finding::new(source.at(mention.line), format!("uses `{}`", mention.shown())));
                }
            }
        }
        findings
    },
};

fn may_hold_sql(source: &Source) -> bool {
    let store = source.path.starts_with("crates/") && source.path.ends_with("/store.rs");
    store || source.is_test() || ["studio", "testkit", "xtask"].contains(&source.krate())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::rules::fixture::in_source;

    #[test]
    fn sql_outside_a_store_is_found() {
        let path = "crates/control/src/keys/create.rs";
        assert_eq!(
            in_source(&RULE, path, "fn f() { sqlx::query!(\"select 1\"); }"),
            [format!("{path}:1: uses `sqlx::query!`")]
        );
        assert_eq!(in_source(&RULE, "src/web/store.rs", "fn f() { sqlx::query(\"select 1\"); }").len(), 1);
        assert_eq!(in_source(&RULE, path, "fn f() { query_as!(A, \"select 1\"); sqlx::raw_sql(\"\"); }").len(), 2);
    }

    #[test]
    fn stores_studio_and_tests_may_hold_sql() {
        for path in ["crates/control/src/keys/store.rs", "crates/studio/src/rows.rs", "crates/control/tests/it/keys.rs"]
        {
            assert!(in_source(&RULE, path, "fn f() { sqlx::query!(\"select 1\"); }").is_empty(), "{path}");
        }
    }

    #[test]
    fn another_function_of_that_name_is_not_ours_to_judge() {
        assert!(in_source(&RULE, "app/src/model/search.rs", "fn f() { url.query(); request::query(); }").is_empty());
    }
}
