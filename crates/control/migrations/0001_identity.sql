-- Users, their sessions and the links that are mailed to them. Addresses are stored in lower case.

create table user_account (
    id                  uuid primary key,
    email               text not null unique,
    name                text not null,
    password_hash       text not null,
    password_changed_at timestamptz not null,
    email_verified_at   timestamptz,
    is_operator         boolean not null default false,
    -- Sealed; confirmed once a first code was right. The last accepted time step is kept so that a code works once.
    totp_secret         bytea,
    totp_confirmed_at   timestamptz,
    totp_last_step      bigint,
    created_at          timestamptz not null
);

create table recovery_code (
    user_id   uuid not null references user_account on delete cascade,
    code_hash bytea not null,
    used_at   timestamptz,
    primary key (user_id, code_hash)
);

create table session (
    -- SHA-256 of the cookie's value: a stolen dump opens no session.
    token_hash   bytea primary key,
    id           uuid not null unique,
    user_id      uuid references user_account on delete cascade,
    data         jsonb not null,
    address      inet,
    user_agent   text,
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null,
    -- One secret on its way across a redirect: sealed, read once, gone after a few minutes.
    parcel            bytea,
    parcel_expires_at timestamptz
);
create index session_of_user on session (user_id, last_seen_at desc);
create index session_expiry on session (expires_at);

-- A mailed link: verify an address, or choose a new password.
create table mailed_link (
    token_hash bytea primary key,
    user_id    uuid not null references user_account on delete cascade,
    purpose    text not null check (purpose in ('verify_email', 'reset_password')),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index mailed_link_user on mailed_link (user_id, purpose);

-- What operators set. The first account claims the operator's place by inserting the row 'operator.claimed'.
create table setting (
    key        text primary key,
    value      jsonb not null,
    updated_at timestamptz not null,
    updated_by uuid references user_account on delete set null
);
