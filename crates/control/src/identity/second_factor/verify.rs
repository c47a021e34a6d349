//! The second step of signing in.

use super::{enroll, recovery, store, totp};
use crate::audit::Entry;
use crate::identity::sign_in::Proof;
use crate::identity::throttle::{Network, Subject};
use crate::identity::{self, sign_in};
use crate::mail::{self, Notice};
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Problem, UserId};
use serde_json::json;

/// Signs the user in if the code is the app's, or a recovery code that was not used yet.
///
/// Only with the proof that [`sign_in::sign_in`] has just given: the face keeps it in the session that is not signed in yet, for a few minutes at most.
pub async fn verify(ctx: &Ctx, origin: Origin, proof: Proof, code: &str) -> Result<(), Error> {
    let user = proof.user;
    admit(ctx, user, &origin)?;
    let actor = Actor::fresh(user, origin);
    let mut tx = ctx.db.begin().await?;
    let secret = store::lock_secret(&mut tx, user).await?;
    let Some(secret) =
        secret.filter(|secret| secret.confirmed && secret.password_changed_at == proof.password_changed_at)
    else {
        // Turned off, or the password was changed, or the account is gone, since the password was accepted: begin again.
        return Err(Problem::unauthenticated().into());
    };
    let plain = enroll::open(ctx, &actor, &secret)?;
    let step = totp::parse(code).and_then(|typed| totp::accept(&plain, typed, ctx.now(), secret.last_step));
    let factor = if let Some(step) = step {
        store::set_last_step(&mut tx, user, step).await?;
        "totp"
    } else {
        use_recovery_code(ctx, &mut tx, &actor, code).await?;
        "recovery_code"
    };
    sign_in::enter(ctx, &mut tx, &actor, Some(json!({ "second_factor": factor }))).await?;
    crate::commit(tx).await?;
    Ok(())
}

async fn use_recovery_code(ctx: &Ctx, db: &mut sqlx::PgConnection, actor: &Actor, code: &str) -> Result<(), Error> {
    let used = match recovery::hash(code) {
        Some(hash) => store::use_code(db, actor.user, &hash, ctx.now()).await?,
        None => false,
    };
    if !used {
        tracing::warn!(user = %actor.user, address = ?actor.origin.address, "a wrong code of a second factor");
        return Err(Problem::field(
            "code",
            "This code is wrong or was used already. Type the one that the app shows now, or a recovery code.",
        )
        .into());
    }
    let left = store::status(db, actor.user).await?.map(|status| status.recovery_codes_left);
    Entry {
        action: "second_factor.use_code",
        org: None,
        target: &actor.user,
        before: None,
        after: Some(json!({ "left": left })),
    }
    .record(ctx, db, actor)
    .await?;
    match identity::store::user(db, actor.user).await? {
        Some(user) => mail::post(ctx, db, &user.email, &Notice::RecoveryCodeUsed.into()).await,
        None => Ok(()),
    }
}

/// Counts one try. A million codes and a few tries a minute: guessing takes years, and only who has the password can use the tries up.
pub(super) fn admit(ctx: &Ctx, user: UserId, origin: &Origin) -> Result<(), Error> {
    let network = Network::of(origin.address);
    ctx.throttle.admit(ctx.now(), &[Subject::Address(network), Subject::SecondFactor(user)])
}
