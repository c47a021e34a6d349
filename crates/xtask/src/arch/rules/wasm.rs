//! What reaches the browser.

use crate::arch::{Finding, Rule};

/// Crates of the server; one of them in the islands means that a feature leaked.
const SERVER: [&str; 12] = [
    "argon2",
    "axum",
    "control",
    "hyper",
    "mio",
    "openssl",
    "provisioning",
    "ring",
    "rustls",
    "sqlx",
    "tokio",
    "upstream",
];

pub const RULE: Rule = Rule {
    says: "the wasm build is free of server crates",
    remedy: "make the dependency optional under app's feature `ssr`; `cargo tree -p frontend --target wasm32-unknown-unknown -e normal -i NAME` shows the way it came",
    check: |facts| {
        let mut leaked: Vec<_> = facts.wasm.iter().filter(|name| SERVER.contains(&name.as_str())).collect();
        leaked.sort();
        leaked.dedup();
        leaked
            .into_iter()
            .map(|name| Finding::new("Cargo.toml of frontend", format!("brings `{name}` to the browser")))
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Facts;
    use crate::arch::rules::fixture::shown;

    #[test]
    fn a_server_crate_in_the_browser_is_found_once() {
        let wasm = ["frontend", "leptos", "tokio", "tokio"].map(str::to_owned).to_vec();
        let facts = Facts { wasm, ..Facts::default() };
        assert_eq!(shown(&RULE, &facts), ["Cargo.toml of frontend: brings `tokio` to the browser"]);
    }
}
