//! The waiting list: organizations that ask for a product they have no access to.

pub mod store;

use super::store as orgs;
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Access, OrgId, Problem, Product};
use serde_json::json;

/// Asks the operator for a product on the organization's behalf. Asking twice is asking once.
pub async fn join(ctx: &Ctx, actor: &Actor, org: OrgId, product: Product) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    Right::JoinWaitlist.require(&mut tx, actor, org).await?;
    let here = orgs::find_for(&mut tx, org, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    if here.access(product) != Access::Off {
        return Err(Problem::conflict(format!("This organization has access to {} already.", product.label())).into());
    }
    if store::insert(&mut tx, org, product, actor.user, ctx.now()).await? {
        let after = Some(json!({ "product": product }));
        Entry { action: "waitlist.join", org: Some(org), target: &org, before: None, after }
            .record(ctx, &mut tx, actor)
            .await?;
    }
    crate::commit(tx).await?;
    Ok(())
}

/// The products that the organization waits for.
pub async fn joined(ctx: &Ctx, actor: &Actor, org: OrgId) -> Result<Vec<Product>, Error> {
    let mut db = ctx.db.acquire().await?;
    Right::View.require(&mut db, actor, org).await?;
    store::of_org(&mut db, org).await
}
