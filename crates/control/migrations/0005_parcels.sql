-- A secret on its way across a redirect: sealed, bound to the session, read once, gone after a few minutes or with its session.
-- One row a secret, so that two made at once both arrive.
create table session_parcel (
    session_id uuid not null references session (id) on delete cascade,
    purpose    text not null,
    sealed     bytea not null,
    expires_at timestamptz not null,
    primary key (session_id, purpose)
);
create index session_parcel_expiry on session_parcel (expires_at);

alter table session drop column parcel, drop column parcel_expires_at;
