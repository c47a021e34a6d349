//! `pentaprism cert`

use crate::boot::config::Config;
use anyhow::{Context, ensure};
use clap::Args;
use control::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use time::{Duration, OffsetDateTime};

/// No client takes a certificate that lasts longer.
const DAYS: i64 = 825;

#[derive(Debug, Args)]
pub struct Cert {
    /// Where the files go; by default the folder `tls` of the data folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A name or an address that clients use, instead of localhost, 127.0.0.1 and ::1; may be given several times.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Write over files that are there.
    #[arg(long)]
    force: bool,
}

/// In PEM.
struct Made {
    authority: String,
    chain: String,
    key: String,
}

impl Cert {
    pub fn run(self, config: &Config) -> anyhow::Result<()> {
        let folder = self.out.unwrap_or_else(|| config.storage.data_dir.join("tls"));
        let [authority, certificate, key] = ["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name));
        for file in [&authority, &certificate, &key] {
            ensure!(self.force || !file.exists(), "{} is there already; --force writes over it", file.display());
        }
        let hosts = match self.hosts.is_empty() {
            true => ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
            false => self.hosts,
        };
        let made = make(hosts, Clock::System.now())?;
        let folder = folder.as_path();
        DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| folder.display().to_string())?;
        write(&key, &made.key, 0o600)?;
        write(&certificate, &made.chain, 0o644)?;
        write(&authority, &made.authority, 0o644)?;
        let [authority, certificate, key] =
            [authority, certificate, key].map(|file| fs::canonicalize(&file).unwrap_or(file).display().to_string());
        println!("[data]\ntls_cert = \"{certificate}\"\ntls_key = \"{key}\"\n");
        println!("# Where applications run:\n# NODE_EXTRA_CA_CERTS={authority}");
        Ok(())
    }
}

/// A certificate of an authority whose key is thrown away, so that nothing else will ever be signed by what a developer trusts.
fn make(hosts: Vec<String>, now: OffsetDateTime) -> anyhow::Result<Made> {
    let (from, until) = (now - Duration::days(1), now + Duration::days(DAYS - 1));
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Pentaprism, for development");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (authority.not_before, authority.not_after) = (from, until);
    let signing = KeyPair::generate()?;
    let trusted = authority.self_signed(&signing)?;

    let name = hosts.first().cloned().unwrap_or_default();
    let mut server = CertificateParams::new(hosts).context("--host")?;
    server.distinguished_name.push(DnType::CommonName, name);
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    (server.not_before, server.not_after) = (from, until);
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &Issuer::new(authority, signing))?;
    Ok(Made { authority: trusted.pem(), chain: certificate.pem() + &trusted.pem(), key: key.serialize_pem() })
}

/// Complete before it has its name, so that a server that looks at it sees the old one or the new one.
fn write(file: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let draft = file.with_extension(format!("pem.{}", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft);
    written
        .and_then(|mut out| out.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&draft, file))
        .with_context(|| format!("cannot write {}", file.display()))
}
