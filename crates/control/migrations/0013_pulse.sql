-- Pulse of a resource: there while it is enabled.
create table pulse (
    resource_id     uuid primary key references resource on delete cascade,
    -- Whether there are named streams.
    persistence     boolean not null,
    retention_hours integer not null check (retention_hours between 1 and 720),
    -- [["public", "User"], …]; null is all of them.
    tables          jsonb,
    enabled_by      uuid references user_account on delete set null,
    enabled_at      timestamptz not null,
    paused_at       timestamptz
);

-- Up to where the events of a resource are here.
create table pulse_journal (
    resource_id     uuid primary key references pulse on delete cascade,
    -- 0 before the first beginning.
    epoch           bigint not null default 0,
    system          text not null default '',
    through         bigint not null default 0,
    gap_reason      text,
    gap_at          timestamptz,
    -- Another one ends the connections of streams, which come back where the streams stand then.
    streams_version bigint not null default 0
) with (fillfactor = 50);

-- Tables as they were when changes of them were made.
create table pulse_table (
    id          bigint generated always as identity primary key,
    resource_id uuid not null references pulse on delete cascade,
    digest      bytea not null,
    encoded     bytea not null,
    unique (resource_id, digest)
);

create table pulse_event (
    resource_id uuid not null references pulse on delete cascade,
    id          text collate "C" not null,
    action      text not null check (action in ('I', 'U', 'D', 'T')),
    table_id    bigint not null,
    change      bytea not null,
    -- When it came, a moment after its commit.
    arrived_at  timestamptz not null,
    primary key (resource_id, id)
);
-- Events come and go in order of time.
create index pulse_event_arrived on pulse_event using brin (arrived_at);

create table pulse_stream (
    resource_id uuid not null references pulse on delete cascade,
    name        text not null check (length(name) between 1 and 200),
    -- The last event that was acknowledged; '' before the first.
    cursor      text collate "C" not null,
    -- Another one after each replay: what was acknowledged before counts for nothing.
    generation  bigint not null default 0,
    created_at  timestamptz not null,
    seen_at     timestamptz not null,
    primary key (resource_id, name)
) with (fillfactor = 50);

-- Who captures a resource. It outlives Pulse and the resource, since the token must only grow while there is a slot.
create table pulse_lease (
    resource_id uuid primary key,
    owner       uuid not null,
    token       bigint not null,
    expires_at  timestamptz not null
) with (fillfactor = 50);

-- What has to be removed from databases whose Pulse was disabled, or whose resource was deleted.
create table pulse_leftover (
    resource_id       uuid primary key,
    connection_string bytea not null,
    left_at           timestamptz not null,
    tries             integer not null default 0,
    next_try_at       timestamptz not null
);

create function leave_pulse_behind() returns trigger language plpgsql as $$
begin
    insert into pulse_leftover (resource_id, connection_string, left_at, next_try_at)
    select r.id, r.connection_string, now(), now() from resource r where r.id = old.resource_id and r.connection_string is not null
    on conflict (resource_id) do update set connection_string = excluded.connection_string, next_try_at = now(), tries = 0;
    return old;
end $$;

create trigger pulse_leaves before delete on pulse for each row execute function leave_pulse_behind();

-- The rows that go with a resource go when it is gone already.
create function delete_pulse_first() returns trigger language plpgsql as $$
begin
    delete from pulse where resource_id = old.id;
    return old;
end $$;

create trigger resource_leaves_pulse before delete on resource for each row execute function delete_pulse_first();
