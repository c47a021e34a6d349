use super::{Activity, SeenEvent};
use crate::Error;
use crate::gateways::NodeId;
use kernel::{ProjectId, ResourceId};
use sqlx::PgConnection;

pub async fn activity(db: &mut PgConnection, id: ResourceId) -> Result<Activity, Error> {
    let row = sqlx::query!(
        r#"select l.owner as "owner?", g.region as "region?",
                  (select coalesce(sum(b.events), 0)::bigint from pulse_batch b where b.resource_id = $1 and b.arrived_at > now() - interval '1 minute') as "last_minute!",
                  (select b.arrived_at from pulse_batch b where b.resource_id = $1 order by b.last desc limit 1) as last_event_at,
                  exists (select from pulse_leftover x where x.resource_id = $1) as "is_cleaned!"
           from (select 1) as one
                left join pulse_lease l on l.resource_id = $1 and l.expires_at > clock_timestamp()
                left join gateway g on g.id = l.owner"#,
        id.uuid()
    )
    .fetch_one(db)
    .await?;
    Ok(Activity {
        node: row.owner.map(|owner| (NodeId(owner), row.region)),
        last_minute: u64::try_from(row.last_minute).unwrap_or_default(),
        last_event_at: row.last_event_at,
        is_cleaned: row.is_cleaned,
    })
}

pub async fn latest(db: &mut PgConnection, id: ResourceId, after: &str, most: i32) -> Result<Vec<SeenEvent>, Error> {
    let events = sqlx::query_as!(
        SeenEvent,
        r#"select distinct on (e.id) e.id as "id!", e.action as "action!", t.encoded as "table",
                  case when octet_length(e.change) <= 65536 then e.change end as change, b.arrived_at
           from (select b.*, greatest(b.events - $3 + 1, 1) as start from pulse_batch b
                 where b.resource_id = $1 and b.last > $2 order by b.last desc limit $3) b,
                unnest(b.ids[b.start:], string_to_array(substr(b.actions, b.start), null), b.tables[b.start:], b.changes[b.start:])
                    as e (id, action, table_id, change)
                join pulse_table t on t.id = e.table_id
           where e.id > $2 order by e.id desc limit $3"#,
        id.uuid(),
        after,
        most
    );
    Ok(events.fetch_all(db).await?)
}

pub async fn of_project(db: &mut PgConnection, project: ProjectId) -> Result<Vec<(ResourceId, bool)>, Error> {
    let rows = sqlx::query!(
        r#"select p.resource_id, p.paused_at is not null as "is_paused!" from pulse p join resource r on r.id = p.resource_id
           where r.project_id = $1"#,
        project.uuid()
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (ResourceId::from_uuid(row.resource_id), row.is_paused)).collect())
}
