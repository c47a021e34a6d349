//! Proving who one is.

use super::passwords::{Password, Verdict};
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Problem, ProblemCode, UserId};
use secrecy::SecretString;

/// What the form asks.
#[derive(Debug)]
pub struct SignInInput {
    pub email: String,
    pub password: SecretString,
}

/// What a right address and password are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    Done(UserId),
    /// The account has a second factor: a code is to be asked for and checked before anything is theirs.
    SecondFactor(UserId),
}

/// Answers whose address and password these are. An unknown address counts, costs and answers like a known one with a wrong password.
pub async fn sign_in(ctx: &Ctx, origin: Origin, input: SignInInput) -> Result<SignIn, Error> {
    let email = input.email.parse::<Email>().map_err(|error| Problem::field("email", error))?;
    let network = Network::of(origin.address);
    ctx.throttle.admit(ctx.now(), &[Subject::Address(network), Subject::Account(email.to_string(), network)])?;

    let found = {
        let mut db = ctx.db.acquire().await?;
        store::credentials(&mut db, &email).await?
    };
    let (user, hash) = found.unzip();
    let verdict = ctx.passwords.verify(input.password.clone(), hash).await?;
    let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else {
        return Err(Problem::new(ProblemCode::Unauthenticated, "The address or the password is wrong.").into());
    };
    let upgraded = match verdict {
        Verdict::Outdated => match Password::parse(&input.password, &[]) {
            Ok(password) => Some(ctx.passwords.hash(password, &ctx.rng).await?),
            Err(_) => None,
        },
        Verdict::Right | Verdict::Wrong => None,
    };
    let mut tx = ctx.db.begin().await?;
    if let Some(hash) = upgraded {
        store::set_password(&mut tx, user, &hash, None).await?;
    }
    let actor = Actor { user, session: None, operator: false, origin };
    Entry { action: "user.sign_in", org: None, target: &user, before: None, after: None }
        .record(ctx, &mut tx, &actor)
        .await?;
    tx.commit().await?;
    Ok(SignIn::Done(user))
}
