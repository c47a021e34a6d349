//! Choosing a new password while signed in.

use super::passwords::Password;
use super::{confirm_password, links, sessions, store};
use crate::audit::Entry;
use crate::mail::{self, Notice};
use crate::{Actor, Ctx, Error};
use kernel::Problem;
use secrecy::SecretString;

/// What the form asks.
#[derive(Debug)]
pub struct ChangePasswordInput {
    pub current: SecretString,
    pub new: SecretString,
}

/// Sets the new password; every other session of the user ends, and every link that could set another.
pub async fn change_password(ctx: &Ctx, actor: &Actor, input: ChangePasswordInput) -> Result<(), Error> {
    let user = super::profile(ctx, actor).await?;
    let password = Password::parse(&input.new, &[user.email.as_str(), user.name.as_str()])
        .map_err(|error| Problem::field("new_password", error))?;
    confirm_password(ctx, actor, input.current, "current_password").await?;
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    store::set_password(&mut tx, actor.user, &hash, ctx.now()).await?;
    sessions::store::delete_all(&mut tx, actor.user, actor.session).await?;
    links::store::delete_of(&mut tx, actor.user).await?;
    Entry { action: "user.change_password", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    mail::post(ctx, &mut tx, &user.email, &Notice::PasswordChanged.into()).await?;
    crate::commit(tx).await?;
    Ok(())
}
