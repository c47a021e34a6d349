//! The control database itself: which one it is, and whether it answers.

mod store;

use crate::{Ctx, Error};

/// The server's system identifier, where it may be read, and the database's name: what no customer's connection string may lead to.
pub async fn identity(ctx: &Ctx) -> Result<(Option<i64>, String), Error> {
    let mut db = ctx.db.acquire().await?;
    store::identity(&mut db).await
}

/// Whether it answers a query now.
pub async fn is_ready(ctx: &Ctx) -> bool {
    match ctx.db.acquire().await {
        Ok(mut db) => store::ping(&mut db).await.is_ok(),
        Err(_) => false,
    }
}
