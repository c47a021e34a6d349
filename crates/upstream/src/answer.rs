//! What the server's refusals mean. Its own words end here: they may be in any language, and hold anything.

use std::{error::Error, io};

use tokio_postgres::error::SqlState;

use crate::DialError;

/// Names what went wrong between an open stream and a working session.
pub(crate) fn classify(error: &tokio_postgres::Error) -> DialError {
    if let Some(refusal) = error.as_db_error() {
        return refused(refusal.code().code(), refusal.routine());
    }
    if error.is_closed() {
        return DialError::NotPostgres;
    }
    // The driver keeps the kind of its errors to itself; these two texts are its own, and tests hold it to them.
    match error.to_string().as_str() {
        "invalid configuration" => return DialError::PasswordMissing,
        "authentication error" => return DialError::Authentication,
        _ => {}
    }
    error.source().and_then(|source| source.downcast_ref()).map_or(DialError::NotPostgres, of_stream)
}

/// Names an error of a stream that was open.
pub(crate) fn of_stream(error: &io::Error) -> DialError {
    match error.kind() {
        io::ErrorKind::TimedOut => DialError::TimedOut,
        // All that is left of the dial is bytes that are no Postgres, or their sudden end.
        _ => DialError::NotPostgres,
    }
}

/// Names the refusal in the body of an `ErrorResponse`: fields of a letter and a text, each with a zero behind it.
pub(crate) fn of_response(body: &[u8]) -> DialError {
    let field = |letter| {
        let text = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(&[letter]))?;
        str::from_utf8(text).ok()
    };
    field(b'C').map_or(DialError::NotPostgres, |code| refused(code, field(b'R')))
}

/// Names a refusal by its SQLSTATE and the function that raised it.
fn refused(code: &str, routine: Option<&str>) -> DialError {
    match SqlState::from_code(code) {
        SqlState::INVALID_PASSWORD => DialError::WrongPassword,
        SqlState::INVALID_CATALOG_NAME => DialError::NoSuchDatabase,
        SqlState::INSUFFICIENT_PRIVILEGE => DialError::PermissionDenied,
        SqlState::TOO_MANY_CONNECTIONS => DialError::TooManyConnections,
        SqlState::CANNOT_CONNECT_NOW => DialError::StartingUp,
        // One code for two things; the C function that raised it tells them apart in every language.
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => match routine {
            Some("InitializeSessionUserId") => DialError::NoSuchRole,
            _ => DialError::NoPgHbaEntry,
        },
        _ => DialError::Other { sqlstate: sqlstate(code) },
    }
}

/// The code, if it has the form of one: a hostile server may put anything there.
fn sqlstate(code: &str) -> Option<String> {
    let valid = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    valid.then(|| code.to_owned())
}

/// A server's text for display: printable ASCII, and at most 64 characters of it.
pub(crate) fn displayable(text: &str) -> String {
    text.chars().filter(|character| matches!(character, ' '..='~')).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_pass_as_codes() {
        assert_eq!(sqlstate("XX000").as_deref(), Some("XX000"));
        for code in ["", "XX00", "XX0000", "xx000", "<b>00", "ÄÖ0"] {
            assert_eq!(sqlstate(code), None, "{code}");
        }
    }

    #[test]
    fn a_text_is_cut_and_cleaned() {
        assert_eq!(displayable("15.4 (Debian)\u{1b}[31m\n\u{202e}"), "15.4 (Debian)[31m");
        assert_eq!(displayable(&"9".repeat(1000)).len(), 64);
    }
}
