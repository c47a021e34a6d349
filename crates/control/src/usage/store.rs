//! The SQL of usage.

use super::read::{Part, Point, Share};
use super::say::Said;
use super::{ALL, Figures, Grain, Scope};
use crate::Error;
use crate::gateways::NodeId;
use kernel::{OrgId, Product};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// Of who rolls up, and of who makes and drops days: one node at a time.
const ROLLING_UP: i64 = 0x7573_6167_6501;
const DAYS: i64 = 0x7573_6167_6502;

/// A span of time of one scope, as the statements read it; in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Span {
    pub from_at: i64,
    pub until_at: i64,
    pub org: Uuid,
    pub project: Uuid,
    pub resource: Uuid,
    pub key: Uuid,
    pub product: String,
}

impl Span {
    /// The longer span that it is in.
    pub fn widened(self, grain: Grain) -> Self {
        let at = OffsetDateTime::from_unix_timestamp(self.from_at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (from, until) = grain.span(at);
        Self { from_at: from.unix_timestamp(), until_at: until.unix_timestamp(), ..self }
    }
}

/// A row of `usage_said`, as its statement reads it.
#[derive(Debug, Serialize)]
struct Row<'a> {
    minute: i64,
    project: Uuid,
    resource: Uuid,
    key: Uuid,
    product: &'static str,
    ttl: u64,
    swr: u64,
    miss: u64,
    uncached: u64,
    failed: u64,
    gone: u64,
    events: u64,
    egress: u64,
    latency_us: u64,
    spans: Vec<u16>,
    span_counts: Vec<u64>,
    codes: Vec<&'a str>,
    code_counts: Vec<u64>,
}

impl<'a> From<&'a Said> for Row<'a> {
    fn from(said: &'a Said) -> Self {
        let figures = &said.figures;
        Self {
            minute: said.minute.unix_timestamp(),
            project: said.project.uuid(),
            resource: said.resource.uuid(),
            key: said.key.uuid(),
            product: said.product.as_str(),
            ttl: figures.ttl,
            swr: figures.swr,
            miss: figures.miss,
            uncached: figures.uncached,
            failed: figures.failed,
            gone: figures.gone,
            events: figures.events,
            egress: figures.egress,
            latency_us: figures.latency_us,
            spans: figures.spans.keys().copied().collect(),
            span_counts: figures.spans.values().copied().collect(),
            codes: figures.codes.keys().map(String::as_str).collect(),
            code_counts: figures.codes.values().copied().collect(),
        }
    }
}

pub async fn say(db: &mut PgConnection, source: NodeId, sequence: u64, said: &[Said]) -> Result<(), Error> {
    let rows: Vec<Row<'_>> = said.iter().map(Row::from).collect();
    sqlx::query!(
        "insert into usage_said (minute, source, org_id, project_id, resource_id, key_id, product, sequence, fresh,
                                 ttl, swr, miss, uncached, failed, gone, events, egress, latency_us, spans, span_counts, codes, code_counts)
         select to_timestamp(r.minute), $2, p.org_id, r.project, r.resource, r.key, r.product, $3, true,
                r.ttl, r.swr, r.miss, r.uncached, r.failed, r.gone, r.events, r.egress, r.latency_us, r.spans, r.span_counts, r.codes, r.code_counts
         from jsonb_to_recordset($1) as r (minute bigint, project uuid, resource uuid, key uuid, product text,
              ttl bigint, swr bigint, miss bigint, uncached bigint, failed bigint, gone bigint, events bigint, egress bigint, latency_us bigint,
              spans smallint[], span_counts bigint[], codes text[], code_counts bigint[])
         join project p on p.id = r.project
         on conflict (minute, source, org_id, project_id, resource_id, key_id, product) do update set
              sequence = excluded.sequence, fresh = true,
              ttl = excluded.ttl, swr = excluded.swr, miss = excluded.miss, uncached = excluded.uncached, failed = excluded.failed, gone = excluded.gone, events = excluded.events, egress = excluded.egress, latency_us = excluded.latency_us, spans = excluded.spans, span_counts = excluded.span_counts, codes = excluded.codes, code_counts = excluded.code_counts
         where usage_said.sequence < excluded.sequence",
        Json(rows) as _,
        source.0,
        i64::try_from(sequence).unwrap_or(i64::MAX)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// False while another node has it. It ends with the transaction.
pub async fn lock(db: &mut PgConnection) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "has!""#, ROLLING_UP);
    Ok(has.fetch_one(db).await?)
}

/// What was said since it was rolled up, by minute and key. What a node is saying at this moment stays for the next time.
pub async fn take_fresh(db: &mut PgConnection) -> Result<Vec<Span>, Error> {
    let rows = sqlx::query!(
        "with fresh as (
           select minute, source, org_id, project_id, resource_id, key_id, product from usage_said where fresh for update skip locked
         )
         update usage_said u set fresh = false from fresh f
         where (u.minute, u.source, u.org_id, u.project_id, u.resource_id, u.key_id, u.product)
             = (f.minute, f.source, f.org_id, f.project_id, f.resource_id, f.key_id, f.product)
         returning u.minute, u.org_id, u.project_id, u.resource_id, u.key_id, u.product"
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let from_at = row.minute.unix_timestamp();
            let (org, project, resource, key) = (row.org_id, row.project_id, row.resource_id, row.key_id);
            Span { from_at, until_at: from_at + 60, org, project, resource, key, product: row.product }
        })
        .collect())
}

/// Sums up minutes of scopes from what was said of their keys.
pub async fn sum_said(db: &mut PgConnection, spans: &BTreeSet<Span>) -> Result<(), Error> {
    sqlx::query!(
        "with parts as (
               select to_timestamp(s.from_at) as at, s.org as org_id, s.project as project_id, s.resource as resource_id, s.key as key_id, s.product, u.ttl, u.swr, u.miss, u.uncached, u.failed, u.gone, u.events, u.egress, u.latency_us, u.spans, u.span_counts, u.codes, u.code_counts
               from jsonb_to_recordset($1) as s (from_at bigint, until_at bigint, org uuid, project uuid, resource uuid, key uuid, product text)
               join usage_said u on u.minute = to_timestamp(s.from_at) and u.product = s.product and u.org_id = s.org
                and (s.project = $2 or u.project_id = s.project) and (s.resource = $2 or u.resource_id = s.resource) and (s.key = $2 or u.key_id = s.key)
             ),
             sums as (
               select at, org_id, project_id, resource_id, key_id, product,
                      sum(ttl)::bigint as ttl, sum(swr)::bigint as swr, sum(miss)::bigint as miss, sum(uncached)::bigint as uncached, sum(failed)::bigint as failed, sum(gone)::bigint as gone, sum(events)::bigint as events, sum(egress)::bigint as egress, sum(latency_us)::bigint as latency_us
               from parts group by 1, 2, 3, 4, 5, 6
             ),
             spans as (
               select at, org_id, project_id, resource_id, key_id, product, array_agg(span order by span) as spans, array_agg(count order by span) as span_counts
               from (select at, org_id, project_id, resource_id, key_id, product, span, sum(count)::bigint as count
                     from parts, unnest(spans, span_counts) as one (span, count) group by 1, 2, 3, 4, 5, 6, 7) as each
               group by 1, 2, 3, 4, 5, 6
             ),
             codes as (
               select at, org_id, project_id, resource_id, key_id, product, array_agg(code order by code) as codes, array_agg(count order by code) as code_counts
               from (select at, org_id, project_id, resource_id, key_id, product, code, sum(count)::bigint as count
                     from parts, unnest(codes, code_counts) as one (code, count) group by 1, 2, 3, 4, 5, 6, 7) as each
               group by 1, 2, 3, 4, 5, 6
             )
           insert into usage (grain, at, org_id, project_id, resource_id, key_id, product,
                              ttl, swr, miss, uncached, failed, gone, events, egress, latency_us, spans, span_counts, codes, code_counts)
           select 'minute', at, org_id, project_id, resource_id, key_id, product, ttl, swr, miss, uncached, failed, gone, events, egress, latency_us,
                  coalesce(spans, '{}'), coalesce(span_counts, '{}'), coalesce(codes, '{}'), coalesce(code_counts, '{}')
           from sums left join spans using (at, org_id, project_id, resource_id, key_id, product)
                     left join codes using (at, org_id, project_id, resource_id, key_id, product)
           where exists (select from organization where id = org_id)
           on conflict (grain, org_id, project_id, resource_id, key_id, product, at) do update set
                  ttl = excluded.ttl, swr = excluded.swr, miss = excluded.miss, uncached = excluded.uncached, failed = excluded.failed, gone = excluded.gone, events = excluded.events, egress = excluded.egress, latency_us = excluded.latency_us, spans = excluded.spans, span_counts = excluded.span_counts, codes = excluded.codes, code_counts = excluded.code_counts",
        Json(spans) as _,
        ALL
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Sums up longer spans from the shorter ones of the same scope.
pub async fn sum(db: &mut PgConnection, from: Grain, to: Grain, spans: &BTreeSet<Span>) -> Result<(), Error> {
    sqlx::query!(
        "with parts as (
               select to_timestamp(s.from_at) as at, s.org as org_id, s.project as project_id, s.resource as resource_id, s.key as key_id, s.product, u.ttl, u.swr, u.miss, u.uncached, u.failed, u.gone, u.events, u.egress, u.latency_us, u.spans, u.span_counts, u.codes, u.code_counts
               from jsonb_to_recordset($1) as s (from_at bigint, until_at bigint, org uuid, project uuid, resource uuid, key uuid, product text)
               join usage u on u.grain = $2 and u.at >= to_timestamp(s.from_at) and u.at < to_timestamp(s.until_at) and u.product = s.product
                and u.org_id = s.org and u.project_id = s.project and u.resource_id = s.resource and u.key_id = s.key
             ),
             sums as (
               select at, org_id, project_id, resource_id, key_id, product,
                      sum(ttl)::bigint as ttl, sum(swr)::bigint as swr, sum(miss)::bigint as miss, sum(uncached)::bigint as uncached, sum(failed)::bigint as failed, sum(gone)::bigint as gone, sum(events)::bigint as events, sum(egress)::bigint as egress, sum(latency_us)::bigint as latency_us
               from parts group by 1, 2, 3, 4, 5, 6
             ),
             spans as (
               select at, org_id, project_id, resource_id, key_id, product, array_agg(span order by span) as spans, array_agg(count order by span) as span_counts
               from (select at, org_id, project_id, resource_id, key_id, product, span, sum(count)::bigint as count
                     from parts, unnest(spans, span_counts) as one (span, count) group by 1, 2, 3, 4, 5, 6, 7) as each
               group by 1, 2, 3, 4, 5, 6
             ),
             codes as (
               select at, org_id, project_id, resource_id, key_id, product, array_agg(code order by code) as codes, array_agg(count order by code) as code_counts
               from (select at, org_id, project_id, resource_id, key_id, product, code, sum(count)::bigint as count
                     from parts, unnest(codes, code_counts) as one (code, count) group by 1, 2, 3, 4, 5, 6, 7) as each
               group by 1, 2, 3, 4, 5, 6
             )
           insert into usage (grain, at, org_id, project_id, resource_id, key_id, product,
                              ttl, swr, miss, uncached, failed, gone, events, egress, latency_us, spans, span_counts, codes, code_counts)
           select $3, at, org_id, project_id, resource_id, key_id, product, ttl, swr, miss, uncached, failed, gone, events, egress, latency_us,
                  coalesce(spans, '{}'), coalesce(span_counts, '{}'), coalesce(codes, '{}'), coalesce(code_counts, '{}')
           from sums left join spans using (at, org_id, project_id, resource_id, key_id, product)
                     left join codes using (at, org_id, project_id, resource_id, key_id, product)
           where exists (select from organization where id = org_id)
           on conflict (grain, org_id, project_id, resource_id, key_id, product, at) do update set
                  ttl = excluded.ttl, swr = excluded.swr, miss = excluded.miss, uncached = excluded.uncached, failed = excluded.failed, gone = excluded.gone, events = excluded.events, egress = excluded.egress, latency_us = excluded.latency_us, spans = excluded.spans, span_counts = excluded.span_counts, codes = excluded.codes, code_counts = excluded.code_counts",
        Json(spans) as _,
        from.as_str(),
        to.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn lock_days(db: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock($1)", DAYS).execute(db).await?;
    Ok(())
}

/// The days whose minutes have a place.
pub async fn days(db: &mut PgConnection) -> Result<Vec<Date>, Error> {
    let days = sqlx::query_scalar!(
        r#"select to_date(right(c.relname, 8), 'YYYYMMDD') as "day!" from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = 'usage_said'::regclass order by 1"#
    );
    Ok(days.fetch_all(db).await?)
}

/// Tables of a day, the part of what was said and that of the sums.
fn tables(day: Date) -> [(&'static str, String); 2] {
    let name = |parent| format!("{parent}_{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day());
    [("usage_said", name("usage_said")), ("usage_minutes", name("usage_minutes"))]
}

pub async fn add_day(db: &mut PgConnection, day: Date) -> Result<(), Error> {
    let until = day + Duration::DAY;
    for (parent, name) in tables(day) {
        let sql = format!(
            "create table {name} partition of {parent} for values from ('{day} 00:00+00') to ('{until} 00:00+00')"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *db).await?;
    }
    Ok(())
}

pub async fn drop_day(db: &mut PgConnection, day: Date) -> Result<(), Error> {
    for (_, name) in tables(day) {
        sqlx::query(AssertSqlSafe(format!("drop table {name}"))).execute(&mut *db).await?;
    }
    Ok(())
}

/// Hours of keys from before the one time, and all from before the other.
pub async fn drop_hours(db: &mut PgConnection, keys: OffsetDateTime, all: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("delete from usage where grain = 'hour' and (at < $2 or (at < $1 and key_id <> $3))", keys, all, ALL)
        .execute(db)
        .await?;
    Ok(())
}

pub async fn series(
    db: &mut PgConnection,
    scope: Scope,
    grain: Grain,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Vec<Point>, Error> {
    let [project, resource] = [scope.project.map(|id| id.uuid()), scope.resource.map(|id| id.uuid())];
    let key = scope.key.map_or(ALL, |id| id.uuid());
    let rows = sqlx::query!(
        "select at, product, ttl, swr, miss, uncached, failed, gone, events, egress, latency_us, spans, span_counts, codes, code_counts
         from usage
         where grain = $1 and org_id = $2 and project_id = $3 and (resource_id = $4 or ($4 = $8 and $5 <> $8)) and key_id = $5 and at >= $6 and at < $7
         order by at, product",
        grain.as_str(),
        scope.org.uuid(),
        project.unwrap_or(ALL),
        resource.unwrap_or(ALL),
        key,
        from,
        until,
        ALL
    );
    let mut points: Vec<Point> = Vec::new();
    for row in rows.fetch_all(db).await? {
        let product = product(&row.product)?;
        let figures = Figures {
            ttl: count(row.ttl),
            swr: count(row.swr),
            miss: count(row.miss),
            uncached: count(row.uncached),
            failed: count(row.failed),
            gone: count(row.gone),
            events: count(row.events),
            egress: count(row.egress),
            latency_us: count(row.latency_us),
            spans: row
                .spans
                .into_iter()
                .map(|span| u16::try_from(span).unwrap_or_default())
                .zip(row.span_counts.into_iter().map(count))
                .collect(),
            codes: row.codes.into_iter().zip(row.code_counts.into_iter().map(count)).collect(),
        };
        // A key that was used on several resources has a row of each.
        match points.last_mut().filter(|last| last.at == row.at && last.product == product) {
            Some(last) => last.figures.add(&figures),
            None => points.push(Point { at: row.at, product, figures }),
        }
    }
    Ok(points)
}

pub async fn shares(
    db: &mut PgConnection,
    org: OrgId,
    part: Part,
    grain: Grain,
    [from, until]: [OffsetDateTime; 2],
    most: u16,
) -> Result<Vec<Share>, Error> {
    // Rows of this level alone: more of their columns are of nobody, the higher they stand.
    let level = match part {
        Part::Project => 1,
        Part::Resource => 2,
        Part::Key => 3,
    };
    let rows = sqlx::query!(
        r#"select case $5::int when 1 then project_id when 2 then resource_id else key_id end as "id!",
                  sum(ttl)::bigint as "ttl!", sum(swr)::bigint as "swr!", sum(miss)::bigint as "miss!", sum(uncached)::bigint as "uncached!",
                  sum(failed)::bigint as "failed!", sum(gone)::bigint as "gone!", sum(events)::bigint as "events!", sum(egress)::bigint as "egress!",
                  sum(latency_us)::bigint as "latency_us!"
           from usage
           where grain = $1 and org_id = $2 and at >= $3 and at < $4
             and ($5::int > 0) = (project_id <> $6) and ($5 > 1) = (resource_id <> $6) and ($5 > 2) = (key_id <> $6)
           group by 1 order by sum(ttl + swr + miss + uncached + failed + gone + events) desc, 1 limit $7"#,
        grain.as_str(),
        org.uuid(),
        from,
        until,
        level,
        ALL,
        i64::from(most)
    );
    let share = |figures, id| Share { id, figures };
    Ok(rows
        .fetch_all(db)
        .await?
        .into_iter()
        .map(|row| {
            let figures = Figures {
                ttl: count(row.ttl),
                swr: count(row.swr),
                miss: count(row.miss),
                uncached: count(row.uncached),
                failed: count(row.failed),
                gone: count(row.gone),
                events: count(row.events),
                egress: count(row.egress),
                latency_us: count(row.latency_us),
                ..Figures::default()
            };
            share(figures, row.id)
        })
        .collect())
}

fn product(name: &str) -> Result<Product, Error> {
    Product::ALL
        .into_iter()
        .find(|product| product.as_str() == name)
        .ok_or_else(|| Error::inconsistent("usage", "product", name))
}

/// No sum is negative.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
