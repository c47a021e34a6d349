//! From text to [`ConnectionString`]: stricter than any one reader, so that all readers agree on what it means.

use secrecy::SecretString;

use crate::{ConnectionString, Host, ParseError, parameters::Parameters, percent};

const DEFAULT_PORT: u16 = 5432;

pub(crate) fn parse(text: &str) -> Result<ConnectionString, ParseError> {
    if text.len() > ConnectionString::MAX_BYTES {
        return Err(ParseError::TooLong);
    }
    let text = text.trim();
    let (scheme, rest) = scheme(text)?;
    characters(rest)?;

    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let (user, password, target) = credentials(authority, tail)?;
    let (host, port) = target_of(target)?;

    let path = path.strip_prefix('/').unwrap_or(path);
    if path.contains(['/', '@']) {
        return Err(ParseError::BadDatabase);
    }
    let database = percent::decode("database", path)?;
    let database = if database.is_empty() { user.clone() } else { database };

    let parameters = Parameters::parse(query)?;
    let ssl_mode = parameters.ssl_mode()?;
    Ok(ConnectionString { scheme, user, password, host, port, database, parameters, ssl_mode })
}

fn scheme(text: &str) -> Result<(&'static str, &str), ParseError> {
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    let (scheme, rest) = text.split_once(':').ok_or(ParseError::NotAUrl)?;
    let not_yet = |product| Err(ParseError::NotYet { product });
    let known = match scheme.to_ascii_lowercase().as_str() {
        "postgres" => "postgres",
        "postgresql" => "postgresql",
        "mysql" => return not_yet("MySQL"),
        "mariadb" => return not_yet("MariaDB"),
        "mongodb" | "mongodb+srv" => return not_yet("MongoDB"),
        "sqlserver" | "mssql" => return not_yet("SQL Server"),
        "sqlite" | "file" | "libsql" => return not_yet("SQLite"),
        "cockroachdb" | "cockroach" => return not_yet("CockroachDB"),
        "prisma" | "prisma+postgres" => return Err(ParseError::Accelerate),
        _ if rest.starts_with("//") => return Err(ParseError::UnknownScheme),
        _ => return Err(ParseError::NotAUrl),
    };
    Ok((known, rest.strip_prefix("//").ok_or(ParseError::NotAUrl)?))
}

/// Refuses raw characters that readers of URLs disagree about: some drop them, some end a part there.
fn characters(rest: &str) -> Result<(), ParseError> {
    for character in rest.chars() {
        match character {
            '\0' => return Err(ParseError::NulByte { part: "connection string" }),
            '\\' => return Err(ParseError::Backslash),
            '#' => return Err(ParseError::Fragment),
            _ if character.is_whitespace() || character.is_control() => return Err(ParseError::Whitespace),
            _ => {}
        }
    }
    Ok(())
}

/// Splits `user:password@target`. libpq ends the password at the first `@`, browsers at the last: only one is taken.
fn credentials<'a>(authority: &'a str, tail: &str) -> Result<(String, Option<SecretString>, &'a str), ParseError> {
    let Some((userinfo, target)) = authority.split_once('@') else {
        return Err(match authority {
            _ if tail.contains('@') => ParseError::UnescapedPassword,
            "" => ParseError::EmptyHost,
            _ => ParseError::EmptyUser,
        });
    };
    if target.contains('@') {
        return Err(ParseError::UnescapedPassword);
    }
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let user = percent::decode("user", user)?;
    if user.is_empty() {
        return Err(ParseError::EmptyUser);
    }
    let password = percent::decode("password", password)?;
    let password = (!password.is_empty()).then(|| SecretString::from(password));
    Ok((user, password, target))
}

fn target_of(target: &str) -> Result<(Host, u16), ParseError> {
    if target.contains(',') {
        return Err(ParseError::SeveralHosts);
    }
    if let Some(rest) = target.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').ok_or(ParseError::BadIpv6)?;
        let host = Host::parse_bracketed(address)?;
        let port = match rest {
            "" => "",
            _ => rest.strip_prefix(':').ok_or(ParseError::BadPort)?,
        };
        return Ok((host, port_of(port)?));
    }
    let (host, port) = target.split_once(':').unwrap_or((target, ""));
    if port.contains(':') {
        return Err(ParseError::BadIpv6);
    }
    Ok((Host::parse(&percent::decode("host", host)?)?, port_of(port)?))
}

fn port_of(text: &str) -> Result<u16, ParseError> {
    if text.is_empty() {
        return Ok(DEFAULT_PORT);
    }
    // parse() alone would take "+5432".
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u16>().ok().filter(|port| digits && *port != 0).ok_or(ParseError::BadPort)
}
