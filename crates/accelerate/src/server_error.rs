//! What the database's refusals mean to Prisma Client, as the official adapter maps them (`adapter-pg/src/errors.ts`,
//! `client-engine-runtime/src/user-facing-error.ts`).

use crate::error::QueryError;
use crate::wire::{Failure, ServerError};
use serde_json::{Map, Value as Json, json};
use upstream::DialError;

/// The database refused a statement. `raw`: one of the user's own.
pub fn refused(error: &ServerError, raw: bool) -> QueryError {
    let Mapped { kind, code, message, details } = map(error);
    let mut cause = Map::new();
    cause.insert("originalCode".into(), error.code.clone().into());
    cause.insert("originalMessage".into(), error.message.clone().into());
    cause.insert("kind".into(), kind.into());
    let table = details.get("table").cloned();
    cause.extend(details);
    let mut meta = adapter_error(cause.into());
    if raw {
        let message = format!("Raw query failed. Code: `{}`. Message: `{}`", error.code, error.message);
        return QueryError::user("P2010", message).with_meta(meta);
    }
    let Some(code) = code else {
        let message = format!("Database error. Code: `{}`. Message: `{}`", error.code, error.message);
        return QueryError::user("P2039", message).with_meta(meta);
    };
    if let (true, Some(table)) = (kind == "UniqueConstraintViolation", table) {
        meta.insert("table".into(), table);
    }
    QueryError::user(code, message).with_meta(meta)
}

fn adapter_error(cause: Json) -> Map<String, Json> {
    let mut meta = Map::new();
    meta.insert("driverAdapterError".into(), json!({ "name": "DriverAdapterError", "cause": cause }));
    meta
}

struct Mapped {
    kind: &'static str,
    /// None for what the client knows as an error of the database alone.
    code: Option<&'static str>,
    message: String,
    details: Map<String, Json>,
}

fn map(error: &ServerError) -> Mapped {
    let fields = || {
        let detail = error.detail.as_deref()?;
        let list = detail.split_once("Key (")?.1.split_once(')')?.0;
        Some(list.split(", ").map(str::to_owned).collect::<Vec<_>>())
    };
    let index = || error.constraint.clone().map(|index| json!({ "index": index }));
    let by_fields = || fields().map(|fields| json!({ "fields": fields }));
    // The name in the second word, as far as the official adapter reads it.
    let named = || error.message.split(' ').nth(1).and_then(|word| word.split('"').nth(1)).map(str::to_owned);
    let or_unknown = |text: Option<&str>| text.unwrap_or("(not available)").to_owned();
    let mapped = |kind, code, message: String, details: Vec<(&str, Option<Json>)>| {
        let details = details.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Mapped { kind, code: Some(code), message, details: details.collect() }
    };
    match &*error.code {
        "22001" => {
            let column = error.column.clone();
            let message = format!(
                "The provided value for the column is too long for the column's type. Column: {}",
                or_unknown(column.as_deref())
            );
            mapped("LengthMismatch", "P2000", message, vec![("column", column.map(Json::from))])
        }
        "22003" => {
            let message = format!("Value out of range for the type: {}", error.message);
            mapped("ValueOutOfRange", "P2020", message, vec![("cause", Some(error.message.clone().into()))])
        }
        "22P02" => {
            let message = format!("Invalid input value: {}", error.message);
            mapped("InvalidInputValue", "P2007", message, vec![("message", Some(error.message.clone().into()))])
        }
        "23505" => {
            let constraint = index().or_else(by_fields);
            let table = error.table.clone().or_else(|| {
                let suffix = format!("_{}_key", fields()?.join("_"));
                error.constraint.as_deref()?.strip_suffix(&suffix).map(str::to_owned)
            });
            let message = format!("Unique constraint failed on the {}", constrained(constraint.as_ref()));
            mapped(
                "UniqueConstraintViolation",
                "P2002",
                message,
                vec![("constraint", constraint), ("table", table.map(Json::from))],
            )
        }
        "23502" => {
            let constraint = by_fields();
            let message = format!("Null constraint violation on the {}", constrained(constraint.as_ref()));
            mapped("NullConstraintViolation", "P2011", message, vec![("constraint", constraint)])
        }
        "23503" | "23001" => {
            let constraint = error.column.clone().map(|column| json!({ "fields": [column] })).or_else(index);
            let message = format!("Foreign key constraint violated on the {}", constrained(constraint.as_ref()));
            let kind = if error.code == "23001" { "RestrictViolation" } else { "ForeignKeyConstraintViolation" };
            mapped(kind, "P2003", message, vec![("constraint", constraint)])
        }
        "3D000" => {
            let db = named();
            let message = format!("Database `{}` does not exist on the database server", or_unknown(db.as_deref()));
            mapped("DatabaseDoesNotExist", "P1003", message, vec![("db", db.map(Json::from))])
        }
        "28000" => {
            let db = error.message.split(',').find(|part| part.starts_with(" database"));
            let db = db.and_then(|part| part.split('"').nth(1)).map(str::to_owned);
            let message = format!("User was denied access on the database `{}`", or_unknown(db.as_deref()));
            mapped("DatabaseAccessDenied", "P1010", message, vec![("db", db.map(Json::from))])
        }
        "28P01" => {
            let user = error.message.rsplit(' ').next().and_then(|word| word.split('"').nth(1)).map(str::to_owned);
            let message = format!(
                "Authentication failed against the database server, the provided database credentials for `{}` are not valid",
                or_unknown(user.as_deref())
            );
            mapped("AuthenticationFailed", "P1000", message, vec![("user", user.map(Json::from))])
        }
        "40001" | "40P01" => mapped(
            "TransactionWriteConflict",
            "P2034",
            "Transaction failed due to a write conflict or a deadlock. Please retry your transaction".into(),
            vec![],
        ),
        "42P01" => {
            let table = named();
            let message =
                format!("The table `{}` does not exist in the current database.", or_unknown(table.as_deref()));
            mapped("TableDoesNotExist", "P2021", message, vec![("table", table.map(Json::from))])
        }
        "42703" => {
            let column = error.message.strip_prefix("column ").and_then(|rest| rest.strip_suffix(" does not exist"));
            let column = column.map(unquoted);
            let message =
                format!("The column `{}` does not exist in the current database.", or_unknown(column.as_deref()));
            mapped("ColumnNotFound", "P2022", message, vec![("column", column.map(Json::from))])
        }
        "42P04" => {
            let db = named();
            let message = format!("Database `{}` already exists on the database server", or_unknown(db.as_deref()));
            mapped("DatabaseAlreadyExists", "P1009", message, vec![("db", db.map(Json::from))])
        }
        "53300" => {
            let message = format!("Too many database connections opened: {}", error.message);
            mapped("TooManyConnections", "P2037", message, vec![("cause", Some(error.message.clone().into()))])
        }
        _ => {
            let text = |text: &Option<String>| text.clone().map(Json::from);
            let details = vec![
                ("code", Some(error.code.clone().into())),
                ("severity", Some(error.severity.clone().into())),
                ("message", Some(error.message.clone().into())),
                ("detail", text(&error.detail)),
                ("column", text(&error.column)),
                ("hint", text(&error.hint)),
            ];
            Mapped { code: None, ..mapped("postgres", "", String::new(), details) }
        }
    }
}

/// `a.b"c` of `a."b""c"`.
fn unquoted(name: &str) -> String {
    let (mut out, mut chars) = (String::with_capacity(name.len()), name.chars().peekable());
    let mut is_quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.next_if_eq(&'"').is_some() => out.push('"'),
            '"' => is_quoted = !is_quoted,
            c => out.push(c),
        }
    }
    out
}

fn constrained(constraint: Option<&Json>) -> String {
    if let Some(fields) = constraint.and_then(|constraint| constraint.get("fields")).and_then(Json::as_array) {
        let fields: Vec<_> = fields.iter().filter_map(Json::as_str).map(|field| format!("`{field}`")).collect();
        return format!("fields: ({})", fields.join(", "));
    }
    match constraint.and_then(|constraint| constraint.get("index")).and_then(Json::as_str) {
        Some(index) => format!("constraint: `{index}`"),
        None => "(not available)".to_owned(),
    }
}

/// A statement has no result.
pub fn failed(failure: Failure, raw: bool) -> QueryError {
    match failure {
        Failure::Server(error) => refused(&error, raw),
        Failure::Sink(error) if raw && error.code == "P2010" => {
            let message = format!("Raw query failed. Code: `N/A`. Message: `{}`", error.message);
            QueryError { message, ..*error }
        }
        Failure::Sink(error) => *error,
        Failure::Closed => QueryError::user("P1017", "Server has closed the connection.")
            .with_meta(adapter_error(json!({ "kind": "ConnectionClosed" }))),
        Failure::TimedOut => socket_timeout(),
        Failure::Malformed => {
            QueryError::internal("The database does not speak Postgres' protocol as it is known here")
        }
    }
}

fn socket_timeout() -> QueryError {
    QueryError::user("P1008", "Operation has timed out").with_meta(adapter_error(json!({ "kind": "SocketTimeout" })))
}

/// No connection could be made. What the database itself said is not told.
pub fn unreachable(error: &DialError, target: &upstream::ConnectionString) -> QueryError {
    let (host, port, user, db) = (target.host().to_string(), target.port(), target.user(), target.database());
    let (code, message, cause) = match error {
        DialError::TimedOut => return socket_timeout(),
        DialError::WrongPassword | DialError::PasswordMissing | DialError::Authentication => (
            "P1000",
            format!(
                "Authentication failed against the database server, the provided database credentials for `{user}` are not valid"
            ),
            json!({ "kind": "AuthenticationFailed", "user": user }),
        ),
        DialError::NoSuchDatabase => (
            "P1003",
            format!("Database `{db}` does not exist on the database server"),
            json!({ "kind": "DatabaseDoesNotExist", "db": db }),
        ),
        DialError::NoSuchRole | DialError::NoPgHbaEntry | DialError::PermissionDenied => (
            "P1010",
            format!("User was denied access on the database `{db}`"),
            json!({ "kind": "DatabaseAccessDenied", "db": db }),
        ),
        DialError::TlsNotOffered | DialError::TlsCertificate(_) | DialError::TlsHandshake => (
            "P1011",
            format!("Error opening a TLS connection: {error}"),
            json!({ "kind": "TlsConnectionError", "reason": error.to_string() }),
        ),
        DialError::TooManyConnections => (
            "P2037",
            format!("Too many database connections opened: {error}"),
            json!({ "kind": "TooManyConnections", "cause": error.to_string() }),
        ),
        // One that is starting up too: whoever may try again later does it for this code.
        _ => (
            "P1001",
            format!("Can't reach database server at {host}:{port}"),
            json!({ "kind": "DatabaseNotReachable", "host": host, "port": port }),
        ),
    };
    QueryError::user(code, message).with_meta(adapter_error(cause))
}

#[cfg(test)]
mod tests;
