//! One door to customers' databases: the denied address ranges hold only while nobody else dials.

use crate::arch::{Finding, Rule};

/// Every crate that can open a connection to a Postgres.
const CLIENTS: [&str; 12] = [
    "bb8-postgres",
    "deadpool-postgres",
    "diesel",
    "pgwire",
    "pgwire-replication",
    "postgres",
    "postgres-native-tls",
    "sea-orm",
    "sqlx",
    "sqlx-postgres",
    "tokio-postgres",
    "tokio-postgres-rustls",
];

/// Who has sqlx, for databases that are Pentaprism's own.
const OWN_DATABASES: [&str; 5] = ["control", "pentaprism", "provisioning", "testkit", "xtask"];

/// Who may open a socket by itself.
const DIALS: [&str; 4] = ["upstream", "provisioning", "testkit", "xtask"];

/// Who may reach what is not a customer's: other nodes, and the control database.
const DOORS: [(&str, &str); 4] = [
    ("HttpConnector", "src/nodes/peers.rs"),
    ("PgPoolOptions", "src/boot/parts.rs"),
    ("PgConnectOptions", "src/boot/parts.rs"),
    ("PgPoolOptions", "crates/control/src/keys/verify/listen.rs"),
];

/// What opens a connection wherever it stands.
const OPENERS: [&str; 6] =
    ["TcpSocket", "UnixStream", "HttpConnector", "PgPoolOptions", "PgConnection", "PgConnectOptions"];

/// Clients of Redis and Valkey.
const CACHES: [&str; 5] = ["bb8-redis", "deadpool-redis", "fred", "redis", "rustis"];

pub const DRIVERS: Rule = Rule {
    says: "only upstream has a Postgres driver; control, provisioning, the server, testkit and xtask have sqlx, for our own database",
    remedy: "take a connection from upstream, which checks the address that it dials",
    check: |facts| {
        let mut findings = Vec::new();
        for package in facts.packages.iter().filter(|package| package.name != "upstream") {
            let own = OWN_DATABASES.contains(&package.name.as_str());
            for used in package.needs().filter(|used| CLIENTS.contains(&used.name.as_str())) {
                if !(own && used.name == "sqlx") {
                    findings.push(Finding::new(
                        format!("Cargo.toml of {}", package.name),
                        format!("depends on `{}`", used.name),
                    ));
                }
            }
        }
        findings
    },
};

pub const SOCKETS: Rule = Rule {
    says: "only upstream dials: nobody else calls tokio_postgres::connect or opens a socket, an HTTP client or a pool (tests may), but for other nodes and the control database",
    remedy: "take a connection from upstream, which checks the address that it dials",
    check: |facts| {
        let mut findings = Vec::new();
        let sources = facts.sources.iter().filter(|source| !source.is_test() && !DIALS.contains(&source.krate()));
        for source in sources {
            for mention in &source.mentions {
                let dials = mention.contains(&["tokio_postgres", "connect"])
                    || mention.contains(&["TcpStream", "connect"])
                    || mention.contains(&["TcpStream", "connect_timeout"])
                    || OPENERS
                        .iter()
                        .any(|opener| mention.path.iter().any(|part| part == opener) && !is_door(opener, &source.path));
                if dials {
                    findings.push(Finding::new(source.at(mention.line), format!("mentions `{}`", mention.shown())));
                }
            }
        }
        findings
    },
};

/// What a store or an operation is handed is no connection of its own making.
fn is_door(opener: &str, path: &str) -> bool {
    (opener == "PgConnection" && path.starts_with("crates/control/src/")) || DOORS.contains(&(opener, path))
}

pub const CACHE: Rule = Rule {
    says: "only accelerate has a client of the cache server, whose address is the operator's and passes no guard",
    remedy: "use accelerate::CacheServer, which takes its address from the configuration alone",
    check: |facts| {
        let mut findings = Vec::new();
        for package in facts.packages.iter().filter(|package| package.name != "accelerate") {
            for used in package.needs().filter(|used| CACHES.contains(&used.name.as_str())) {
                let place = format!("Cargo.toml of {}", package.name);
                findings.push(Finding::new(place, format!("depends on `{}`", used.name)));
            }
        }
        findings
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::rules::fixture::{in_manifests, in_source};

    #[test]
    fn a_driver_outside_upstream_is_found() {
        let pulse = r#"{"name":"pulse","dependencies":[{"name":"tokio-postgres"}]}"#;
        assert_eq!(in_manifests(&DRIVERS, pulse), ["Cargo.toml of pulse: depends on `tokio-postgres`"]);
        let studio = r#"{"name":"studio","dependencies":[{"name":"sqlx"},{"name":"tokio-postgres","kind":"dev"}]}"#;
        assert_eq!(in_manifests(&DRIVERS, studio), ["Cargo.toml of studio: depends on `sqlx`"]);
        assert!(in_manifests(&DRIVERS, r#"{"name":"control","dependencies":[{"name":"sqlx"}]}"#).is_empty());
    }

    #[test]
    fn a_client_of_the_cache_outside_accelerate_is_found() {
        let control = r#"{"name":"control","dependencies":[{"name":"redis"}]}"#;
        assert_eq!(in_manifests(&CACHE, control), ["Cargo.toml of control: depends on `redis`"]);
        assert!(in_manifests(&CACHE, r#"{"name":"accelerate","dependencies":[{"name":"redis"}]}"#).is_empty());
    }

    #[test]
    fn a_socket_outside_upstream_is_found() {
        let text = "async fn f() { tokio::net::TcpStream::connect(\"a:1\").await; }";
        let path = "crates/studio/src/rows.rs";
        assert_eq!(in_source(&SOCKETS, path, text).len(), 1);
        assert!(in_source(&SOCKETS, "crates/upstream/src/dial.rs", text).is_empty());
        assert!(in_source(&SOCKETS, "tests/it/main.rs", text).is_empty());
        let client = "use hyper_util::client::legacy::connect::HttpConnector;";
        assert_eq!(in_source(&SOCKETS, "src/web/mod.rs", client).len(), 1);
        assert!(in_source(&SOCKETS, "src/nodes/peers.rs", client).is_empty());
        let pool = "use sqlx::postgres::PgPoolOptions;";
        assert_eq!(in_source(&SOCKETS, "crates/control/src/resources/test.rs", pool).len(), 1);
        assert!(in_source(&SOCKETS, "src/boot/parts.rs", pool).is_empty());
    }
}
