-- Servers that run now, or did a moment ago. Each says every two seconds that it lives.
create table gateway (
    id          uuid primary key,
    -- Stands in the ids of the transactions that the server holds.
    number      bigint not null unique check (number between 0 and 4294967295),
    region      text not null,
    -- Where other servers reach it; null where it cannot tell.
    node_url    text,
    -- The SHA-256 of its certificate, where it speaks TLS.
    certificate bytea check (length(certificate) = 32),
    public_url  text not null,
    started_at  timestamptz not null,
    seen_at     timestamptz not null
);
