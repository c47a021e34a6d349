-- Whether publication and slot are made by a node, or by the people whose database it is.
alter table pulse add column automatic boolean not null default true;
-- When they were removed on request, while capture is paused.
alter table pulse add column removed_at timestamptz;
