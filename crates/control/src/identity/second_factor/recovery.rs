//! Recovery codes: each signs in once without the app.

use super::store;
use crate::audit::Entry;
use crate::identity::sessions::parcel;
use crate::identity::{confirm_password, hash_token};
use crate::{Actor, Ctx, Error};
use data_encoding::BASE32_NOPAD;
use kernel::{Problem, UserId};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;

/// Codes of one account.
const CODES: usize = 10;
/// Random bytes of a code. 120 bits stay unguessable even for somebody who holds the stored SHA-256.
const CODE_BYTES: usize = 15;
/// The purpose of the [`parcel`] in which new codes wait for the page that shows them, one a line.
pub const PARCEL: &str = "recovery codes";

/// Makes ten new codes and forgets the old ones. They are shown this once.
pub async fn regenerate(ctx: &Ctx, actor: &Actor, password: SecretString) -> Result<Vec<SecretString>, Error> {
    confirm_password(ctx, actor, password, "password").await?;
    let mut tx = ctx.db.begin().await?;
    if !store::lock_secret(&mut tx, actor.user).await?.is_some_and(|secret| secret.confirmed) {
        return Err(Problem::conflict("Turn two-factor authentication on first: it comes with recovery codes.").into());
    }
    let codes = replace(ctx, &mut tx, actor.user).await?;
    Entry { action: "second_factor.regenerate_codes", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    put_aside(ctx, &mut tx, actor, &codes).await?;
    crate::commit(tx).await?;
    Ok(codes)
}

pub(super) async fn replace(ctx: &Ctx, db: &mut PgConnection, user: UserId) -> Result<Vec<SecretString>, Error> {
    let codes: Vec<_> = (0..CODES).map(|_| generate(ctx)).collect();
    let hashes: Vec<_> = codes.iter().filter_map(|code| hash(code.expose_secret())).collect();
    store::replace_codes(db, user, &hashes).await?;
    Ok(codes)
}

/// For the page that shows them: one code a line.
pub(super) async fn put_aside(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    codes: &[SecretString],
) -> Result<(), Error> {
    let lines = codes.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>().join("\n");
    parcel::put(ctx, db, actor, PARCEL, &lines).await
}

/// Six groups of four, as `ABCD-2345-EFGH-67IJ-KLMN-OPQR`.
fn generate(ctx: &Ctx) -> SecretString {
    let text = BASE32_NOPAD.encode(&ctx.rng.bytes::<CODE_BYTES>());
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-").into()
}

/// What is stored of a code, however it is typed; `None` for what cannot be one.
pub(super) fn hash(typed: &str) -> Option<Vec<u8>> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
    let plain = plain.to_ascii_uppercase();
    let well_formed = BASE32_NOPAD.decode(plain.as_bytes()).is_ok_and(|bytes| bytes.len() == CODE_BYTES);
    well_formed.then(|| hash_token(&plain))
}
