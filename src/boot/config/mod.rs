//! The configuration: documented defaults, then `pentaprism.toml`, then `PENTAPRISM__SECTION__KEY` of the environment.

mod sections;

pub use sections::{
    Cache, Console, Data, Database, Identity, Keys, Log, LogFormat, Mail, Metrics, Network, Products, Storage,
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
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
        let given = match file {
            Some(file) => Some(std::fs::read_to_string(file).with_context(|| format!("--config {}", file.display()))?),
            None => std::fs::read_to_string(FILE).ok(),
        };
        Self::from_layers(given.as_deref(), std::env::vars())
    }

    fn from_layers(file: Option<&str>, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut table: Table = DEFAULTS.parse().context("the built-in defaults")?;
        if let Some(text) = file {
            let given: Table = text.parse().context("pentaprism.toml is not valid TOML")?;
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

    /// Rules over more than one key.
    ///
    /// # Errors
    /// Each names a key, and what to do.
    pub fn check(&self) -> anyhow::Result<()> {
        let console = &self.console;
        let https = console.is_https();
        if !console.listen.ip().is_loopback() && !https && !console.insecure_http {
            bail!(
                "configuration: console.listen: {} is reachable from other machines, and console.public_url is not https. Put TLS in front and set \
                 console.public_url = \"https://…\", or accept that passwords cross the network in the clear with console.insecure_http = true",
                console.listen
            );
        }
        if !https && !console.insecure_http && !console.is_on_loopback() {
            bail!(
                "configuration: console.public_url: \"{}\" is not https, so cookies and passwords would cross the network in the clear. Give the https \
                 address of what stands in front, or accept it with console.insecure_http = true",
                console.url()
            );
        }
        self.check_data()?;
        if let Some(url) = &console.public_url
            && http::Uri::try_from(url.as_str()).ok().and_then(|uri| uri.authority().cloned()).is_none()
        {
            bail!("configuration: console.public_url: \"{url}\" is not a URL like https://console.example.com");
        }
        if let Some(url) = &self.cache.url {
            let tls = url.starts_with("rediss://");
            if !tls && !url.starts_with("redis://") {
                bail!(
                    "configuration: cache.url: not a URL like redis://user:password@host:6379/0, or rediss:// with TLS"
                );
            }
            if !tls && self.cache.ca_file.is_some() {
                bail!(
                    "configuration: cache.ca_file: only with TLS, that is with a cache.url that begins with rediss://"
                );
            }
        }
        if self.cache.timeout_ms == 0 {
            bail!("configuration: cache.timeout_ms: at least 1");
        }
        if self.mail.smtp_url.is_some() && self.mail.from.is_none() {
            bail!("configuration: mail.from: needed with mail.smtp_url, as \"Pentaprism <console@example.com>\"");
        }
        Ok(())
    }

    fn check_data(&self) -> anyhow::Result<()> {
        let data = &self.data;
        if data.tls_cert.is_some() != data.tls_key.is_some() {
            let (missing, given) = match data.tls_cert {
                Some(_) => ("data.tls_key", "data.tls_cert"),
                None => ("data.tls_cert", "data.tls_key"),
            };
            bail!("configuration: {missing}: needed with {given}. `pentaprism cert` makes both for development");
        }
        if !data.listen.ip().is_loopback() && !data.is_https() && !self.console.insecure_http {
            bail!(
                "configuration: data.listen: {} is reachable from other machines, and API keys would cross the network in the clear. Set data.tls_cert and \
                 data.tls_key, or put TLS in front and set data.public_url = \"https://…\", or accept it with console.insecure_http = true",
                data.listen
            );
        }
        for (key, url) in [("data.public_url", &data.public_url), ("data.node_url", &data.node_url)] {
            if let Some(url) = url {
                check_origin(key, url)?;
            }
        }
        if let Some(url) = &data.public_url
            && !url.starts_with("https://")
            && (data.tls_cert.is_some() || !["localhost", "127.0.0.1", "[::1]"].contains(&host(url).as_str()))
        {
            bail!(
                "configuration: data.public_url: clients would not reach \"{url}\": to this machine's localhost alone they speak plain http. Give the https \
                 address"
            );
        }
        if data.public_url.is_none() && data.tls_cert.is_some() && data.listen.ip().is_unspecified() {
            bail!("configuration: data.public_url: needed, since {} is no address that clients can write", data.listen);
        }
        if data.node_url.as_deref().is_some_and(|url| url.starts_with("https://")) && data.tls_cert.is_none() {
            bail!(
                "configuration: data.node_url: https needs data.tls_cert: other servers know this one by its certificate alone"
            );
        }
        if data.region.is_empty()
            || data.region == "nearest"
            || !data.region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            bail!("configuration: data.region: \"{}\" is no name like eu-central-1", data.region);
        }
        Ok(())
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

/// Clients drop what stands behind the host, so there must be nothing.
fn check_origin(key: &str, url: &str) -> anyhow::Result<()> {
    let uri: Option<http::Uri> = url.parse().ok();
    let sound = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|rest| rest == "/")
    });
    if !sound {
        bail!("configuration: {key}: \"{url}\" is not a URL like https://gateway.example.com, with no path behind it");
    }
    Ok(())
}

/// The host of a URL, without its port.
fn host(url: &str) -> String {
    url.parse::<http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
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
        Config::from_layers(Some(file), environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
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
            ("[network]\ndenied_ranges = [\"10.0.0.0/99\"]", vec![], "network.denied_ranges[0]"),
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
