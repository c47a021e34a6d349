use super::{purpose, require, store};
use crate::identity::throttle::Subject;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Problem, ResourceId};
use secrecy::SecretString;

/// The stored connection string in the clear, for a test on the actor's behalf. It is never sent to a client.
pub async fn connection(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<SecretString, Error> {
    let mut db = ctx.db.acquire().await?;
    require(&mut db, actor, id, Right::ManageResource).await?;
    ctx.throttle.admit(ctx.now(), &[Subject::ConnectionTest(actor.user)])?;
    let sealed = store::connection(&mut db, id).await?;
    let sealed = sealed
        .ok_or_else(|| Problem::conflict("This environment has no connection string yet. Give one in its settings."))?;
    ctx.vault.open(&purpose(id), &sealed)
}

/// The same for measuring the way to it on the actor's behalf; none where none is stored.
pub async fn to_measure(ctx: &Ctx, actor: &Actor, id: ResourceId) -> Result<Option<SecretString>, Error> {
    let mut db = ctx.db.acquire().await?;
    require(&mut db, actor, id, Right::ManageResource).await?;
    let Some(sealed) = store::connection(&mut db, id).await? else { return Ok(None) };
    ctx.throttle.admit(ctx.now(), &[Subject::Measurement(actor.user)])?;
    ctx.vault.open(&purpose(id), &sealed).map(Some)
}
