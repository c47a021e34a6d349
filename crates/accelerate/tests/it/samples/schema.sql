-- The tables behind exchanges.jsonl.
create type "Role" as enum ('USER', 'ADMIN');
create table "User" (
  id serial primary key, email text not null unique, name text, role "Role" not null default 'USER',
  balance decimal(65,30) not null default 0, big bigint not null default 0, data jsonb, raw bytea, tags text[],
  "createdAt" timestamp(3) not null default current_timestamp
);
create table "Post" (
  id text primary key, title text not null, published boolean not null default false, views integer not null default 0,
  "authorId" integer references "User"(id) on delete set null on update cascade
);
