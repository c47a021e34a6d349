//! Choosing a new password while signed in.

use super::passwords::{Password, Verdict};
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::{Actor, Ctx, Error};
use kernel::Problem;
use secrecy::SecretString;

/// What the form asks.
#[derive(Debug)]
pub struct ChangePasswordInput {
    pub current: SecretString,
    pub new: SecretString,
}

/// Sets the new password and ends every other session of the user.
pub async fn change_password(ctx: &Ctx, actor: &Actor, input: ChangePasswordInput) -> Result<(), Error> {
    let (email, stored) = {
        let mut db = ctx.db.acquire().await?;
        let user = store::user(&mut db, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?;
        let stored = store::credentials(&mut db, &user.email).await?.map(|(_, hash)| hash);
        (user.email, stored)
    };
    let password =
        Password::parse(&input.new, &[email.as_str()]).map_err(|error| Problem::field("new_password", error))?;
    ctx.throttle.admit(ctx.now(), &[Subject::Account(email.to_string(), Network::of(actor.origin.address))])?;
    if ctx.passwords.verify(input.current, stored).await? == Verdict::Wrong {
        return Err(Problem::field("current_password", "This is not your current password.").into());
    }
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    store::set_password(&mut tx, actor.user, &hash, Some(ctx.now())).await?;
    store::delete_sessions(&mut tx, actor.user, actor.session).await?;
    Entry { action: "user.change_password", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    tx.commit().await?;
    Ok(())
}
