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
    key_hash         bytea not null unique,
    visible_start    text not null,
    visible_end      text not null,
    rights           text not null check (rights in ('full', 'read_only')),
    allowed_ranges   cidr[] not null default '{}',
    created_by       uuid references user_account on delete set null,
    created_at       timestamptz not null,
    expires_at       timestamptz,
    disabled_at      timestamptz,
    last_used_at     timestamptz,
    last_used_from   inet,
    foreign key (project_id, resource_id) references resource (project_id, id) on delete cascade
);
create index api_key_project on api_key (project_id, created_at);
create index api_key_resource on api_key (resource_id);

-- The feed of every gateway's key table. A reader takes all rows whose transaction was not yet visible to its previous snapshot, so a change
-- that commits late is never missed; reading a row twice is harmless.
create table key_change (
    xid    xid8 not null default pg_current_xact_id(),
    key_id uuid not null,
    at     timestamptz not null default clock_timestamp()
);
create index key_change_xid on key_change (xid);

create function record_key_change() returns trigger language plpgsql as $$
begin
    insert into key_change (key_id) values (coalesce(new.id, old.id));
    perform pg_notify('key_change', '');
    return null;
end $$;
create trigger api_key_changed
    after insert or delete or update of key_hash, rights, allowed_ranges, expires_at, disabled_at, resource_id on api_key
    for each row execute function record_key_change();

-- A project's key reaches its default resource, so a new default changes what its keys reach.
create function record_default_change() returns trigger language plpgsql as $$
begin
    insert into key_change (key_id) select id from api_key where project_id = new.id and resource_id is null;
    perform pg_notify('key_change', '');
    return null;
end $$;
create trigger project_default_changed
    after update of default_resource_id on project
    for each row when (old.default_resource_id is distinct from new.default_resource_id)
    execute function record_default_change();
