use super::{Key, require};
use crate::identity::sessions::parcel::{self, Taken};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::KeyId;
use secrecy::SecretString;

/// A key that this session has just made, with its text: all that the page needs that shows it, in one transaction. `None` when it was shown already.
pub async fn show(ctx: &Ctx, actor: &Actor, id: KeyId) -> Result<Option<Taken<(Key, SecretString)>>, Error> {
    let mut tx = ctx.db.begin().await?;
    let (key, _) = require(&mut tx, actor, id, Right::View).await?;
    let text = parcel::open(ctx, &mut tx, actor, &id.to_string()).await?;
    Ok(text.map(|text| Taken::new((key, text), tx)))
}
