//! A parcel: a secret on its way across a redirect, from the transaction that made it to the one page that shows it.
//!
//! It is sealed, bound to the session, taken once, and gone after five minutes or with its session.

use super::store;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, SessionId};
use secrecy::SecretString;
use sqlx::{PgConnection, Postgres, Transaction};
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

/// What was taken out of a parcel. Until it is [kept](Self::keep) the parcel is still there: who comes too late, or is cut off, loses nothing.
#[must_use]
pub struct Taken<T> {
    taken: T,
    tx: Transaction<'static, Postgres>,
}

impl<T> Taken<T> {
    pub(crate) fn new(taken: T, tx: Transaction<'static, Postgres>) -> Self {
        Self { taken, tx }
    }

    /// Ends the parcel. Nothing but the page that shows the secret may follow, and no time limit may cut this off.
    pub async fn keep(self) -> Result<T, Error> {
        crate::commit(self.tx).await?;
        Ok(self.taken)
    }
}

/// Takes a secret that is all that its page needs. `None` when there is none for this purpose.
pub async fn take(ctx: &Ctx, actor: &Actor, purpose: &str) -> Result<Option<Taken<SecretString>>, Error> {
    let mut tx = ctx.db.begin().await?;
    Ok(open(ctx, &mut tx, actor, purpose).await?.map(|secret| Taken::new(secret, tx)))
}

/// Opens the parcel and deletes it, if the transaction ends well. One that does not open stays: it may be another master key's.
pub(crate) async fn open(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    purpose: &str,
) -> Result<Option<SecretString>, Error> {
    let Some(session) = actor.session else { return Ok(None) };
    let sealed = store::take_parcel(db, session, purpose, ctx.now()).await?;
    sealed.map(|sealed| ctx.vault.open(&sealed_for(session, purpose), &sealed)).transpose()
}

/// What the vault authenticates beside a parcel.
pub(crate) fn sealed_for(session: SessionId, purpose: &str) -> String {
    format!("session.parcel:{session}:{purpose}")
}
