-- What was used, by time and by scope.
--
-- A scope is an API key on a resource, and what it is part of: the resource, the project, the organization. Where a row is of more than one of them, their
-- columns hold the id of nobody (all zero). Times are UTC, the beginning of their span.

-- What each run of a node says of a minute: its own sum up to now, so that to say it twice counts once. By key alone.
create table usage_said (
    minute      timestamptz not null,
    source      uuid not null,
    org_id      uuid not null,
    project_id  uuid not null,
    resource_id uuid not null,
    key_id      uuid not null,
    product     text not null,
    -- Counts what the source has said: what comes late does not undo what came later.
    sequence    bigint not null,
    -- Not rolled up yet.
    fresh       boolean not null,
    ttl         bigint not null,
    swr         bigint not null,
    miss        bigint not null,
    uncached    bigint not null,
    failed      bigint not null,
    gone        bigint not null,
    events      bigint not null,
    egress      bigint not null,
    latency_us  bigint not null,
    -- How many took how long, by bucket of the histogram; and how many failed with which code.
    spans       smallint[] not null,
    span_counts bigint[] not null,
    codes       text[] not null,
    code_counts bigint[] not null,
    primary key (minute, source, org_id, project_id, resource_id, key_id, product)
) partition by range (minute);
create index usage_said_fresh on usage_said (minute) where fresh;

create table usage (
    grain       text not null,
    at          timestamptz not null,
    org_id      uuid not null,
    project_id  uuid not null,
    resource_id uuid not null,
    key_id      uuid not null,
    product     text not null,
    ttl         bigint not null,
    swr         bigint not null,
    miss        bigint not null,
    uncached    bigint not null,
    failed      bigint not null,
    gone        bigint not null,
    events      bigint not null,
    egress      bigint not null,
    latency_us  bigint not null,
    spans       smallint[] not null,
    span_counts bigint[] not null,
    codes       text[] not null,
    code_counts bigint[] not null,
    primary key (grain, org_id, project_id, resource_id, key_id, product, at)
) partition by list (grain);
-- Days of minutes are partitions too, so that old ones are dropped and not deleted.
create table usage_minutes partition of usage for values in ('minute') partition by range (at);
create table usage_hours partition of usage for values in ('hour');
create table usage_days partition of usage for values in ('day');
create table usage_months partition of usage for values in ('month');
create index usage_part on usage (grain, org_id, at) include (project_id, resource_id, key_id, product, ttl, swr, miss, uncached, failed, gone, events, egress, latency_us);

-- An organization takes its figures with it.
create function forget_usage() returns trigger language plpgsql as $$
begin
    delete from usage where grain in ('hour', 'day', 'month') and org_id = old.id;
    return null;
end $$;
create trigger organization_gone after delete on organization for each row execute function forget_usage();
