-- Who did what, written in the transaction that did it. No foreign keys: an entry outlives what it speaks of.

create table audit_event (
    id       uuid primary key,
    org_id   uuid,
    -- Null: somebody who is not signed in, or the command line of the server itself.
    actor_id uuid,
    action   text not null,
    target   text not null,
    address  inet,
    before   jsonb,
    after    jsonb,
    at       timestamptz not null
);
create index audit_event_org on audit_event (org_id, at desc);
