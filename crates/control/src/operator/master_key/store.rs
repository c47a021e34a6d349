use crate::identity::second_factor;
use crate::identity::sessions::parcel;
use crate::{Error, mail, resources};
use kernel::{ResourceId, SessionId, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A column of sealed values.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    ConnectionString,
    /// Of a database that has something to be removed from.
    PulseLeftover,
    TotpSecret,
    Letter,
    Parcel,
}

pub const COLUMNS: [Column; 5] =
    [Column::ConnectionString, Column::PulseLeftover, Column::TotpSecret, Column::Letter, Column::Parcel];

/// A sealed value, where it is, and what the vault authenticates beside it.
pub struct Sealed {
    id: Uuid,
    /// The second half of a parcel's key.
    part: String,
    pub purpose: String,
    pub sealed: Vec<u8>,
}

/// False while another rotation of this database has the turn; it is given back with the transaction.
pub async fn claim_turn(db: &mut PgConnection) -> Result<bool, Error> {
    let claimed =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtext('pentaprism master key')) as "claimed!""#);
    Ok(claimed.fetch_one(db).await?)
}

/// Connections of ours to this database that are not called `but`. The server keeps one list of them for the whole transaction: ask it once.
pub async fn others(db: &mut PgConnection, but: &str) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from pg_stat_activity
           where datname = current_database() and application_name like 'pentaprism%' and application_name <> $1"#,
        but
    );
    Ok(count.fetch_one(db).await?)
}

pub async fn delete_expired_parcels(db: &mut PgConnection, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("delete from session_parcel where expires_at <= $1", now).execute(db).await?;
    Ok(())
}

/// Nothing is sealed until the transaction ends.
pub async fn lock(db: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!(
        "lock table user_account, session_parcel, resource, pulse_leftover, outgoing_mail, setting in share row exclusive mode"
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn sealed(db: &mut PgConnection, column: Column) -> Result<Vec<Sealed>, Error> {
    let rows = match column {
        Column::ConnectionString => sqlx::query_as!(
            Row,
            r#"select id, '' as "part!", connection_string as "sealed!" from resource where connection_string is not null"#
        )
        .fetch_all(db)
        .await?,
        Column::PulseLeftover => sqlx::query_as!(
            Row,
            r#"select resource_id as id, '' as "part!", connection_string as "sealed!" from pulse_leftover"#
        )
        .fetch_all(db)
        .await?,
        Column::TotpSecret => sqlx::query_as!(
            Row,
            r#"select id, '' as "part!", totp_secret as "sealed!" from user_account where totp_secret is not null"#
        )
        .fetch_all(db)
        .await?,
        Column::Letter => sqlx::query_as!(Row, r#"select id, '' as "part!", letter as "sealed!" from outgoing_mail"#)
            .fetch_all(db)
            .await?,
        Column::Parcel => {
            sqlx::query_as!(Row, r#"select session_id as id, purpose as "part!", sealed as "sealed!" from session_parcel"#)
                .fetch_all(db)
                .await?
        }
    };
    Ok(rows.into_iter().map(|row| row.of(column)).collect())
}

pub async fn replace(db: &mut PgConnection, column: Column, at: &Sealed, sealed: &[u8]) -> Result<(), Error> {
    let query = match column {
        Column::ConnectionString => {
            sqlx::query!("update resource set connection_string = $2 where id = $1", at.id, sealed)
        }
        Column::PulseLeftover => {
            sqlx::query!("update pulse_leftover set connection_string = $2 where resource_id = $1", at.id, sealed)
        }
        Column::TotpSecret => sqlx::query!("update user_account set totp_secret = $2 where id = $1", at.id, sealed),
        Column::Letter => sqlx::query!("update outgoing_mail set letter = $2 where id = $1", at.id, sealed),
        Column::Parcel => sqlx::query!(
            "update session_parcel set sealed = $2 where session_id = $1 and purpose = $3",
            at.id,
            sealed,
            at.part
        ),
    };
    query.execute(db).await?;
    Ok(())
}

struct Row {
    id: Uuid,
    part: String,
    sealed: Vec<u8>,
}

impl Row {
    fn of(self, column: Column) -> Sealed {
        let purpose = match column {
            Column::ConnectionString | Column::PulseLeftover => resources::purpose(ResourceId::from_uuid(self.id)),
            Column::TotpSecret => second_factor::purpose(UserId::from_uuid(self.id)),
            Column::Letter => mail::purpose(self.id),
            Column::Parcel => parcel::sealed_for(SessionId::from_uuid(self.id), &self.part),
        };
        Sealed { id: self.id, part: self.part, purpose, sealed: self.sealed }
    }
}
