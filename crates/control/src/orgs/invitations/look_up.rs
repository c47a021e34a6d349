use super::{Invitation, store};
use crate::identity::hash_token;
use crate::identity::throttle::{Network, Subject};
use crate::{Ctx, Error, Origin};
use kernel::Problem;

/// What a link invites to, for whoever holds it, signed in or not. Unknown, ended and revoked links are alike.
pub async fn look_up(ctx: &Ctx, origin: &Origin, token: &str) -> Result<Invitation, Error> {
    ctx.throttle.admit(ctx.now(), &[Subject::Address(Network::of(origin.address))])?;
    let mut db = ctx.db.acquire().await?;
    store::find_by_token(&mut db, &hash_token(token), ctx.now()).await?.ok_or_else(dead)
}

pub(super) fn dead() -> Error {
    let detail = "This invitation is out of date, was answered or was taken back. Ask for another one.";
    Problem { detail: detail.into(), ..Problem::not_found("invitation") }.into()
}
