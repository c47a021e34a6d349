use super::{OrgSummary, ProjectPlan};
use crate::Error;
use kernel::page::{Page, PageRequest};
use kernel::{Access, OrgId, PlanId, Product, ProjectId};
use sqlx::PgConnection;

/// `only` narrows the page to one organization.
pub async fn page(
    db: &mut PgConnection,
    search: &str,
    only: Option<OrgId>,
    request: PageRequest,
) -> Result<Page<OrgSummary>, Error> {
    let rows = sqlx::query!(
        r#"select o.id, o.name, o.accelerate_access, o.pulse_access, o.created_at,
                  (select count(*) from member m where m.org_id = o.id) as "members!",
                  (select count(*) from project p where p.org_id = o.id) as "projects!",
                  count(*) over () as "total!"
           from organization o where position(lower($1) in lower(o.name)) > 0 and ($5::uuid is null or o.id = $5)
           order by case $4 when 'name' then lower(o.name) end, case $4 when '-name' then lower(o.name) end desc,
                    case $4 when 'created' then o.created_at end, o.created_at desc, o.id desc
           limit $2 offset $3"#,
        search.trim(),
        request.limit(),
        request.offset(),
        request.sort.as_str(),
        only.map(OrgId::uuid)
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows
        .into_iter()
        .map(|row| {
            let access = |column, text: &str| {
                text.parse::<Access>().map_err(|_| Error::inconsistent("organization", column, row.id))
            };
            Ok(OrgSummary {
                id: OrgId::from_uuid(row.id),
                name: row.name.parse().map_err(|_| Error::inconsistent("organization", "name", row.id))?,
                members: u32::try_from(row.members).unwrap_or(u32::MAX),
                projects: u32::try_from(row.projects).unwrap_or(u32::MAX),
                accelerate: access("accelerate_access", &row.accelerate_access)?,
                pulse: access("pulse_access", &row.pulse_access)?,
                created_at: row.created_at,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}

pub async fn projects(db: &mut PgConnection, org: OrgId, request: PageRequest) -> Result<Page<ProjectPlan>, Error> {
    let rows = sqlx::query!(
        r#"select p.id, p.name, p.plan_id, p.created_at, count(*) over () as "total!"
           from project p where p.org_id = $1
           order by case $4 when 'name' then lower(p.name) end, case $4 when '-name' then lower(p.name) end desc,
                    case $4 when 'created' then p.created_at end, p.created_at desc, p.id desc
           limit $2 offset $3"#,
        org.uuid(),
        request.limit(),
        request.offset(),
        request.sort.as_str()
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(ProjectPlan {
                id: ProjectId::from_uuid(row.id),
                name: row.name.parse().map_err(|_| Error::inconsistent("project", "name", row.id))?,
                plan: PlanId::from_uuid(row.plan_id),
                created_at: row.created_at,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}

/// Answers the access before; none when there is no such organization.
pub async fn set_access(
    db: &mut PgConnection,
    org: OrgId,
    product: Product,
    access: Access,
) -> Result<Option<String>, Error> {
    let before = sqlx::query_scalar!(
        r#"update organization o
           set accelerate_access = case when $2 = 'accelerate' then $3 else o.accelerate_access end,
               pulse_access = case when $2 = 'pulse' then $3 else o.pulse_access end
           from (select id, case when $2 = 'accelerate' then accelerate_access else pulse_access end as access
                 from organization where id = $1 for update) b
           where o.id = b.id returning b.access as "access!""#,
        org.uuid(),
        product.as_str(),
        access.as_str()
    );
    Ok(before.fetch_optional(db).await?)
}
