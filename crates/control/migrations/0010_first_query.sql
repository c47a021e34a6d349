-- When gateways saw queries of a resource. Beside `accelerate`, whose rows gateways read again whenever they change: this changes every second.
--
-- A row from before the resource was configured the last time counts for nothing.
create table accelerate_traffic (
    resource_id    uuid primary key references accelerate on delete cascade,
    first_query_at timestamptz not null,
    last_query_at  timestamptz not null,
    check (first_query_at <= last_query_at)
) with (fillfactor = 50);
