create type "Role" as enum ('READER', 'WRITER');
create table users (
  id serial primary key, email text not null unique, name text, role "Role" not null, score int not null, big bigint not null, ratio double precision not null,
  price numeric(20, 6) not null, joined timestamptz(3) not null, active boolean not null, data jsonb not null, raw bytea not null, tags text[] not null, marks int[] not null
);
alter table users replica identity full;
create table notes (id serial primary key, body text not null);
