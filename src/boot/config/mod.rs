//! The configuration: documented defaults, then `pentaprism.toml`, then `PENTAPRISM__SECTION__KEY` of the environment.

mod check;
mod sections;

pub use sections::{
    Cache, Console, Data, Database, Identity, Keys, Log, LogFormat, Mail, Metrics, Network, Products, Pulse, Storage,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;
use toml::{Table, Value};

/// Every key with its meaning and default; `pentaprism config --defaults` prints it.
pub const DEFAULTS: &str = include_str!("defaults.toml");
const FILE: &str = "pentaprism.toml";
const PREFIX: &str = "PENTAPRISM__";

/// All sections. A key that is not known is an error that names it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub console: Console,
    pub data: Data,
    pub metrics: Metrics,
    pub storage: Storage,
    pub database: Database,
    pub identity: Identity,
    pub keys: Keys,
    pub cache: Cache,
    pub pulse: Pulse,
    pub network: Network,
    pub products: Products,
    pub mail: Mail,
    pub log: Log,
}

impl Config {
    /// Reads `file`, or `pentaprism.toml` of the working folder where there is one, and the process's environment.
    ///
    /// # Errors
    /// Each names the key, what is wrong with it, and where it came from.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let name = file.unwrap_or(Path::new(FILE));
        let given = match std::fs::read_to_string(name) {
            Ok(text) => Some(table(&text).with_context(|| name.display().to_string())?),
            Err(error) if error.kind() == ErrorKind::NotFound && file.is_none() => None,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", name.display())),
        };
        Self::from_layers(given, std::env::vars())
    }

    fn from_layers(file: Option<Table>, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut table: Table = DEFAULTS.parse().context("the built-in defaults")?;
        if let Some(given) = file {
            merge(&mut table, given);
        }
        for (name, value) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                let (section, key) =
                    path.split_once("__").with_context(|| format!("{name}: write {PREFIX}SECTION__KEY"))?;
                set(&mut table, &section.to_lowercase(), &key.to_lowercase(), &value).with_context(|| name.clone())?;
            } else if name == "DATABASE_URL" && !value.is_empty() {
                set(&mut table, "database", "url", &value)?;
            }
        }
        let config: Self = serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let key = error.path().to_string();
            let reason = error.into_inner().message().to_owned();
            anyhow::anyhow!("configuration: {key}: {reason}. See `pentaprism config --defaults`")
        })?;
        config.check()?;
        Ok(config)
    }

    /// The same with every secret replaced, for printing.
    pub fn without_secrets(&self) -> Self {
        let mut shown = self.clone();
        let hide = |secret: &mut Option<String>| *secret = secret.as_ref().map(|_| "(set)".to_owned());
        hide(&mut shown.database.url);
        hide(&mut shown.storage.master_key);
        hide(&mut shown.mail.smtp_url);
        hide(&mut shown.cache.url);
        shown
    }
}

/// An error names the line and not what stands in it: that may be a secret.
fn table(text: &str) -> anyhow::Result<Table> {
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        anyhow::anyhow!("line {} is not valid TOML: {}", before.matches('\n').count() + 1, error.message())
    })
}

/// `over` wins, key by key.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(over)) => merge(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// A value of the environment is TOML where it reads as a boolean, a number or a list; everything else is text.
fn set(table: &mut Table, section: &str, key: &str, text: &str) -> anyhow::Result<()> {
    let parsed = format!("v = {text}").parse::<Table>().ok().and_then(|mut t| t.remove("v"));
    let value = match parsed {
        Some(value @ (Value::Boolean(_) | Value::Integer(_) | Value::Array(_))) => value,
        _ => Value::String(text.to_owned()),
    };
    let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    section.as_table_mut().context("not a section")?.insert(key.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::from_layers(Some(table(file)?), environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let config = load(
            "[console]\nlisten = \"127.0.0.1:4000\"\n[log]\nformat = \"json\"",
            &[("PENTAPRISM__CONSOLE__LISTEN", "127.0.0.1:5000")],
        )
        .unwrap();
        assert_eq!(config.console.listen.port(), 5000);
        assert_eq!(config.log.format, LogFormat::Json);
        assert_eq!(config.data.listen.port(), 3001);
        assert_eq!(config.console.url(), "http://127.0.0.1:5000");
    }

    #[test]
    fn every_error_names_its_key() {
        for (file, environment, key) in [
            ("[console]\nlisten = \"nowhere\"", vec![], "console.listen"),
            ("[consol]\nlisten = 1", vec![], "consol"),
            ("[console]\nport = 1", vec![], "port"),
            ("", vec![("PENTAPRISM__IDENTITY__SIGN_UP", "sometimes")], "identity.sign_up"),
            ("", vec![("PENTAPRISM__CONSOLE", "x")], "PENTAPRISM__CONSOLE"),
            ("", vec![("PENTAPRISM__CONSOLE__LISTEN", "0.0.0.0:80")], "console.insecure_http"),
            ("", vec![("PENTAPRISM__DATA__LISTEN", "0.0.0.0:81")], "data.listen"),
            ("[data]\ntls_cert = \"a.pem\"", vec![], "data.tls_key"),
            ("[data]\ntls_key = \"a.pem\"", vec![], "data.tls_cert"),
            ("[data]\npublic_url = \"gateway.example.com\"", vec![], "data.public_url"),
            ("[data]\npublic_url = \"https://gateway.example.com/data\"", vec![], "data.public_url"),
            ("[data]\npublic_url = \"http://gateway.example.com\"", vec![], "data.public_url"),
            ("[data]\nnode_url = \"ftp://10.0.0.1\"", vec![], "data.node_url"),
            ("[data]\nnode_url = \"https://10.0.0.1\"", vec![], "data.node_url"),
            ("[data]\nregion = \"the moon\"", vec![], "data.region"),
            ("[data]\ntls_cert = \"a\"\ntls_key = \"b\"\nlisten = \"0.0.0.0:1\"", vec![], "data.public_url"),
            ("[console]\npublic_url = \"http://console.example.com\"", vec![], "console.public_url"),
            ("[console]\npublic_url = \"http://10.0.0.1:3000\"", vec![], "console.public_url"),
            ("[console]\npublic_url = \"http://localhost.example.com\"", vec![], "console.public_url"),
            ("[mail]\nsmtp_url = \"smtp://x\"", vec![], "mail.from"),
            ("[cache]\nurl = \"http://x\"", vec![], "cache.url"),
            ("[cache]\nurl = \"redis://x\"\nca_file = \"ca.pem\"", vec![], "cache.ca_file"),
            ("[cache]\ntimeout_ms = 0", vec![], "cache.timeout_ms"),
            ("[pulse]\nsubscribe_connections = 0", vec![], "pulse.subscribe_connections"),
            ("[pulse]\nevent_bytes = 1", vec![], "pulse.event_bytes"),
            ("[network]\ndenied_ranges = [\"10.0.0.0/99\"]", vec![], "network.denied_ranges[0]"),
            ("[identity]\nsession_idle_hours = 99999999", vec![], "identity.session_idle_hours"),
            ("[identity]\nsession_absolute_hours = 0", vec![], "identity.session_absolute_hours"),
            ("[identity]\nargon2_memory_kib = 1024", vec![], "identity.argon2_memory_kib"),
            ("[identity]\nargon2_passes = 1", vec![], "identity.argon2_passes"),
            ("[keys]\nmax_stale_ms = 500", vec![], "keys.max_stale_ms"),
            ("[database]\nmax_connections = 0", vec![], "database.max_connections"),
            ("[storage]\nmaster_key = \"xyz\"", vec![], "storage.master_key"),
            ("[mail]\nfrom = \"nobody\"", vec![], "mail.from"),
            ("[mail]\nfrom = \"a@example.com\"\nsmtp_url = \"http://x\"", vec![], "mail.smtp_url"),
        ] {
            let error = format!("{:#}", load(file, &environment).unwrap_err());
            assert!(error.contains(key), "{error}");
        }
    }

    #[test]
    fn plain_http_is_for_the_loopback_interface_or_on_demand() {
        for url in ["http://localhost:3000", "http://127.0.0.2", "http://[::1]:3000", "https://console.example.com"] {
            load(&format!("[console]\npublic_url = \"{url}\""), &[]).unwrap();
        }
        load("[console]\npublic_url = \"http://console.example.com\"\ninsecure_http = true", &[]).unwrap();
    }

    #[test]
    fn no_error_prints_a_secret() {
        for url in ["http://u:hunter2@h", "u:hunter2@h"] {
            let error = load("", &[("PENTAPRISM__CACHE__URL", url)]).unwrap_err();
            assert!(!format!("{error:#} {error:?}").contains("hunter2"), "{error:#}");
        }
        let error = load("[mail]\n\nsmtp_url = \"smtps://u:hunter2@h\nfrom = 5", &[]).unwrap_err();
        let told = format!("{error:#} {error:?}");
        assert!(told.contains("line 3 ") && !told.contains("hunter2"), "{told}");
        let error = load("[mail]\nfrom = \"a@example.com\"\nsmtp_url = \"http://u:hunter2@h\"", &[]).unwrap_err();
        assert!(!format!("{error:#} {error:?}").contains("hunter2"), "{error:#}");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("latin1.toml");
        assert!(Config::load(Some(&file)).is_err(), "it is not there");
        std::fs::write(&file, b"[identity]\nsign_up = \"closed\" # \xe9").unwrap();
        let error = format!("{:#}", Config::load(Some(&file)).unwrap_err());
        assert!(error.contains("latin1.toml"), "{error}");
    }

    #[test]
    fn data_traffic_of_other_machines_needs_tls_here_or_in_front() {
        let data =
            |rest: &str| load(&format!("[data]\nlisten = \"192.0.2.1:3001\"\n{rest}"), &[]).map(|config| config.data);
        let tls = data("tls_cert = \"a\"\ntls_key = \"b\"").unwrap();
        assert_eq!(
            (tls.url().as_str(), tls.node_url().as_deref()),
            ("https://192.0.2.1:3001", Some("https://192.0.2.1:3001"))
        );
        let behind = data("public_url = \"https://gateway.example.com/\"").unwrap();
        assert_eq!((behind.url(), behind.host()), ("https://gateway.example.com".into(), "gateway.example.com".into()));
        assert_eq!(
            behind.node_url().as_deref(),
            Some("http://192.0.2.1:3001"),
            "what stands in front is not for nodes"
        );
        let usual = load("", &[]).unwrap().data;
        assert_eq!((usual.url(), usual.host()), ("http://localhost:3001".into(), "localhost:3001".into()));
        let all =
            load("[data]\nlisten = \"0.0.0.0:1\"\npublic_url = \"https://gateway.example.com\"", &[]).unwrap().data;
        assert_eq!(all.node_url(), None);
    }

    #[test]
    fn secrets_are_not_printed() {
        let secrets =
            [("DATABASE_URL", "postgres://u:hunter2@h/d"), ("PENTAPRISM__CACHE__URL", "rediss://u:hunter2@h/0")];
        let config = load("", &secrets).unwrap();
        assert_eq!(config.database.url.as_deref(), Some("postgres://u:hunter2@h/d"));
        assert_eq!(config.cache.url.as_deref(), Some("rediss://u:hunter2@h/0"));
        assert!(!toml::to_string(&config.without_secrets()).unwrap().contains("hunter2"));
    }
}
