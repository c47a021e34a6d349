//! Outgoing mail: an outbox. An operation writes its letter in its own transaction, so nothing acknowledged is lost and nothing undone is sent; a
//! worker hands due letters to the mail server.

pub mod deliver;
pub mod letter;
pub mod links;
pub mod mailer;
pub mod store;
pub mod templates;

pub use deliver::deliver_due;
pub use letter::{Letter, Notice};
pub use mailer::{Mailer, Message, SendError};

use crate::identity::throttle::Subject;
use crate::{Ctx, Error};
use kernel::Email;
use sqlx::PgConnection;
use uuid::Uuid;

/// Puts a letter into the outbox; it goes out when the transaction is done. Nothing happens on a server that sends no mail.
pub(crate) async fn post(ctx: &Ctx, db: &mut PgConnection, to: &Email, letter: &Letter) -> Result<(), Error> {
    if !ctx.rules.mail {
        return Ok(());
    }
    let id = ctx.new_uuid();
    let plain = serde_json::to_string(letter).map_err(|error| Error::Fault(format!("a letter: {error}")))?;
    let sealed = ctx.vault.seal(&purpose(id), &plain)?;
    store::insert(db, id, to, letter.once(), &sealed, ctx.now()).await
}

/// The same for a letter that a stranger asks for: a flood of requests fills nobody's mailbox. Whether it was posted is told to nobody.
pub(crate) async fn post_for_stranger(
    ctx: &Ctx,
    db: &mut PgConnection,
    to: &Email,
    letter: &Letter,
) -> Result<(), Error> {
    if ctx.throttle.admit(ctx.now(), &[Subject::Mailbox(to.to_string())]).is_err() {
        return Ok(());
    }
    post(ctx, db, to, letter).await
}

/// What the vault authenticates beside a letter.
pub(crate) fn purpose(id: Uuid) -> String {
    format!("outgoing_mail.letter:{id}")
}
