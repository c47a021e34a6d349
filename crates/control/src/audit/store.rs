use super::Entry;
use crate::{Actor, Error};
use ipnet::IpNet;
use kernel::UserId;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

pub async fn insert(
    db: &mut PgConnection,
    id: Uuid,
    at: OffsetDateTime,
    actor: &Actor,
    entry: Entry<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into audit_event (id, org_id, actor_id, action, target, address, before, after, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"#,
        id,
        entry.org.map(|org| org.uuid()),
        actor.account().map(UserId::uuid),
        entry.action,
        entry.target.to_string(),
        actor.origin.address.map(IpNet::from),
        entry.before,
        entry.after,
        at,
    )
    .execute(db)
    .await?;
    Ok(())
}
