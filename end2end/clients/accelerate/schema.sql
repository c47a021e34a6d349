-- The tables of schema.prisma, as `prisma migrate` would make them.
create type "Color" as enum ('RED', 'green', 'deep blue');
create type "Role" as enum ('USER', 'ADMIN');

create table "Everything" (
  id serial primary key,
  str text not null, "strN" text, ch char(5) not null, vc varchar(10) not null, uuid uuid not null,
  bit bit(3) not null, vbit varbit(8) not null, inet inet not null, xml xml not null,
  bool boolean not null, "boolN" boolean,
  int integer not null, small smallint not null, oid oid not null, big bigint not null, "bigN" bigint,
  float double precision not null, real real not null,
  dec decimal(65,30) not null, "decN" decimal(10,2), money money not null,
  json jsonb not null, "jsonN" json,
  bytes bytea not null, "bytesN" bytea,
  dt timestamp(3) not null, dt6 timestamp(6) not null, tz timestamptz(6) not null, date date not null, time time(6) not null, timetz timetz(6) not null,
  color "Color" not null, "colorN" "Color",
  strs text[], ints integer[], bigs bigint[], floats double precision[], decs decimal(65,30)[], bools boolean[], jsons jsonb[],
  "bytesL" bytea[], dts timestamp(3)[], dates date[], uuids uuid[], colors "Color"[]
);

create table users (
  id serial primary key, email text not null unique, "fullName" text, role "Role" not null default 'USER', score integer not null default 0,
  "managerId" integer references users (id) on delete set null on update cascade
);
create table "Profile" (
  id serial primary key, bio text not null, "userId" integer not null unique references users (id) on delete restrict on update cascade
);
create table "Post" (
  id text primary key, title text not null, views integer not null default 0, published boolean not null default false, rating decimal(65,30),
  "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null,
  "authorId" integer references users (id) on delete set null on update cascade
);
create index "Post_authorId_idx" on "Post" ("authorId");
create table "Tag" (id serial primary key, name text not null unique);
create table "_PostToTag" (
  "A" text not null references "Post" (id) on delete cascade on update cascade,
  "B" integer not null references "Tag" (id) on delete cascade on update cascade,
  constraint "_PostToTag_AB_pkey" primary key ("A", "B")
);
create index "_PostToTag_B_index" on "_PostToTag" ("B");
create table "Team" (id uuid primary key, name text not null);
create table "Membership" (
  "userId" integer not null references users (id) on delete cascade on update cascade,
  "teamId" uuid not null references "Team" (id) on delete cascade on update cascade,
  since date not null, level smallint not null default 1,
  primary key ("userId", "teamId")
);
