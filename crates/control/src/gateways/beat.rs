use super::{Gateway, store};
use crate::{Ctx, Error};

/// Says that a server lives. It does for ten seconds from now; whether others do is another question.
///
/// # Errors
/// [`Error::Fault`] when another server has its number, which happens to one start in four thousand million.
pub async fn beat(ctx: &Ctx, gateway: &Gateway) -> Result<(), Error> {
    let mut db = ctx.db.acquire().await?;
    match store::upsert(&mut db, gateway).await {
        Err(error) if error.violates("gateway_number_key") => {
            Err(Error::Fault("another server has drawn the same number: start this one again".into()))
        }
        done => done,
    }
}
