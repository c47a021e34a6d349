//! A parcel: a secret on its way across a redirect, from the transaction that made it to the one page that shows it.
//!
//! It is sealed, bound to the session, taken once, and gone after five minutes or with its session.

use super::store;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, SessionId};
use secrecy::SecretString;
use sqlx::PgConnection;
use time::Duration;

/// How long a secret may wait for the page that shows it.
const LIFE: Duration = Duration::minutes(5);

/// Puts a secret aside for the actor's next page, in the transaction that makes it: either both are there or none. An actor without a session is
/// told by the operation's answer alone.
///
/// Call it last, since it waits for whoever is ending the session.
pub(crate) async fn put(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    purpose: &str,
    secret: &str,
) -> Result<(), Error> {
    let Some(session) = actor.session else { return Ok(()) };
    let sealed = ctx.vault.seal(&sealed_for(session, purpose), secret)?;
    if store::put_parcel(db, session, purpose, &sealed, ctx.now() + LIFE).await? {
        return Ok(());
    }
    Err(Problem::unauthenticated().into())
}

/// Takes the secret out of its row: whatever happens next, it is gone. `None` when there is none for this purpose.
pub async fn take(ctx: &Ctx, actor: &Actor, purpose: &str) -> Result<Option<SecretString>, Error> {
    let Some(session) = actor.session else { return Ok(None) };
    let mut db = ctx.db.acquire().await?;
    let sealed = store::take_parcel(&mut db, session, purpose, ctx.now()).await?;
    Ok(sealed.and_then(|sealed| ctx.vault.open(&sealed_for(session, purpose), &sealed).ok()))
}

/// What the vault authenticates beside a parcel.
pub(crate) fn sealed_for(session: SessionId, purpose: &str) -> String {
    format!("session.parcel:{session}:{purpose}")
}
