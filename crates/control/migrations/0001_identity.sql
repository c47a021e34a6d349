-- Users, their sessions and the links that are mailed to them. Addresses are stored in lower case.

create table user_account (
    id                  uuid primary key,
    email               text not null unique,
    name                text not null,
    password_hash       text not null,
    password_changed_at timestamptz not null,
    -- Null while nobody has followed a link that was mailed to the address.
    email_verified_at   timestamptz,
    -- Signed up while the server sends mail and not verified since: nobody has ever been signed in to it, and a new sign-up replaces it.
    is_pending          boolean not null default false,
    last_seen_at        timestamptz,
    is_operator         boolean not null default false,
    -- Sealed; confirmed once a first code was right. The last accepted time step is kept so that a code works once.
    totp_secret         bytea,
    totp_confirmed_at   timestamptz,
    totp_last_step      bigint,
    created_at          timestamptz not null
);
create index user_account_created on user_account (created_at desc, id desc);

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

-- A link that was mailed or handed over: verify an address, or choose a new password. Using it deletes it.
create table mailed_link (
    token_hash bytea primary key,
    user_id    uuid not null references user_account on delete cascade,
    purpose    text not null check (purpose in ('verify_email', 'reset_password')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index mailed_link_user on mailed_link (user_id, purpose, created_at);
create index mailed_link_expiry on mailed_link (expires_at);

-- Mail on its way, written by the operation that causes it and deleted once a mail server has taken it.
create table outgoing_mail (
    id              uuid primary key,
    recipient       text not null,
    -- The letter, sealed: it may hold the token of an invitation.
    letter          bytea not null,
    -- Letters that a stranger can ask for again and again wait once: 'reset_password', 'verify_email', 'already_registered'.
    once            text,
    attempts        integer not null default 0,
    created_at      timestamptz not null,
    next_attempt_at timestamptz not null
);
create index outgoing_mail_due on outgoing_mail (next_attempt_at);
create unique index outgoing_mail_once on outgoing_mail (recipient, once);

-- What operators set. The first account claims the operator's place by inserting the row 'operator.claimed'.
create table setting (
    key        text primary key,
    value      jsonb not null,
    updated_at timestamptz not null,
    updated_by uuid references user_account on delete set null
);
