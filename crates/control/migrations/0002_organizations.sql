-- Organizations, who is in them, and who is asked to be.

create table organization (
    id                uuid primary key,
    name              text not null,
    accelerate_access text not null check (accelerate_access in ('on', 'early_access', 'off')),
    pulse_access      text not null check (pulse_access in ('on', 'early_access', 'off')),
    created_at        timestamptz not null
);
create index organization_created on organization (created_at desc, id desc);

create table member (
    org_id     uuid not null references organization on delete cascade,
    user_id    uuid not null references user_account on delete cascade,
    role       text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
    created_at timestamptz not null,
    primary key (org_id, user_id)
);
create index member_user on member (user_id);

create table invitation (
    id          uuid primary key,
    org_id      uuid not null references organization on delete cascade,
    email       text not null,
    role        text not null check (role in ('owner', 'admin', 'developer', 'viewer')),
    token_hash  bytea not null unique,
    invited_by  uuid references user_account on delete set null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null
);
create index invitation_org on invitation (org_id, created_at desc);
create unique index invitation_once on invitation (org_id, email);

create table waitlist_request (
    org_id       uuid not null references organization on delete cascade,
    product      text not null check (product in ('accelerate', 'pulse')),
    requested_by uuid references user_account on delete set null,
    created_at   timestamptz not null,
    primary key (org_id, product)
);
