//! Sessions: what the cookie's store needs, the list on the account page, and [`parcel`]s.
//!
//! A session is found by the SHA-256 of its cookie. It ends after an idle time, after an absolute time, at sign-out, and when its user ends it
//! from elsewhere.

pub mod parcel;
pub mod store;

use crate::audit::Entry;
use crate::identity::sign_in::Proof;
use crate::{Actor, Ctx, Error, identity};
use kernel::{Problem, SessionId};
use serde::Deserialize;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// A live session of a user, as the account page lists it.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: OffsetDateTime,
    pub last_seen_at: OffsetDateTime,
    pub current: bool,
}

/// What the cookie store keeps for a session.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: SessionId,
    pub data: Value,
    pub expires_at: OffsetDateTime,
}

/// The session of this cookie, if it is alive; a request moves its idle end on, at most once a minute.
pub async fn load(ctx: &Ctx, token: &str) -> Result<Option<Stored>, Error> {
    let mut db = ctx.db.acquire().await?;
    let now = ctx.now();
    let Some((stored, last_seen)) =
        store::find(&mut db, &super::hash_token(token), now, now - ctx.rules.session_idle).await?
    else {
        return Ok(None);
    };
    if now - last_seen > Duration::minutes(1) {
        store::touch(&mut db, stored.id, now).await?;
    }
    Ok(Some(stored))
}

/// Makes the session; false when the cookie's value is taken, so the caller draws another. One that is somebody's needs their [`Proof`] in its data:
/// a password that was changed since it was typed opens none.
pub async fn create(ctx: &Ctx, token: &str, data: &Value) -> Result<bool, Error> {
    let mut tx = ctx.db.begin().await?;
    if data.get("user").is_some() {
        let proof = Proof::deserialize(data).map_err(|_| Error::Fault("a session without a proof".into()))?;
        // Whoever changes the password waits for this session and then ends it, or is waited for and has ended the proof.
        if !identity::store::share_with_proof(&mut tx, proof).await? {
            return Err(Problem::unauthenticated().into());
        }
    }
    let (id, now) = (ctx.new_id(), ctx.now());
    let expires_at = now + ctx.rules.session_absolute;
    let new = store::NewSession { token_hash: &super::hash_token(token), id, data, now, expires_at };
    let inserted = store::insert(&mut tx, new).await?;
    crate::commit(tx).await?;
    if inserted {
        store::touch(&mut *ctx.db.acquire().await?, id, now).await?;
    }
    Ok(inserted)
}

/// Replaces what the cookie store keeps.
pub async fn save(ctx: &Ctx, token: &str, data: &Value) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::update(&mut db, &super::hash_token(token), data).await
}

/// Ends the session of this cookie.
pub async fn delete(ctx: &Ctx, token: &str) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    store::delete(&mut db, &super::hash_token(token)).await
}

/// Removes sessions that have ended and parcels that nobody took; a worker calls it now and then.
pub async fn delete_expired(ctx: &Ctx) -> Result<u64, Error> {
    let mut db = ctx.db.acquire().await?;
    store::delete_expired(&mut db, ctx.now(), ctx.now() - ctx.rules.session_idle).await
}

/// The actor's live sessions, the latest first.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Session>, Error> {
    let mut db = ctx.db.acquire().await?;
    store::list(&mut db, actor, ctx.now(), ctx.now() - ctx.rules.session_idle).await
}

/// Ends every session of the actor but the one that asks, also sign-ins that wait for their code; answers how many.
pub async fn end_others(ctx: &Ctx, actor: &Actor) -> Result<u64, Error> {
    let mut tx = ctx.db.begin().await?;
    let ended = store::delete_all(&mut tx, actor.user, actor.session).await?;
    if ended == 0 {
        return Ok(0);
    }
    let entry = Entry {
        action: "session.end_others",
        org: None,
        target: &actor.user,
        before: None,
        after: Some(json!({ "ended": ended })),
    };
    entry.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(ended)
}

/// Ends the session that asks.
pub async fn sign_out(ctx: &Ctx, actor: &Actor) -> Result<(), Error> {
    let Some(id) = actor.session else { return Ok(()) };
    let mut tx = ctx.db.begin().await?;
    if !store::delete_of(&mut tx, actor.user, id).await? {
        return Ok(());
    }
    Entry { action: "user.sign_out", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

/// Ends one session of the actor, here or elsewhere.
pub async fn end(ctx: &Ctx, actor: &Actor, id: SessionId) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    if !store::delete_of(&mut tx, actor.user, id).await? {
        return Err(Problem::not_found("session").into());
    }
    Entry { action: "session.end", org: None, target: &id, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
