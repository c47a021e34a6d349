-- An epoch never comes twice, though the resource is disabled and configured anew in between: answers that it ended would be told again. Those that were
-- counted by resource so far were small.
create sequence accelerate_epoch as integer;
select setval('accelerate_epoch', extract(epoch from now())::integer);
alter table accelerate alter column cache_epoch set default nextval('accelerate_epoch');
