use crate::identity::{self, delete_account, second_factor};
use crate::operator::require;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, UserId};

/// Deletes a user, under the rules by which they could delete themselves. `confirmation` must be their address.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: UserId, confirmation: &str) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    let user = identity::store::user(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    if !confirmation.trim().eq_ignore_ascii_case(user.email.as_str()) {
        return Err(Problem::field("confirmation", "This is not the user's address.").into());
    }
    delete_account::delete(ctx, &mut tx, actor, id).await?;
    crate::commit(tx).await?;
    Ok(())
}

/// Turns a user's second factor off, for somebody who lost the phone and the recovery codes and has proven otherwise who they are.
pub async fn disable_second_factor(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    second_factor::disable::clear(ctx, &mut tx, actor, id).await?;
    crate::commit(tx).await?;
    Ok(())
}
