use super::passwords::Verdict;
use super::throttle::{Network, Subject};
use super::{User, store};
use crate::{Actor, Ctx, Error};
use kernel::Problem;
use secrecy::SecretString;

/// The actor's own account if this is its password: asked before what a forgotten screen must not allow. `field` is the form's name for it.
pub(crate) async fn confirm_password(
    ctx: &Ctx,
    actor: &Actor,
    password: SecretString,
    field: &str,
) -> Result<User, Error> {
    let (user, stored) = {
        let mut db = ctx.db.acquire().await?;
        let user = store::user(&mut db, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?;
        (user, store::password_hash(&mut db, actor.user).await?)
    };
    let network = Network::of(actor.origin.address);
    let account = Subject::Account(user.email.to_string(), network);
    ctx.throttle.admit(ctx.now(), &[Subject::Address(network), account, Subject::Confirm(actor.user)])?;
    if ctx.passwords.verify(password, stored).await? == Verdict::Wrong {
        tracing::warn!(user = %actor.user, address = ?actor.origin.address, "a wrong password, asked for once more");
        return Err(Problem::field(field, "This is not your current password.").into());
    }
    Ok(user)
}
