//! The sections, one type each. `defaults.toml` says what every key means.

use crate::boot::pulse::Limits;
use control::identity::sign_up::Policy;
use ipnet::IpNet;
use kernel::Access;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Console {
    pub listen: SocketAddr,
    #[serde(default)]
    pub public_url: Option<String>,
    pub insecure_http: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub page_wait_ms: u32,
}

impl Console {
    /// Where people reach the console, without a slash at the end.
    pub fn url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }

    /// Whether people reach it on this machine alone, as far as its address tells.
    pub fn is_on_loopback(&self) -> bool {
        let uri = self.url().parse::<http::Uri>().ok();
        let Some(host) = uri.as_ref().and_then(http::Uri::host) else { return false };
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    pub listen: SocketAddr,
    pub region: String,
    #[serde(default)]
    pub public_url: Option<String>,
    #[serde(default)]
    pub tls_cert: Option<PathBuf>,
    #[serde(default)]
    pub tls_key: Option<PathBuf>,
    #[serde(default)]
    pub node_url: Option<String>,
}

impl Data {
    /// Where applications reach it, without a slash at the end: `https://gateway.example.com`, or `http://localhost:3001`, since `localhost` is the
    /// one name by which clients speak plain http.
    pub fn url(&self) -> String {
        match (&self.public_url, self.listen.ip().is_loopback()) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, true) => format!("{}://localhost:{}", self.scheme(), self.listen.port()),
            (None, false) => format!("{}://{}", self.scheme(), self.listen),
        }
    }

    /// Host and port of the same.
    pub fn host(&self) -> String {
        let url = self.url();
        url.split_once("://").map_or(url.clone(), |(_, host)| host.to_owned())
    }

    /// Where other servers of the same database reach it; none where only they could tell.
    pub fn node_url(&self) -> Option<String> {
        match &self.node_url {
            Some(url) => Some(url.trim_end_matches('/').to_owned()),
            None if self.listen.ip().is_unspecified() => None,
            None => Some(format!("{}://{}", self.scheme(), self.listen)),
        }
    }

    /// Whether it speaks TLS by itself, or what stands in front of it does.
    pub fn is_https(&self) -> bool {
        self.tls_cert.is_some() || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    fn scheme(&self) -> &'static str {
        if self.tls_cert.is_some() { "https" } else { "http" }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    pub listen: SocketAddr,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    pub data_dir: PathBuf,
    #[serde(default)]
    pub postgres_bin: Option<PathBuf>,
    #[serde(default)]
    pub master_key: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    #[serde(default)]
    pub url: Option<String>,
    pub max_connections: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub sign_up: Policy,
    pub session_idle_hours: u32,
    pub session_absolute_hours: u32,
    pub argon2_memory_kib: u32,
    pub argon2_passes: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    pub max_stale_ms: u32,
    pub listen: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    pub timeout_ms: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pulse {
    pub stream_connections: u32,
    pub subscribe_connections: u32,
    pub event_bytes: u32,
}

impl Pulse {
    /// What the engine is bounded by.
    pub fn limits(&self) -> Limits {
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Limits {
            stream_connections: number(self.stream_connections),
            subscribe_connections: number(self.subscribe_connections),
            event_bytes: number(self.event_bytes),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    pub denied_ranges: Vec<IpNet>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Products {
    pub accelerate: Access,
    pub pulse: Access,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    #[serde(default)]
    pub smtp_url: Option<String>,
    #[serde(default)]
    pub from: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}
