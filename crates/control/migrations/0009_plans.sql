-- Plans: what a project may use of Accelerate. What is null has no limit of its own.
create table plan (
    id                     uuid primary key,
    name                   text not null,
    -- Comes with the product, and stays as it is.
    built_in               boolean not null default false,
    -- Queries in ten seconds on average, and how many more wait in a gateway's memory.
    requests               integer check (requests between 1 and 1000000),
    queued                 integer check (queued between 0 and 10000),
    -- What a resource's settings may ask at most.
    connections            integer check (connections between 1 and 500),
    query_timeout_ms       integer check (query_timeout_ms between 100 and 600000),
    transaction_timeout_ms integer check (transaction_timeout_ms between 100 and 600000),
    response_bytes         integer check (response_bytes between 1024 and 268435456),
    created_at             timestamptz not null default now(),
    check ((requests is null) = (queued is null))
);
create unique index plan_name on plan (lower(name));

insert into plan (id, name, built_in, requests, queued) values
    ('00000000-0000-7000-8000-000000000001', 'Unlimited', true, null, null),
    ('00000000-0000-7000-8000-000000000002', 'Sandbox', true, 10, 25);

-- The default is `Unlimited`.
alter table project add column plan_id uuid not null default '00000000-0000-7000-8000-000000000001' references plan;
create index project_plan on project (plan_id);
