use crate::audit::Entry;
use crate::operator::require;
use crate::{Actor, Ctx, Error, identity};
use kernel::{Problem, UserId};
use serde_json::json;

/// Makes a user an operator, or no longer one. A server keeps an operator.
pub async fn set_operator(ctx: &Ctx, actor: &Actor, id: UserId, operator: bool) -> Result<(), Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    let operators = identity::store::lock_operators(&mut tx).await?;
    let user = identity::store::user(&mut tx, id).await?.ok_or_else(|| Problem::not_found("user"))?;
    if user.operator == operator {
        return Ok(());
    }
    if !operator && operators == [id] {
        return Err(Problem::conflict("This is the last operator. Make somebody else an operator first.").into());
    }
    identity::store::set_operator(&mut tx, id, operator).await?;
    let (before, after) = (Some(json!({ "operator": !operator })), Some(json!({ "operator": operator })));
    Entry { action: "user.set_operator", org: None, target: &id, before, after }.record(ctx, &mut tx, actor).await?;
    crate::commit(tx).await?;
    Ok(())
}
