-- Accelerate of a resource: there while it is configured. What is null has its default.
create table accelerate (
    resource_id            uuid primary key references resource on delete cascade,
    region                 text not null,
    connections            integer check (connections between 1 and 500),
    query_timeout_ms       integer check (query_timeout_ms between 100 and 600000),
    transaction_timeout_ms integer check (transaction_timeout_ms between 100 and 600000),
    response_bytes         integer check (response_bytes between 1024 and 268435456),
    cache                  boolean not null default true,
    -- Another one ends every answer that gateways keep.
    cache_epoch            integer not null default 0,
    configured_by          uuid references user_account on delete set null,
    configured_at          timestamptz not null
);
