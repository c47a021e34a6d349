use super::store;
use crate::audit::Entry;
use crate::operator::require;
use crate::orgs::waitlist;
use crate::{Actor, Ctx, Error};
use kernel::{Access, OrgId, Problem, Product};
use serde_json::json;

/// Grants or takes away an organization's access to a product. Granting it answers a waiting request.
pub async fn set_access(ctx: &Ctx, actor: &Actor, org: OrgId, product: Product, access: &str) -> Result<(), Error> {
    require(actor)?;
    let access = access.parse::<Access>().map_err(|error| Problem::field("access", error))?;
    let mut tx = ctx.db.begin().await?;
    let before = store::set_access(&mut tx, org, product, access).await?;
    let before = before.ok_or_else(|| Problem::not_found("organization"))?;
    if access != Access::Off {
        waitlist::store::delete(&mut tx, org, product).await?;
    }
    let (before, after) = (json!({ "product": product, "access": before }), json!({ "access": access }));
    Entry { action: "organization.set_access", org: Some(org), target: &org, before: Some(before), after: Some(after) }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
