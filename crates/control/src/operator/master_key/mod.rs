//! A new master key.

mod store;

use crate::audit::Entry;
use crate::database::{self, WITNESS};
use crate::operator::require;
use crate::vault::Vault;
use crate::{Actor, Ctx, Error};
use kernel::Problem;
use serde_json::json;

/// What the connections of a rotation call themselves. All others of ours, servers' and commands', must be gone.
pub const ROTATION: &str = "pentaprism rotation";

/// What became of the sealed values.
#[derive(Debug)]
pub struct Rotated {
    pub rewrapped: usize,
    /// Did not open and were left as they are: nobody will open them again.
    pub skipped: Vec<String>,
}

/// Wraps the data key of every sealed value under `new`, in one transaction. A value that does not open ends it, unless it is to be skipped.
///
/// Whoever runs on would seal under the old key and open nothing any more, so nobody may: they are told by their connections. They are counted
/// under the lock, for which every start waits at the witness; who comes to it afterwards meets the new one.
pub async fn rotate(ctx: &Ctx, actor: &Actor, new: &Vault, skip_unreadable: bool) -> Result<Rotated, Error> {
    require(actor)?;
    let mut tx = ctx.db.begin().await?;
    if !store::claim_turn(&mut tx).await? {
        return Err(Problem::conflict("Another rotation is under way.").into());
    }
    store::lock(&mut tx).await?;
    let others = store::others(&mut tx, ROTATION).await?;
    if others > 0 {
        return Err(Problem::conflict(format!(
            "Servers or commands of this database are running ({others} connections). Stop them all first, then start them with the new key."
        ))
        .into());
    }
    if !database::opens_witness(&ctx.vault, &mut tx).await? {
        return Err(
            Problem::conflict("Another rotation has ended meanwhile: the database is under its key now.").into()
        );
    }
    store::delete_expired_parcels(&mut tx, ctx.now()).await?;
    let mut rotated = Rotated { rewrapped: 0, skipped: Vec::new() };
    for column in store::COLUMNS {
        for value in store::sealed(&mut tx, column).await? {
            let Ok(sealed) = ctx.vault.rewrap(&value.purpose, &value.sealed, new) else {
                rotated.skipped.push(value.purpose);
                continue;
            };
            store::replace(&mut tx, column, &value, &sealed).await?;
            rotated.rewrapped += 1;
        }
    }
    if !skip_unreadable && !rotated.skipped.is_empty() {
        return Err(unreadable(&rotated.skipped));
    }
    let witness = new.seal(WITNESS, WITNESS)?;
    database::replace_witness(&mut tx, &witness, ctx.now()).await?;
    let after = Some(json!({ "rewrapped": rotated.rewrapped, "skipped": rotated.skipped }));
    Entry { action: "master_key.rotate", org: None, target: &"storage.master_key", before: None, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(rotated)
}

fn unreadable(values: &[String]) -> Error {
    Problem::conflict(format!(
        "{} sealed values do not open under the present key: {}. Restore them, or set them anew in the console, or leave them as they are, \
         lost, with --skip-unreadable. Nothing was changed.",
        values.len(),
        values.join(", ")
    ))
    .into()
}
