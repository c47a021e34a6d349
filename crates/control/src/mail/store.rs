use crate::Error;
use kernel::Email;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A letter that waits once for its address replaces its earlier copy under a new id, so whoever is sending that one does not delete this one.
pub async fn insert(
    db: &mut PgConnection,
    id: Uuid,
    to: &Email,
    once: Option<&str>,
    sealed: &[u8],
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into outgoing_mail (id, recipient, letter, once, created_at, next_attempt_at) values ($1, $2, $3, $4, $5, $5)
           on conflict (recipient, once) do update
           set id = excluded.id, letter = excluded.letter, attempts = 0, created_at = excluded.created_at, next_attempt_at = excluded.next_attempt_at"#,
        id,
        to.as_str(),
        sealed,
        once,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub struct Due {
    pub id: Uuid,
    pub to: Email,
    pub sealed: Vec<u8>,
    /// Tries so far, this one included.
    pub attempts: i32,
}

/// Takes the letter that has waited longest and puts its next try off (1, 4, 16 minutes and so on up to 6 hours), so no other worker sends it
/// meanwhile and no transaction stays open while a mail server thinks.
pub async fn claim(db: &mut PgConnection, now: OffsetDateTime) -> Result<Option<Due>, Error> {
    let row = sqlx::query!(
        r#"update outgoing_mail
           set attempts = attempts + 1, next_attempt_at = $1 + least(interval '1 minute' * power(4, least(attempts, 8)), interval '6 hours')
           where id = (select id from outgoing_mail where next_attempt_at <= $1 order by next_attempt_at limit 1 for update skip locked)
           returning id, recipient, letter, attempts"#,
        now
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let to = row.recipient.parse().map_err(|_| Error::inconsistent("outgoing_mail", "recipient", row.id))?;
        Ok(Due { id: row.id, to, sealed: row.letter, attempts: row.attempts })
    })
    .transpose()
}

pub async fn set_attempts(db: &mut PgConnection, id: Uuid, attempts: i32) -> Result<(), Error> {
    sqlx::query!("update outgoing_mail set attempts = $2 where id = $1", id, attempts).execute(db).await?;
    Ok(())
}

pub async fn delete(db: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query!("delete from outgoing_mail where id = $1", id).execute(db).await?;
    Ok(())
}

/// How many letters wait, and since when the oldest does.
pub async fn waiting(db: &mut PgConnection) -> Result<(i64, Option<OffsetDateTime>), Error> {
    let row = sqlx::query!(r#"select count(*) as "count!", min(created_at) as oldest from outgoing_mail"#);
    let row = row.fetch_one(db).await?;
    Ok((row.count, row.oldest))
}
