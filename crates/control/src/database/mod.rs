//! The control database itself: which one it is, whether it answers, and whether its secrets are ours to open.

mod store;

pub(crate) use store::replace_witness;

use crate::vault::Vault;
use crate::{Ctx, Error};
use secrecy::ExposeSecret;
use sqlx::PgConnection;

/// What the vault authenticates beside the sealed witness, and its plain text.
pub(crate) const WITNESS: &str = "database.witness";

/// The server's system identifier, where it may be read, and the database's name: what no customer's connection string may lead to.
pub async fn identity(ctx: &Ctx) -> Result<(Option<i64>, String), Error> {
    let mut db = ctx.db.acquire().await?;
    store::identity(&mut db).await
}

/// The oldest PostgreSQL that the schema is for.
pub const OLDEST: i32 = 15;

/// The server's major version: 15, say.
pub async fn version(db: &mut PgConnection) -> Result<i32, Error> {
    Ok(store::version(db).await? / 10_000)
}

/// Whether it answers a query now.
pub async fn is_ready(ctx: &Ctx) -> bool {
    match ctx.db.acquire().await {
        Ok(mut db) => store::ping(&mut db).await.is_ok(),
        Err(_) => false,
    }
}

/// Whether this node's master key is the one under which the database's secrets are sealed. The first node to ask leaves a witness.
pub async fn knows_master_key(ctx: &Ctx) -> Result<bool, Error> {
    let sealed = ctx.vault.seal(WITNESS, WITNESS)?;
    let mut db = ctx.db.acquire().await?;
    store::leave_witness(&mut db, &sealed, ctx.now()).await?;
    opens_witness(&ctx.vault, &mut db).await
}

/// The same of a node that runs already: it writes nothing, so it may be asked every second.
pub async fn still_knows_master_key(ctx: &Ctx) -> Result<bool, Error> {
    opens_witness(&ctx.vault, &mut *ctx.db.acquire().await?).await
}

pub(crate) async fn opens_witness(vault: &Vault, db: &mut PgConnection) -> Result<bool, Error> {
    let Some(witness) = store::witness(db).await? else { return Ok(true) };
    Ok(vault.open(WITNESS, &witness).is_ok_and(|plain| plain.expose_secret() == WITNESS))
}
