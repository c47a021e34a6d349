//! What a connection string means, and what is refused.

use std::time::Duration;

use secrecy::ExposeSecret;
use upstream::{ConnectionString, ParseError, SslMode};

fn parse(text: &str) -> ConnectionString {
    ConnectionString::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Input, canonical form.
const READ: &[(&str, &str)] = &[
    ("postgres://u@h", "postgres://u@h:5432/u"),
    ("postgresql://u@h/", "postgresql://u@h:5432/u"),
    ("POSTGRES://u@H/d", "postgres://u@h:5432/d"),
    (" postgres://u:p@h:6543/d\n", "postgres://u:p@h:6543/d"),
    ("postgres://u:@h:/d?", "postgres://u@h:5432/d"),
    ("postgres://u:a:b@h/d", "postgres://u:a%3Ab@h:5432/d"),
    ("postgres://u%40x:p%40%2F%3f%23%25@h/d%2Fe", "postgres://u%40x:p%40%2F%3F%23%25@h:5432/d%2Fe"),
    ("postgres://ü:ß@h/ö", "postgres://%C3%BC:%C3%9F@h:5432/%C3%B6"),
    ("postgres://u@[2001:DB8::1]:1/d", "postgres://u@[2001:db8::1]:1/d"),
    ("postgres://u@[::1]", "postgres://u@[::1]:5432/u"),
    ("postgres://u@192.0.2.1/d", "postgres://u@192.0.2.1:5432/d"),
    ("postgres://u@%31%39%32.0.2.1/d", "postgres://u@192.0.2.1:5432/d"),
    ("postgres://u@db.example.com./d", "postgres://u@db.example.com.:5432/d"),
    ("postgres://u@my_db/d?a=b=c&&x=", "postgres://u@my_db:5432/d?a=b%3Dc&x="),
    ("postgres://u@h/d?SSLMode=require", "postgres://u@h:5432/d?sslmode=require"),
    ("postgres://u@h?schema=s", "postgres://u@h:5432/u?schema=s"),
    ("postgres://u@h/d?options=-c%20a=b+c", "postgres://u@h:5432/d?options=-c%20a%3Db%2Bc"),
    (
        "postgres://u@h/d?schema=s&connection_limit=5&pool_timeout=2&pgbouncer=true&connect_timeout=30&socket_timeout=9\
            &sslaccept=accept_invalid_certs&statement_cache_size=0&max_connection_lifetime=1&keepalives_idle=5",
        "postgres://u@h:5432/d?schema=s&connection_limit=5&pool_timeout=2&pgbouncer=true&connect_timeout=30\
            &socket_timeout=9&sslaccept=accept_invalid_certs&statement_cache_size=0&max_connection_lifetime=1\
            &keepalives_idle=5",
    ),
];

#[test]
fn one_meaning_and_one_canonical_form() {
    for (text, canonical) in READ {
        let url = parse(text).expose_url();
        assert_eq!(url.expose_secret(), *canonical, "{text}");
        assert_eq!(parse(canonical).expose_url().expose_secret(), *canonical);
    }
}

#[test]
fn the_parts() {
    let target = parse("postgresql://u:s3cret@db.example.com/app?schema=shop&connect_timeout=7&x=y");
    assert_eq!((target.user(), target.database(), target.port()), ("u", "app", 5432));
    assert_eq!(target.password().unwrap().expose_secret(), "s3cret");
    assert_eq!(target.host().to_string(), "db.example.com");
    assert_eq!((target.schema(), target.parameter("x"), target.parameter("y")), ("shop", Some("y"), None));
    assert_eq!(target.connect_timeout(), Some(Duration::from_secs(7)));
    let bare = parse("postgres://u@h?connect_timeout=0");
    assert_eq!((bare.schema(), bare.connect_timeout(), bare.ssl_mode()), ("public", None, SslMode::Prefer));
}

#[test]
fn secrets_are_shown_nowhere() {
    let target = parse("postgresql://us%65r:s3cret@h/app?options=s3cret&x=s3cret");
    assert_eq!(target.masked(), "postgresql://user:••••@h:5432/app");
    assert_eq!(target.to_string(), target.masked());
    assert!(!format!("{target:?}{target:#?}").contains("s3cret"));
    assert_eq!(parse("postgres://u@h/d").masked(), "postgres://u@h:5432/d");
}

#[test]
fn sslmode_sslaccept_and_sslrootcert_together() {
    for (parameters, mode) in [
        ("", Ok(SslMode::Prefer)),
        ("sslmode=disable", Ok(SslMode::Disable)),
        ("sslmode=allow", Ok(SslMode::Allow)),
        ("sslmode=verify-ca", Ok(SslMode::VerifyCa)),
        ("sslaccept=strict", Ok(SslMode::VerifyFull)),
        ("sslaccept=strict&sslmode=require", Ok(SslMode::VerifyFull)),
        ("sslaccept=accept_invalid_certs&sslmode=require", Ok(SslMode::Require)),
        ("sslrootcert=system", Ok(SslMode::VerifyFull)),
        ("sslmode=verify-full&sslrootcert=system", Ok(SslMode::VerifyFull)),
        ("sslmode=require&sslnegotiation=direct", Ok(SslMode::Require)),
        ("sslmode=require&sslrootcert=system", Err(ParseError::Conflict { name: "sslrootcert" })),
        ("sslmode=disable&sslaccept=strict", Err(ParseError::Conflict { name: "sslaccept" })),
        ("sslnegotiation=direct", Err(ParseError::Conflict { name: "sslnegotiation" })),
        ("sslmode=disable&channel_binding=require", Err(ParseError::Conflict { name: "channel_binding" })),
    ] {
        let target = ConnectionString::parse(&format!("postgres://u@h/d?{parameters}"));
        assert_eq!(target.map(|target| target.ssl_mode()), mode, "{parameters}");
    }
}

#[test]
fn each_fault_has_its_name() {
    use ParseError as E;
    for (text, expected) in [
        ("", E::Empty),
        ("  ", E::Empty),
        ("db.example.com", E::NotAUrl),
        ("host=h user=u", E::NotAUrl),
        ("postgres:u@h", E::NotAUrl),
        ("jdbc:postgresql://h/d", E::NotAUrl),
        ("http://u@h", E::UnknownScheme),
        ("mysql://u@h/d", E::NotYet { product: "MySQL" }),
        ("mongodb+srv://u@h/d", E::NotYet { product: "MongoDB" }),
        ("sqlserver://h:1433;database=d", E::NotYet { product: "SQL Server" }),
        ("file:./dev.db", E::NotYet { product: "SQLite" }),
        ("cockroachdb://u@h/d", E::NotYet { product: "CockroachDB" }),
        ("prisma://accelerate.prisma-data.net/?api_key=x", E::Accelerate),
        ("prisma+postgres://localhost:51213/?api_key=x", E::Accelerate),
        ("postgres://u:a b@h/d", E::Whitespace),
        ("postgres://u:a\nb@h/d", E::Whitespace),
        ("postgres://u:a\0b@h/d", E::NulByte { part: "connection string" }),
        ("postgres://u:a%00b@h/d", E::NulByte { part: "password" }),
        ("postgres://u:a\\b@h/d", E::Backslash),
        ("postgres://u:a#b@h/d", E::Fragment),
        ("postgres://u:100%@h/d", E::BadEncoding { part: "password" }),
        ("postgres://u@h/d%ff", E::BadEncoding { part: "database" }),
        ("postgres://u:a@b@h/d", E::UnescapedPassword),
        ("postgres://u:a/b@h/d", E::UnescapedPassword),
        ("postgres://u:a?b@h/d", E::UnescapedPassword),
        ("postgres://h/d", E::EmptyUser),
        ("postgres://:p@h/d", E::EmptyUser),
        ("postgres:///d", E::EmptyHost),
        ("postgres://u@/d", E::EmptyHost),
        ("postgres://u@:5432/d", E::EmptyHost),
        ("postgres://u@%2Ftmp/d", E::UnixSocket),
        ("postgres://u@%40abstract/d", E::UnixSocket),
        ("postgres://u@a,b/d", E::SeveralHosts),
        ("postgres://u@a%2Cb/d", E::SeveralHosts),
        ("postgres://u@a..b/d", E::BadHost),
        ("postgres://u@bücher.example/d", E::NonAsciiHost),
        ("postgres://u@127.1/d", E::NumericHost),
        ("postgres://u@::1/d", E::BadIpv6),
        ("postgres://u@[::1/d", E::BadIpv6),
        ("postgres://u@[fe80::1%25eth0]/d", E::ZoneId),
        ("postgres://u@h:0/d", E::BadPort),
        ("postgres://u@h:65536/d", E::BadPort),
        ("postgres://u@h:+5432/d", E::BadPort),
        ("postgres://u@[::1]5432/d", E::BadPort),
        ("postgres://u@h/a/b", E::BadDatabase),
        ("postgres://u@h/d?sslmode", E::BadQuery),
        ("postgres://u@h/d?sslmode=disable&sslmode=require", E::DuplicateParameter { name: "sslmode" }),
        ("postgres://u@h/d?x=1&x=2", E::DuplicateParameter { name: "(other)" }),
        ("postgres://u@h/d?hostaddr=1.2.3.4", E::ParameterMovesTarget { name: "hostaddr" }),
        ("postgres://u@h/d?sslrootcert=/etc/ca.pem", E::ParameterReadsFile { name: "sslrootcert" }),
        ("postgres://u@h/d?passfile=x", E::ParameterReadsFile { name: "passfile" }),
        ("postgres://u@h/d?require_auth=none", E::ParameterUnsupported { name: "require_auth" }),
        ("postgres://u@h/d?gssencmode=require", E::ParameterUnsupported { name: "gssencmode" }),
        ("postgres://u@h/d?replication=database", E::ParameterUnsupported { name: "replication" }),
        (
            "postgres://u@h/d?connect_timeout=-1",
            E::BadParameter { name: "connect_timeout", expected: "a whole number, 0 or more" },
        ),
    ] {
        let error = ConnectionString::parse(text).expect_err(text);
        assert_eq!(error, expected, "{text:?}");
        assert!(!error.code().is_empty() && !error.part().is_empty() && error.to_string().len() < 200);
    }
    let bad = ConnectionString::parse("postgres://u@h/d?sslmode=on").unwrap_err();
    assert_eq!((bad.part(), bad.code()), ("sslmode", "bad_parameter"));
    let long = format!("postgres://u@h/{}", "d".repeat(ConnectionString::MAX_BYTES));
    assert_eq!(ConnectionString::parse(&long).unwrap_err(), E::TooLong);
    assert_eq!(
        ConnectionString::parse("mysql://u@h/d").unwrap_err().to_string(),
        "MySQL is not supported yet; Pentaprism works with PostgreSQL for now"
    );
}

/// Whatever is made of a good string, it is refused or has one meaning, and no refusal repeats it.
#[test]
fn mutations_are_refused_or_round_trip() {
    let alphabet: Vec<char> = "@:/?#[]%,\\&= \0\u{202e}.0x1eé%2f%00".chars().collect();
    let mut state = 0x9e37_79b9_u32;
    let mut next = |bound: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 8).unwrap() % bound
    };
    for round in 0..20_000 {
        let (seed, _) = READ[round % READ.len()];
        let mut text: Vec<char> = seed.replace(":p@", ":hunter2@").chars().collect();
        for _ in 0..=next(3) {
            let at = next(text.len());
            match next(3) {
                0 => text.insert(at, alphabet[next(alphabet.len())]),
                1 => text[at] = alphabet[next(alphabet.len())],
                _ => drop(text.remove(at)),
            }
        }
        let text: String = text.into_iter().collect();
        match ConnectionString::parse(&text) {
            Ok(target) => {
                let canonical = target.expose_url();
                let again = parse(canonical.expose_secret()).expose_url();
                assert_eq!(again.expose_secret(), canonical.expose_secret(), "{text}");
            }
            Err(error) => assert!(!error.to_string().contains("hunter2"), "{text}"),
        }
    }
}
