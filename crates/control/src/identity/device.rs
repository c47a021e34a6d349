//! Browsers that signed in to an account before. Strangers cannot use up their tries, from wherever they come: OWASP's device cookies.

use crate::{Ctx, Error};
use data_encoding::BASE64URL_NOPAD;
use kernel::UserId;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// What the vault authenticates beside a device.
const PURPOSE: &str = "device";
/// How long a browser is remembered after its last sign-in.
pub const LIFETIME: Duration = Duration::days(365);

/// A browser that somebody signed in with. It opens nothing: it says only with whose tries its own are not to be confused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub user: UserId,
    pub number: u128,
    ends_at: i64,
}

/// What a browser keeps after a sign-in, for [`LIFETIME`]: sealed, in characters that a cookie carries.
pub fn remember(ctx: &Ctx, user: UserId) -> Result<String, Error> {
    let number = u128::from_le_bytes(ctx.rng.bytes());
    let device = Device { user, number, ends_at: (ctx.now() + LIFETIME).unix_timestamp() };
    let plain = serde_json::to_string(&device).expect("numbers and an id");
    Ok(BASE64URL_NOPAD.encode(&ctx.vault.seal(PURPOSE, &plain)?))
}

/// The device behind what a browser sent. What nobody here sealed, or is over, is none.
pub fn recognise(ctx: &Ctx, sealed: &str, now: OffsetDateTime) -> Option<Device> {
    let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    let plain = ctx.vault.open(PURPOSE, &sealed).ok()?;
    let device: Device = serde_json::from_str(plain.expose_secret()).ok()?;
    (device.ends_at > now.unix_timestamp()).then_some(device)
}
