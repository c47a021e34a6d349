use super::*;
use upstream::{CertificateFault, ConnectionString};

/// What `@prisma/adapter-pg` and `@prisma/client-engine-runtime` 7.10.0 make of the same fields: code, message and the cause after its original.
fn official() -> Vec<(ServerError, &'static str, &'static str, Json)> {
    let error = |code: &str, message: &str| ServerError {
        severity: "ERROR".into(),
        code: code.into(),
        message: message.into(),
        ..ServerError::default()
    };
    let with = |code: &str, change: &dyn Fn(&mut ServerError)| {
        let mut error = error(code, "said");
        change(&mut error);
        error
    };
    vec![
        (
            with("22001", &|error| error.column = Some("name".into())),
            "P2000",
            "The provided value for the column is too long for the column's type. Column: name",
            json!({ "kind": "LengthMismatch", "column": "name" }),
        ),
        (
            error("22001", "said"),
            "P2000",
            "The provided value for the column is too long for the column's type. Column: (not available)",
            json!({ "kind": "LengthMismatch" }),
        ),
        (
            error("22003", "integer out of range"),
            "P2020",
            "Value out of range for the type: integer out of range",
            json!({ "kind": "ValueOutOfRange", "cause": "integer out of range" }),
        ),
        (
            error("22P02", "invalid input syntax"),
            "P2007",
            "Invalid input value: invalid input syntax",
            json!({ "kind": "InvalidInputValue", "message": "invalid input syntax" }),
        ),
        (
            with("23505", &|error| {
                error.constraint = Some("User_email_key".into());
                error.table = Some("User".into());
                error.detail = Some("Key (email)=(a) already exists.".into());
            }),
            "P2002",
            "Unique constraint failed on the constraint: `User_email_key`",
            json!({ "kind": "UniqueConstraintViolation", "constraint": { "index": "User_email_key" }, "table": "User" }),
        ),
        (
            with("23505", &|error| error.detail = Some("Key (a, b)=(1, 2) already exists.".into())),
            "P2002",
            "Unique constraint failed on the fields: (`a`, `b`)",
            json!({ "kind": "UniqueConstraintViolation", "constraint": { "fields": ["a", "b"] } }),
        ),
        (
            with("23505", &|error| {
                error.constraint = Some("User_a_b_key".into());
                error.detail = Some("Key (a, b)=(1, 2) already exists.".into());
            }),
            "P2002",
            "Unique constraint failed on the constraint: `User_a_b_key`",
            json!({ "kind": "UniqueConstraintViolation", "constraint": { "index": "User_a_b_key" }, "table": "User" }),
        ),
        (
            with("23502", &|error| error.detail = Some("Failing row contains (1, null).".into())),
            "P2011",
            "Null constraint violation on the (not available)",
            json!({ "kind": "NullConstraintViolation" }),
        ),
        (
            with("23502", &|error| error.detail = Some("Key (a)=(null).".into())),
            "P2011",
            "Null constraint violation on the fields: (`a`)",
            json!({ "kind": "NullConstraintViolation", "constraint": { "fields": ["a"] } }),
        ),
        (
            with("23503", &|error| error.constraint = Some("Post_authorId_fkey".into())),
            "P2003",
            "Foreign key constraint violated on the constraint: `Post_authorId_fkey`",
            json!({ "kind": "ForeignKeyConstraintViolation", "constraint": { "index": "Post_authorId_fkey" } }),
        ),
        (
            with("23001", &|error| error.column = Some("authorId".into())),
            "P2003",
            "Foreign key constraint violated on the fields: (`authorId`)",
            json!({ "kind": "RestrictViolation", "constraint": { "fields": ["authorId"] } }),
        ),
        (
            error("3D000", "database \"shop\" does not exist"),
            "P1003",
            "Database `shop` does not exist on the database server",
            json!({ "kind": "DatabaseDoesNotExist", "db": "shop" }),
        ),
        (
            error("28000", "no pg_hba.conf entry for host \"::1\", user \"u\", database \"shop\", no encryption"),
            "P1010",
            "User was denied access on the database `shop`",
            json!({ "kind": "DatabaseAccessDenied", "db": "shop" }),
        ),
        (
            error("28P01", "password authentication failed for user \"u\""),
            "P1000",
            "Authentication failed against the database server, the provided database credentials for `u` are not valid",
            json!({ "kind": "AuthenticationFailed", "user": "u" }),
        ),
        (
            error("40001", "could not serialize access"),
            "P2034",
            "Transaction failed due to a write conflict or a deadlock. Please retry your transaction",
            json!({ "kind": "TransactionWriteConflict" }),
        ),
        (
            error("40P01", "deadlock detected"),
            "P2034",
            "Transaction failed due to a write conflict or a deadlock. Please retry your transaction",
            json!({ "kind": "TransactionWriteConflict" }),
        ),
        (
            error("42P01", "relation \"public.Post\" does not exist"),
            "P2021",
            "The table `public.Post` does not exist in the current database.",
            json!({ "kind": "TableDoesNotExist", "table": "public.Post" }),
        ),
        (
            error("42703", "column t.\"odd\"\"name\" does not exist"),
            "P2022",
            "The column `t.odd\"name` does not exist in the current database.",
            json!({ "kind": "ColumnNotFound", "column": "t.odd\"name" }),
        ),
        (
            error("42703", "column \"x\" of relation \"t\" does not exist in this place"),
            "P2022",
            "The column `(not available)` does not exist in the current database.",
            json!({ "kind": "ColumnNotFound" }),
        ),
        (
            error("42P04", "database \"shop\" already exists"),
            "P1009",
            "Database `shop` already exists on the database server",
            json!({ "kind": "DatabaseAlreadyExists", "db": "shop" }),
        ),
        (
            error("53300", "sorry, too many clients already"),
            "P2037",
            "Too many database connections opened: sorry, too many clients already",
            json!({ "kind": "TooManyConnections", "cause": "sorry, too many clients already" }),
        ),
        (
            with("42601", &|error| error.hint = Some("think".into())),
            "P2039",
            "Database error. Code: `42601`. Message: `said`",
            json!({ "kind": "postgres", "code": "42601", "severity": "ERROR", "message": "said", "hint": "think" }),
        ),
    ]
}

#[test]
fn refusals_are_what_the_official_executor_makes_of_them() {
    for (error, code, message, cause) in official() {
        let told = refused(&error, false);
        assert_eq!((&*told.code, &*told.message), (code, message));
        let mut wanted = cause.as_object().unwrap().clone();
        wanted.insert("originalCode".into(), error.code.clone().into());
        wanted.insert("originalMessage".into(), error.message.clone().into());
        assert_eq!(told.meta["driverAdapterError"]["cause"], Json::Object(wanted.clone()), "{code}");
        let table = if code == "P2002" { wanted.get("table") } else { None };
        assert_eq!(told.meta.get("table"), table, "{code}");
        let raw = refused(&error, true);
        assert_eq!(raw.code, "P2010");
        assert_eq!(raw.message, format!("Raw query failed. Code: `{}`. Message: `{}`", error.code, error.message));
    }
}

#[test]
fn a_connection_that_is_lost_or_silent_is_told_so() {
    let told = |error: std::io::ErrorKind| failed(Failure::from(std::io::Error::from(error)), false);
    for (error, code, message, kind) in [
        (std::io::ErrorKind::ConnectionReset, "P1017", "Server has closed the connection.", "ConnectionClosed"),
        (std::io::ErrorKind::BrokenPipe, "P1017", "Server has closed the connection.", "ConnectionClosed"),
        (std::io::ErrorKind::TimedOut, "P1008", "Operation has timed out", "SocketTimeout"),
    ] {
        let told = told(error);
        assert_eq!((&*told.code, &*told.message), (code, message));
        assert_eq!(told.meta["driverAdapterError"]["cause"], json!({ "kind": kind }));
    }
}

#[test]
fn a_dial_that_fails_is_told_without_the_words_of_the_database() {
    let target = ConnectionString::parse("postgresql://u:secret@db.example.com:5433/shop").unwrap();
    let tls = |error: &DialError| {
        (
            format!("Error opening a TLS connection: {error}"),
            json!({ "kind": "TlsConnectionError", "reason": error.to_string() }),
        )
    };
    let reach = || {
        (
            "Can't reach database server at db.example.com:5433".to_owned(),
            json!({ "kind": "DatabaseNotReachable", "host": "db.example.com", "port": 5433 }),
        )
    };
    let known = |message: &str, cause: Json| (message.to_owned(), cause);
    let password = || {
        known(
            "Authentication failed against the database server, the provided database credentials for `u` are not valid",
            json!({ "kind": "AuthenticationFailed", "user": "u" }),
        )
    };
    let access = || {
        known("User was denied access on the database `shop`", json!({ "kind": "DatabaseAccessDenied", "db": "shop" }))
    };
    for (error, code, (message, cause)) in [
        (DialError::WrongPassword, "P1000", password()),
        (DialError::PasswordMissing, "P1000", password()),
        (DialError::Authentication, "P1000", password()),
        (DialError::Unresolvable, "P1001", reach()),
        (DialError::Refused, "P1001", reach()),
        (DialError::Unreachable, "P1001", reach()),
        (DialError::Denied { address: [10, 0, 0, 1].into() }, "P1001", reach()),
        (DialError::StartingUp, "P1001", reach()),
        (DialError::NotPostgres, "P1001", reach()),
        (
            DialError::NoSuchDatabase,
            "P1003",
            known(
                "Database `shop` does not exist on the database server",
                json!({ "kind": "DatabaseDoesNotExist", "db": "shop" }),
            ),
        ),
        (DialError::TimedOut, "P1008", known("Operation has timed out", json!({ "kind": "SocketTimeout" }))),
        (DialError::NoSuchRole, "P1010", access()),
        (DialError::NoPgHbaEntry, "P1010", access()),
        (DialError::PermissionDenied, "P1010", access()),
        (DialError::TlsNotOffered, "P1011", tls(&DialError::TlsNotOffered)),
        (DialError::TlsHandshake, "P1011", tls(&DialError::TlsHandshake)),
        (
            DialError::TlsCertificate(CertificateFault::Expired),
            "P1011",
            tls(&DialError::TlsCertificate(CertificateFault::Expired)),
        ),
        (
            DialError::TooManyConnections,
            "P2037",
            (
                format!("Too many database connections opened: {}", DialError::TooManyConnections),
                json!({ "kind": "TooManyConnections", "cause": DialError::TooManyConnections.to_string() }),
            ),
        ),
    ] {
        let told = unreachable(&error, &target);
        assert_eq!((&*told.code, told.message), (code, message), "{error:?}");
        assert_eq!(told.meta["driverAdapterError"]["cause"], cause, "{error:?}");
        assert!(!told.meta["driverAdapterError"].to_string().contains("secret"));
    }
}
