//! Users: signing up and in, passwords, the second factor, sessions.

pub mod change_password;
mod confirm;
pub mod delete_account;
pub mod device;
mod hasher;
pub mod links;
pub mod passwords;
pub mod rename;
pub mod reset_password;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod store;
pub mod throttle;
mod token;
pub mod verify_email;

pub(crate) use confirm::confirm_password;
pub use token::hash_token;

use crate::{Actor, Ctx, Error, Origin};
use kernel::{Email, Name, Problem, SessionId, UserId};
use time::OffsetDateTime;

/// A user as the console shows them to themselves.
#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub name: Name,
    pub operator: bool,
    pub created_at: OffsetDateTime,
}

/// The user behind a live session, and who they are as an actor. `None` when the session or the user is gone.
pub async fn whoami(ctx: &Ctx, session: SessionId, origin: Origin) -> Result<Option<(Actor, User)>, Error> {
    let mut db = ctx.db.acquire().await?;
    let user = store::user_of_session(&mut db, session, ctx.now()).await?;
    Ok(user.map(|user| (Actor { user: user.id, session: Some(session), operator: user.operator, origin }, user)))
}

/// The actor's own account.
pub async fn profile(ctx: &Ctx, actor: &Actor) -> Result<User, Error> {
    let mut db = ctx.db.acquire().await?;
    Ok(store::user(&mut db, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?)
}
