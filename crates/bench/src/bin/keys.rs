//! The subject of `cargo x bench keys`: two handlers of one server that answer the same, and one of them checks an API key among a million first.
//!
//! Writes one line of JSON once it serves: `address`, `keys`, `bytes_per_key`, `verify_nanoseconds`. `/sample` gives keys to send, one a line.

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::get;
use control::keys::PlainKey;
use control::keys::verify::{LiveKey, Settings, StoredKey, Verifier};
use control::{Clock, Rng};
use ipnet::IpNet;
use kernel::ResourceId;
use kernel::id::{Id, Kind};
use kernel::key::Rights;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

const KEYS: usize = 1_000_000;
/// How many of them are in use.
const SAMPLE: usize = 10_000;
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Subject {
    verifier: Verifier,
    clock: Clock,
    /// What every key reaches.
    resource: ResourceId,
    sample: Vec<PlainKey>,
}

/// A handler that takes this runs for good keys alone.
struct Checked {
    _key: LiveKey,
}

impl FromRequestParts<Arc<Subject>> for Checked {
    type Rejection = (StatusCode, String);

    async fn from_request_parts(parts: &mut Parts, subject: &Arc<Subject>) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(client)| client.ip());
        let text = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let answer = subject
            .verifier
            .verify(text.unwrap_or_default(), address, subject.clock.now(), Some(subject.resource))
            .await;
        let key = answer.map_err(|refusal| (StatusCode::UNAUTHORIZED, refusal.to_string()))?;
        Ok(Self { _key: key })
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let before = resident_bytes()?;
    let subject = Arc::new(fill()?);
    let bytes_per_key = (resident_bytes()? - before) / KEYS;
    let verify_nanoseconds = measure(&subject);
    let listener = tokio::net::TcpListener::bind((LOOPBACK, 0)).await?;
    let line = serde_json::json!({
        "address": listener.local_addr()?,
        "keys": KEYS,
        "bytes_per_key": bytes_per_key,
        "verify_nanoseconds": verify_nanoseconds,
    });
    println!("{line}");
    let router = Router::new()
        .route("/bare", get(async || "ok"))
        .route("/checked", get(async |_: Checked| "ok"))
        .route("/sample", get(sample))
        .with_state(subject)
        .into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, router).await?)
}

async fn sample(State(subject): State<Arc<Subject>>) -> String {
    subject.sample.iter().map(|key| format!("{}\n", key.expose())).collect()
}

/// A million keys that all are good from here; a half of them end some day, a quarter are good from here alone.
fn fill() -> Result<Subject> {
    let settings = Settings { max_stale: Duration::from_secs(24 * 3600), ..Settings::default() };
    let (verifier, rng, clock) = (Verifier::new(settings), Rng::seeded(1), Clock::System);
    // Every request asks for it: each key has to reach it.
    let resource = id(&rng);
    let here: IpNet = "127.0.0.0/8".parse()?;
    let mut sample = Vec::with_capacity(SAMPLE);
    for n in 0..KEYS {
        let plain = PlainKey::generate(&rng);
        let key = StoredKey {
            id: id(&rng),
            org: id(&rng),
            project: id(&rng),
            resource: Some(resource),
            rights: Rights::Full,
            disabled: false,
            expires_at: (n % 2 == 0).then(|| clock.now() + Duration::from_secs(24 * 3600)),
            allowed_ranges: if n % 4 == 1 { vec![here] } else { vec![] },
        };
        verifier.table().put(plain.hashed(), key);
        // Odd, so that keys of every sort are in it.
        if n % (KEYS / SAMPLE + 1) == 0 {
            sample.push(plain);
        }
    }
    verifier.table().mark_fresh(Instant::now());
    Ok(Subject { verifier, clock, resource, sample })
}

fn id<K: Kind>(rng: &Rng) -> Id<K> {
    Id::from_uuid(Uuid::from_bytes(rng.bytes()))
}

/// One check from the text to the answer, on one core, in nanoseconds.
fn measure(subject: &Subject) -> u128 {
    let (table, started) = (subject.verifier.table(), Instant::now());
    for key in &subject.sample {
        let _answer =
            black_box(table.verify(key.expose(), Some(LOOPBACK), subject.clock.now(), Some(subject.resource)));
    }
    started.elapsed().as_nanos() / subject.sample.len() as u128
}

fn resident_bytes() -> Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("/proc/self/status has VmRSS")?;
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}
