//! A new master key.

mod store;

use crate::audit::Entry;
use crate::database::WITNESS;
use crate::operator::require;
use crate::vault::Vault;
use crate::{Actor, Ctx, Error};
use kernel::Problem;
use serde_json::json;

/// Wraps the data key of every sealed value under `new`, in one transaction; answers how many there are.
///
/// A server that runs on would seal under the old key and open nothing any more, so none may: they are told by their connections.
pub async fn rotate(ctx: &Ctx, actor: &Actor, new: &Vault) -> Result<usize, Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    let servers = store::servers(&mut tx).await?;
    if servers > 0 {
        return Err(Problem::conflict(format!(
            "Servers of this database are running ({servers} connections). Stop them all first, then start them with the new key."
        ))
        .into());
    }
    store::lock(&mut tx).await?;
    let mut rewrapped = 0;
    for column in store::COLUMNS {
        for value in store::sealed(&mut tx, column).await? {
            let sealed = ctx.vault.rewrap(&value.purpose, &value.sealed, new)?;
            store::replace(&mut tx, column, &value, &sealed).await?;
            rewrapped += 1;
        }
    }
    let witness = new.seal(WITNESS, WITNESS)?;
    crate::database::replace_witness(&mut tx, &witness, ctx.now()).await?;
    let after = Some(json!({ "rewrapped": rewrapped }));
    Entry { action: "master_key.rotate", org: None, target: &"storage.master_key", before: None, after }
        .record(ctx, &mut tx, actor)
        .await?;
    tx.commit().await?;
    Ok(rewrapped)
}
