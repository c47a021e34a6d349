use super::UserSummary;
use crate::Error;
use crate::identity::User;
use kernel::UserId;
use kernel::page::{Page, PageRequest};
use sqlx::PgConnection;

/// `only` narrows the page to one user.
pub async fn page(
    db: &mut PgConnection,
    search: &str,
    only: Option<UserId>,
    request: PageRequest,
) -> Result<Page<UserSummary>, Error> {
    let rows = sqlx::query!(
        r#"select id, email, name, is_operator, is_pending, last_seen_at, created_at, totp_confirmed_at is not null as "second_factor!",
                  (select count(*) from member m where m.user_id = u.id) as "orgs!", count(*) over () as "total!"
           from user_account u
           where (position(lower($1) in lower(name)) > 0 or position(lower($1) in email) > 0) and ($4::uuid is null or id = $4)
           order by case $5 when 'name' then lower(name) end, case $5 when '-name' then lower(name) end desc,
                    case $5 when 'created' then created_at end, created_at desc, id desc
           limit $2 offset $3"#,
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
            Ok(UserSummary {
                user: User {
                    id: UserId::from_uuid(row.id),
                    email: row.email.parse().map_err(|_| Error::inconsistent("user_account", "email", row.id))?,
                    name: row.name.parse().map_err(|_| Error::inconsistent("user_account", "name", row.id))?,
                    operator: row.is_operator,
                    created_at: row.created_at,
                },
                orgs: u32::try_from(row.orgs).unwrap_or(u32::MAX),
                second_factor: row.second_factor,
                pending: row.is_pending,
                last_seen_at: row.last_seen_at,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}
