//! What every operation is given: the database, the time, randomness, the vault, and who asks.

mod actor;
mod clock;
mod rng;

pub use actor::{Actor, Origin};
pub use clock::Clock;
pub use rng::Rng;

use crate::identity::passwords::Passwords;
use crate::identity::throttle::Throttle;
use crate::operator::settings::Settings;
use crate::vault::Vault;
use kernel::id::{Id, Kind};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The ports and settings of the control plane. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    pub db: sqlx::PgPool,
    pub clock: Clock,
    pub rng: Rng,
    pub vault: Arc<Vault>,
    pub passwords: Arc<Passwords>,
    pub throttle: Arc<Throttle>,
    pub rules: Arc<Rules>,
}

/// What the operator's configuration fixes for the control plane.
#[derive(Debug, Clone)]
pub struct Rules {
    /// A session without a request for this long ends.
    pub session_idle: Duration,
    /// A session ends this long after sign-in, whatever happens.
    pub session_absolute: Duration,
    /// Whether a mail server is configured: sign-up then verifies the address first.
    pub mail: bool,
    /// Where people reach the console, as mailed links spell it.
    pub public_url: String,
    /// What an operator may override under /admin.
    pub defaults: Settings,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            session_idle: Duration::days(7),
            session_absolute: Duration::days(30),
            mail: false,
            public_url: "http://127.0.0.1:3000".into(),
            defaults: Settings::default(),
        }
    }
}

impl Ctx {
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// A new UUIDv7 of the injected time and randomness.
    pub fn new_uuid(&self) -> Uuid {
        let millis = u64::try_from(self.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.rng.bytes()).into_uuid()
    }

    pub fn new_id<K: Kind>(&self) -> Id<K> {
        Id::from_uuid(self.new_uuid())
    }
}
