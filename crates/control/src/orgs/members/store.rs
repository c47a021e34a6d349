use super::Member;
use crate::Error;
use kernel::page::{Page, PageRequest};
use kernel::{Name, OrgId, Role, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// `only` narrows the page to one member.
pub async fn page(
    db: &mut PgConnection,
    org: OrgId,
    search: &str,
    only: Option<UserId>,
    request: PageRequest,
) -> Result<Page<Member>, Error> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, u.email, m.role, m.created_at, u.last_seen_at, count(*) over () as "total!"
           from member m join user_account u on u.id = m.user_id
           where m.org_id = $1 and (position(lower($2) in lower(u.name)) > 0 or position(lower($2) in u.email) > 0)
             and ($5::uuid is null or u.id = $5)
           order by case $6 when 'name' then lower(u.name) end, case $6 when '-name' then lower(u.name) end desc,
                    case $6 when 'created' then m.created_at end, m.created_at desc, u.id desc
           limit $3 offset $4"#,
        org.uuid(),
        search.trim(),
        request.limit(),
        request.offset(),
        only.map(UserId::uuid),
        request.sort.as_str()
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(Member {
                user: UserId::from_uuid(row.id),
                name: row.name.parse().map_err(|_| Error::inconsistent("user_account", "name", row.id))?,
                email: row.email.parse().map_err(|_| Error::inconsistent("user_account", "email", row.id))?,
                role: row.role.parse().map_err(|_| Error::inconsistent("member", "role", row.id))?,
                since: row.created_at,
                last_seen_at: row.last_seen_at,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}

pub async fn insert(
    db: &mut PgConnection,
    org: OrgId,
    user: UserId,
    role: Role,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into member (org_id, user_id, role, created_at) values ($1, $2, $3, $4)",
        org.uuid(),
        user.uuid(),
        role.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn is_member(db: &mut PgConnection, org: OrgId, email: &kernel::Email) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from member m join user_account u on u.id = m.user_id where m.org_id = $1 and u.email = $2) as "found!""#,
        org.uuid(),
        email.as_str()
    );
    Ok(found.fetch_one(db).await?)
}

pub async fn owners(db: &mut PgConnection, org: OrgId) -> Result<Vec<UserId>, Error> {
    let owners = sqlx::query_scalar!("select user_id from member where org_id = $1 and role = 'owner'", org.uuid());
    Ok(owners.fetch_all(db).await?.into_iter().map(UserId::from_uuid).collect())
}

pub async fn set_role(db: &mut PgConnection, org: OrgId, user: UserId, role: Role) -> Result<(), Error> {
    sqlx::query!(
        "update member set role = $3 where org_id = $1 and user_id = $2",
        org.uuid(),
        user.uuid(),
        role.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: &mut PgConnection, org: OrgId, user: UserId) -> Result<(), Error> {
    sqlx::query!("delete from member where org_id = $1 and user_id = $2", org.uuid(), user.uuid()).execute(db).await?;
    Ok(())
}

/// An organization that a user is in, and what their going would mean for it.
pub struct Place {
    pub org: OrgId,
    pub name: Name,
    pub only_owner: bool,
    pub others: i64,
}

/// In the order in which several organizations are locked.
pub async fn places_of(db: &mut PgConnection, user: UserId) -> Result<Vec<Place>, Error> {
    let rows = sqlx::query!(
        r#"select o.id, o.name,
                  m.role = 'owner' and not exists (select from member x where x.org_id = o.id and x.role = 'owner' and x.user_id <> $1) as "only_owner!",
                  (select count(*) from member x where x.org_id = o.id and x.user_id <> $1) as "others!"
           from member m join organization o on o.id = m.org_id where m.user_id = $1 order by o.id"#,
        user.uuid()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Place {
                org: OrgId::from_uuid(row.id),
                name: row.name.parse().map_err(|_| Error::inconsistent("organization", "name", row.id))?,
                only_owner: row.only_owner,
                others: row.others,
            })
        })
        .collect()
}
