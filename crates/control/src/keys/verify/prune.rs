use super::store;
use crate::{Ctx, Error};
use time::Duration;

/// How long changes are kept for nodes that could not read them. A node that was away for longer reads all keys again.
const RETENTION: Duration = Duration::hours(1);

/// Removes changes that every node has had the time to read; a worker calls it every few minutes. Answers how many.
///
/// What may go is a matter of transactions: a change that was written long ago and committed just now stays. The clock decides only when, and a node
/// sees by itself whether something it has not read is gone.
pub async fn prune(ctx: &Ctx) -> Result<u64, Error> {
    let mut tx = ctx.db.begin().await?;
    let pruned = store::prune(&mut tx, ctx.now(), ctx.now() - RETENTION).await?;
    crate::commit(tx).await?;
    Ok(pruned)
}
