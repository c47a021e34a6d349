use crate::Error;
use crate::operator::waitlist::Request;
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, Product, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Answers whether the request is new.
pub async fn insert(
    db: &mut PgConnection,
    org: OrgId,
    product: Product,
    user: UserId,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into waitlist_request (org_id, product, requested_by, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        org.uuid(),
        product.as_str(),
        user.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

pub async fn of_org(db: &mut PgConnection, org: OrgId) -> Result<Vec<Product>, Error> {
    let products =
        sqlx::query_scalar!("select product from waitlist_request where org_id = $1 order by product", org.uuid());
    products.fetch_all(db).await?.iter().map(|product| parse(product, org.uuid())).collect()
}

pub async fn delete(db: &mut PgConnection, org: OrgId, product: Product) -> Result<(), Error> {
    sqlx::query!("delete from waitlist_request where org_id = $1 and product = $2", org.uuid(), product.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// All requests, the oldest first.
pub async fn page(db: &mut PgConnection, request: PageRequest) -> Result<Page<Request>, Error> {
    let rows = sqlx::query!(
        r#"select w.org_id, o.name, w.product, u.email as "requested_by?", w.created_at, count(*) over () as "total!"
           from waitlist_request w join organization o on o.id = w.org_id left join user_account u on u.id = w.requested_by
           order by w.created_at, w.org_id, w.product limit $1 offset $2"#,
        request.limit(),
        request.offset()
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(Request {
                org: OrgId::from_uuid(row.org_id),
                org_name: row.name.parse().map_err(|_| Error::inconsistent("organization", "name", row.org_id))?,
                product: parse(&row.product, row.org_id)?,
                requested_by: row.requested_by,
                at: row.created_at,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}

fn parse(product: &str, org: Uuid) -> Result<Product, Error> {
    product.parse().map_err(|_| Error::inconsistent("waitlist_request", "product", org))
}
