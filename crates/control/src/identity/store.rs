use super::User;
use super::sign_in::Proof;
use crate::Error;
use ipnet::IpNet;
use kernel::{Email, Name, SessionId, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    is_operator: bool,
    created_at: OffsetDateTime,
}

impl TryFrom<UserRow> for User {
    type Error = Error;
    fn try_from(row: UserRow) -> Result<Self, Error> {
        let email = row.email.parse::<Email>().map_err(|_| Error::inconsistent("user_account", "email", row.id))?;
        let name = row.name.parse::<Name>().map_err(|_| Error::inconsistent("user_account", "name", row.id))?;
        Ok(Self { id: UserId::from_uuid(row.id), email, name, operator: row.is_operator, created_at: row.created_at })
    }
}

pub async fn user(db: &mut PgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row = sqlx::query_as!(
        UserRow,
        "select id, email, name, is_operator, created_at from user_account where id = $1",
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

pub async fn user_by_email(db: &mut PgConnection, email: &Email) -> Result<Option<User>, Error> {
    let row = sqlx::query_as!(
        UserRow,
        "select id, email, name, is_operator, created_at from user_account where email = $1",
        email.as_str()
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

pub async fn user_of_session(
    db: &mut PgConnection,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<Option<User>, Error> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select u.id, u.email, u.name, u.is_operator, u.created_at
           from session s join user_account u on u.id = s.user_id
           where s.id = $1 and s.expires_at > $2"#,
        session.uuid(),
        now
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

/// What sign-in needs to know of an address.
pub struct Credentials {
    pub user: UserId,
    pub password_hash: String,
    pub password_changed_at: OffsetDateTime,
    pub pending: bool,
    pub second_factor: bool,
    /// The user has a live session from the asking network, or chose their password there by a link.
    pub from_known_network: bool,
}

pub async fn credentials(
    db: &mut PgConnection,
    email: &Email,
    network: Option<IpNet>,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Option<Credentials>, Error> {
    let row = sqlx::query!(
        r#"select id, password_hash, password_changed_at, is_pending, totp_confirmed_at is not null as "second_factor!",
                  coalesce(reset_from <<= $2 and reset_at > $4, false)
                  or exists (select from session s where s.user_id = u.id and s.address <<= $2 and s.expires_at > $3 and s.last_seen_at > $4) as "known!"
           from user_account u where email = $1"#,
        email.as_str(),
        network,
        now,
        idle_since
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Credentials {
        user: UserId::from_uuid(row.id),
        password_hash: row.password_hash,
        password_changed_at: row.password_changed_at,
        pending: row.is_pending,
        second_factor: row.second_factor,
        from_known_network: row.known,
    }))
}

pub async fn password_hash(db: &mut PgConnection, user: UserId) -> Result<Option<String>, Error> {
    let hash = sqlx::query_scalar!("select password_hash from user_account where id = $1", user.uuid());
    Ok(hash.fetch_optional(db).await?)
}

/// True for exactly one caller, ever: who makes the first account, or where mail is sent, verifies the first.
pub async fn claim_operator(db: &mut PgConnection, now: OffsetDateTime) -> Result<bool, Error> {
    let claimed = sqlx::query!(
        "insert into setting (key, value, updated_at) values ('operator.claimed', 'true', $1) on conflict (key) do nothing",
        now
    )
    .execute(db)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

pub async fn is_operator_claimed(db: &mut PgConnection) -> Result<bool, Error> {
    let claimed =
        sqlx::query_scalar!(r#"select exists (select from setting where key = 'operator.claimed') as "claimed!""#);
    Ok(claimed.fetch_one(db).await?)
}

pub async fn set_operator(db: &mut PgConnection, user: UserId, operator: bool) -> Result<(), Error> {
    sqlx::query!("update user_account set is_operator = $2 where id = $1", user.uuid(), operator).execute(db).await?;
    Ok(())
}

pub async fn is_invited(db: &mut PgConnection, email: &Email, now: OffsetDateTime) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from invitation where email = $1 and expires_at > $2) as "found!""#,
        email.as_str(),
        now
    )
    .fetch_one(db)
    .await?;
    Ok(found)
}

pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a Email,
    pub name: &'a Name,
    pub password_hash: &'a str,
    pub operator: bool,
    pub now: OffsetDateTime,
}

pub async fn insert_user(db: &mut PgConnection, new: NewUser<'_>) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into user_account (id, email, name, password_hash, password_changed_at, is_operator, created_at)
           values ($1, $2, $3, $4, $5, $6, $5)"#,
        new.id.uuid(),
        new.email.as_str(),
        new.name.as_str(),
        new.password_hash,
        new.now,
        new.operator,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An account whose address is to be verified, or a new try of one that still waits for that: the latest name and password count. `None`, and
/// nothing changed, when somebody has the address for good.
pub async fn insert_pending_user(db: &mut PgConnection, new: NewUser<'_>) -> Result<Option<UserId>, Error> {
    let id = sqlx::query_scalar!(
        r#"insert into user_account (id, email, name, password_hash, password_changed_at, is_operator, is_pending, created_at)
           values ($1, $2, $3, $4, $5, $6, true, $5)
           on conflict (email) do update set name = excluded.name, password_hash = excluded.password_hash, password_changed_at = excluded.password_changed_at
           where user_account.is_pending
           returning id"#,
        new.id.uuid(),
        new.email.as_str(),
        new.name.as_str(),
        new.password_hash,
        new.now,
        new.operator,
    )
    .fetch_optional(db)
    .await?;
    Ok(id.map(UserId::from_uuid))
}

/// A password that somebody chose.
pub async fn set_password(db: &mut PgConnection, user: UserId, hash: &str, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!(
        "update user_account set password_hash = $2, password_changed_at = $3 where id = $1",
        user.uuid(),
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The same password under stronger parameters.
pub async fn upgrade_hash(db: &mut PgConnection, user: UserId, hash: &str) -> Result<(), Error> {
    sqlx::query!("update user_account set password_hash = $2 where id = $1", user.uuid(), hash).execute(db).await?;
    Ok(())
}

/// Holds the user's row until the transaction ends, if the password is still the one of this hash.
pub async fn lock_with_password(db: &mut PgConnection, user: UserId, hash: &str) -> Result<bool, Error> {
    let row =
        sqlx::query!("select id from user_account where id = $1 and password_hash = $2 for update", user.uuid(), hash);
    Ok(row.fetch_optional(db).await?.is_some())
}

/// The same if the password is still the one of this proof; others may hold it so beside.
pub async fn share_with_proof(db: &mut PgConnection, proof: Proof) -> Result<bool, Error> {
    let row = sqlx::query!(
        "select id from user_account where id = $1 and password_changed_at = $2 for share",
        proof.user.uuid(),
        proof.password_changed_at
    );
    Ok(row.fetch_optional(db).await?.is_some())
}

/// Notes from where the password was chosen by a link.
pub async fn mark_reset(
    db: &mut PgConnection,
    user: UserId,
    network: Option<IpNet>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!("update user_account set reset_from = $2, reset_at = $3 where id = $1", user.uuid(), network, now)
        .execute(db)
        .await?;
    Ok(())
}

/// Somebody is in: the account is theirs from now on, and no new sign-up replaces it.
pub async fn mark_signed_in(db: &mut PgConnection, user: UserId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("update user_account set last_seen_at = $2, is_pending = false where id = $1", user.uuid(), now)
        .execute(db)
        .await?;
    Ok(())
}

/// Somebody reads mail at the address.
pub async fn mark_verified(db: &mut PgConnection, user: UserId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!(
        "update user_account set email_verified_at = coalesce(email_verified_at, $2), is_pending = false where id = $1",
        user.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn is_verified(db: &mut PgConnection, user: UserId) -> Result<bool, Error> {
    let verified = sqlx::query_scalar!(
        r#"select email_verified_at is not null as "verified!" from user_account where id = $1"#,
        user.uuid()
    );
    Ok(verified.fetch_optional(db).await?.unwrap_or(false))
}

pub async fn rename(db: &mut PgConnection, user: UserId, name: &Name) -> Result<(), Error> {
    sqlx::query!("update user_account set name = $2 where id = $1", user.uuid(), name.as_str()).execute(db).await?;
    Ok(())
}

/// Holds the user's row until the transaction ends; answers whether there is one.
pub async fn lock(db: &mut PgConnection, user: UserId) -> Result<bool, Error> {
    let row = sqlx::query!("select id from user_account where id = $1 for update", user.uuid());
    Ok(row.fetch_optional(db).await?.is_some())
}

/// Holds the rows of all operators who can sign in until the transaction ends, so that two of them cannot each leave the place to the other.
pub async fn lock_operators(db: &mut PgConnection) -> Result<Vec<UserId>, Error> {
    let rows =
        sqlx::query_scalar!("select id from user_account where is_operator and not is_pending order by id for update");
    Ok(rows.fetch_all(db).await?.into_iter().map(UserId::from_uuid).collect())
}

/// Sessions, links, codes and memberships go with it.
pub async fn delete(db: &mut PgConnection, user: UserId) -> Result<(), Error> {
    sqlx::query!("delete from user_account where id = $1", user.uuid()).execute(db).await?;
    Ok(())
}
