//! Proving who one is.

use super::device;
use super::passwords::{Password, Verdict};
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Problem, ProblemCode, UserId};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// What the form asks.
#[derive(Debug)]
pub struct SignInInput {
    pub email: String,
    pub password: SecretString,
    /// What the browser keeps since it signed in before, as [`device::remember`] made it.
    pub device: Option<String>,
}

/// Whose password was right, and since when it is their password. What it opens is checked against the account once more, so that nothing comes of a
/// password that is changed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub user: UserId,
    pub password_changed_at: OffsetDateTime,
}

/// What a right address and password are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    Done(Proof),
    /// The account has a second factor: a code is to be asked for and checked before anything is theirs.
    SecondFactor(Proof),
}

/// Answers whose address and password these are. An unknown address counts, costs and answers like a known one with a wrong password.
///
/// An account whose address is still to be verified answers `Forbidden`, and that only to the right password; the face offers
/// [`super::verify_email::resend`].
pub async fn sign_in(ctx: &Ctx, origin: Origin, input: SignInInput) -> Result<SignIn, Error> {
    let email = input.email.parse::<Email>().map_err(|error| Problem::field("email", error))?;
    let network = Network::of(origin.address);
    let by_network = [Subject::Address(network), Subject::Account(email.to_string(), network)];
    let device = input.device.and_then(|sealed| device::recognise(ctx, &sealed, ctx.now()));
    match device {
        Some(device) => ctx.throttle.admit(ctx.now(), &[Subject::Device(device.number)])?,
        None => ctx.throttle.admit(ctx.now(), &by_network)?,
    }
    let place = ctx.passwords.queue()?;

    let now = ctx.now();
    let found = {
        let mut db = ctx.db.acquire().await?;
        store::credentials(&mut db, &email, network.range(), now, now - ctx.rules.session_idle).await?
    };
    let own_device = device.is_some_and(|device| found.as_ref().is_some_and(|found| found.user == device.user));
    if device.is_some() && !own_device {
        ctx.throttle.admit(now, &by_network)?;
    }
    if !own_device && !found.as_ref().is_some_and(|found| found.from_known_network) {
        ctx.throttle.admit(now, &[Subject::AccountFromAfar(email.to_string())])?;
    }
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    let verdict = ctx.passwords.verify_in(place, input.password.clone(), stored).await?;
    let Some(found) = found.filter(|_| verdict != Verdict::Wrong) else {
        return Err(wrong());
    };
    if found.pending && ctx.rules.mail {
        return Err(Problem::forbidden(
            "This address is not verified yet. Open the link in the mail that was sent to it, or ask for another one.",
        )
        .into());
    }
    // While the queue is full the stored hash stays as it is until another day: the right password is not turned away for it.
    let upgraded = match (verdict, ctx.passwords.queue()) {
        (Verdict::Outdated, Ok(place)) => {
            Some(ctx.passwords.hash_in(place, Password::in_use(input.password), &ctx.rng).await?)
        }
        _ => None,
    };
    let mut tx = ctx.db.begin().await?;
    // Hashing takes a while, and its queue longer: a password that was changed meanwhile opens nothing, and is not brought back by the upgrade.
    if !store::lock_with_password(&mut tx, found.user, &found.password_hash).await? {
        return Err(wrong());
    }
    if let Some(hash) = upgraded {
        store::upgrade_hash(&mut tx, found.user, &hash).await?;
    }
    let actor = Actor::fresh(found.user, origin);
    if found.second_factor {
        // Whoever has the password leaves a trace, also where the code stops them.
        Entry { action: "user.ask_second_factor", org: None, target: &actor.user, before: None, after: None }
            .record(ctx, &mut tx, &actor)
            .await?;
    } else {
        enter(ctx, &mut tx, &actor, None).await?;
    }
    crate::commit(tx).await?;
    let proof = Proof { user: found.user, password_changed_at: found.password_changed_at };
    Ok(if found.second_factor { SignIn::SecondFactor(proof) } else { SignIn::Done(proof) })
}

fn wrong() -> Error {
    Problem::new(ProblemCode::Unauthenticated, "The address or the password is wrong.").into()
}

/// Notes that somebody is in.
pub(super) async fn enter(ctx: &Ctx, db: &mut PgConnection, actor: &Actor, how: Option<Value>) -> Result<(), Error> {
    store::mark_signed_in(db, actor.user, ctx.now()).await?;
    Entry { action: "user.sign_in", org: None, target: &actor.user, before: None, after: how }
        .record(ctx, db, actor)
        .await
}
