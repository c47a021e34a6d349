-- Events of a resource as they were written: many that came together are one row, since a row costs more than what is in it.
create table pulse_batch (
    resource_id uuid not null references pulse on delete cascade,
    -- The ids of its first and its last event.
    first       text collate "C" not null,
    last        text collate "C" not null,
    events      integer not null check (events > 0),
    -- Of each event, in order. The actions are one letter each: I, U, D or T.
    ids         text[] collate "C" not null,
    actions     text not null,
    tables      bigint[] not null,
    changes     bytea[] not null,
    -- When it came, a moment after its last commit.
    arrived_at  timestamptz not null,
    primary key (resource_id, last)
);
-- Compressing takes longer than writing.
alter table pulse_batch alter ids set storage external, alter actions set storage external, alter tables set storage external,
    alter changes set storage external;
-- Events come and go in order of time.
create index pulse_batch_arrived on pulse_batch using brin (arrived_at);

insert into pulse_batch (resource_id, first, last, events, ids, actions, tables, changes, arrived_at)
select resource_id, id, id, 1, array[id], action, array[table_id], array[change], arrived_at from pulse_event;
drop table pulse_event;

-- The same, event by event, for people who look.
create view pulse_event as
select b.resource_id, e.id, e.action, e.table_id, e.change, b.arrived_at
from pulse_batch b, unnest(b.ids, string_to_array(b.actions, null), b.tables, b.changes) as e (id, action, table_id, change);
