//! Rules beyond the types: over more than one key, and over what a number or a text may be.

use super::Config;
use crate::boot::{mailer, master_key};
use anyhow::{Context, bail};

impl Config {
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
        self.check_numbers()?;
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
        if self.mail.smtp_url.is_some() && self.mail.from.is_none() {
            bail!("configuration: mail.from: needed with mail.smtp_url, as \"Pentaprism <console@example.com>\"");
        }
        mailer::check(&self.mail).context("configuration")?;
        self.storage.master_key.as_deref().map(master_key::parse).transpose().context("configuration")?;
        Ok(())
    }

    fn check_numbers(&self) -> anyhow::Result<()> {
        const TEN_YEARS: u32 = 87_600;
        for (key, value, sound) in [
            ("console.page_wait_ms", self.console.page_wait_ms, 100..=60_000),
            ("identity.session_idle_hours", self.identity.session_idle_hours, 1..=TEN_YEARS),
            ("identity.session_absolute_hours", self.identity.session_absolute_hours, 1..=TEN_YEARS),
            ("identity.argon2_memory_kib", self.identity.argon2_memory_kib, 19_456..=4_194_304),
            ("identity.argon2_passes", self.identity.argon2_passes, 2..=100),
            // Longer than the poll that refreshes them, or they would be refused between two polls.
            ("keys.max_stale_ms", self.keys.max_stale_ms, 750..=86_400_000),
            ("database.max_connections", self.database.max_connections, 4..=10_000),
            ("cache.timeout_ms", self.cache.timeout_ms, 1..=60_000),
            ("pulse.stream_connections", self.pulse.stream_connections, 1..=1_000_000),
            ("pulse.subscribe_connections", self.pulse.subscribe_connections, 1..=1_000_000),
            ("pulse.event_bytes", self.pulse.event_bytes, 1024..=67_108_864),
        ] {
            if !sound.contains(&value) {
                bail!("configuration: {key}: {value} is not between {} and {}", sound.start(), sound.end());
            }
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
