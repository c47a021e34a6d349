-- Projects, their resources and API keys.

create table project (
    id                  uuid primary key,
    org_id              uuid not null references organization on delete cascade,
    name                text not null,
    default_resource_id uuid,
    created_at          timestamptz not null,
    unique (org_id, id)
);
create index project_org on project (org_id, created_at);
create unique index project_name on project (org_id, lower(name));

create table resource (
    id                uuid primary key,
    project_id        uuid not null references project on delete cascade,
    kind              text not null check (kind in ('environment')),
    name              text not null,
    -- The customer's connection string, sealed; and the form of it that may be shown.
    connection_string bytea,
    connection_masked text,
    created_at        timestamptz not null,
    unique (project_id, id)
);
create unique index resource_name on resource (project_id, lower(name));

-- The default is one of the project's own resources. Deferred: both rows may go in one transaction.
alter table project add constraint project_default_resource
    foreign key (id, default_resource_id) references resource (project_id, id) deferrable initially deferred;

create table api_key (
    id               uuid primary key,
    project_id       uuid not null references project on delete cascade,
    -- Null: the key is the project's, and reaches its default resource.
    resource_id      uuid,
    name             text not null,
    key_hash         bytea not null unique check (octet_length(key_hash) = 32),
    visible_start    text not null,
    visible_end      text not null,
    rights           text not null check (rights in ('full', 'read_only')),
    allowed_ranges   cidr[] not null default '{}',
    created_by       uuid references user_account on delete set null,
    created_at       timestamptz not null,
    expires_at       timestamptz,
    disabled_at      timestamptz,
    -- Set once: a successor took its place, and expires_at is the end of the overlap.
    rotated_at       timestamptz,
    last_used_at     timestamptz,
    last_used_from   inet,
    foreign key (project_id, resource_id) references resource (project_id, id) on delete cascade
);
create index api_key_project on api_key (project_id, created_at);
create index api_key_resource on api_key (resource_id);

-- The feed of every node's key table: which keys to read again, one by its hash or all that lead to a project's default resource. A reader takes
-- the rows whose transaction its previous snapshot did not see, so a change that commits late is never missed. A new default is one row, and the
-- keys are looked up by the reader: a key made in a transaction that runs beside it is read again by whichever commits last.
create table key_change (
    xid        xid8 not null default pg_current_xact_id(),
    key_hash   bytea,
    project_id uuid,
    check (num_nonnulls(key_hash, project_id) = 1)
);
create index key_change_xid on key_change (xid);

-- Which changes may be gone: those of transactions below the lowest floor. Each floor is the oldest transaction that was running when it was taken.
create table key_change_floor (
    floor    xid8 not null,
    taken_at timestamptz not null
);
insert into key_change_floor values ('0', '-infinity');

create function record_key_change() returns trigger language plpgsql as $$
begin
    insert into key_change (key_hash)
    select distinct key_hash from unnest(array[old.key_hash, new.key_hash]) as key_hash where key_hash is not null;
    perform pg_notify('key_change', '');
    return null;
end $$;
-- Not of last_used_at: a node writes that for each key in use.
create trigger api_key_changed
    after insert or delete or update of key_hash, rights, allowed_ranges, expires_at, disabled_at, resource_id on api_key
    for each row execute function record_key_change();

create function record_default_change() returns trigger language plpgsql as $$
begin
    insert into key_change (project_id) values (new.id);
    perform pg_notify('key_change', '');
    return null;
end $$;
create trigger project_default_changed
    after update of default_resource_id on project
    for each row when (old.default_resource_id is distinct from new.default_resource_id)
    execute function record_default_change();
