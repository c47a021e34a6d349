//! How to reach a cluster, as parts and as URLs.

use std::{
    fmt::Write,
    net::SocketAddr,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

/// The superuser that `initdb` makes, and the only role of a new cluster.
pub(super) const SUPERUSER: &str = "pentaprism";

/// Everything a driver needs to connect to the cluster.
#[derive(Debug, Clone)]
pub struct ConnectParts {
    /// Folder of the unix socket; only the owner of the cluster (and root) can enter it.
    pub socket_dir: PathBuf,
    /// Port; it names the socket file too (`.s.PGSQL.<port>`).
    pub port: u16,
    /// Superuser of the cluster.
    pub user: String,
    /// Its password; authentication is SCRAM on every path.
    pub password: SecretString,
    /// Address it listens on besides the socket.
    pub tcp: Option<SocketAddr>,
}

impl ConnectParts {
    /// `postgres://user:password@%2Fsocket%2Fdir:port/database`.
    ///
    /// A percent-encoded folder in place of the host is the one form that sqlx, tokio-postgres, libpq and node-postgres
    /// all read as a unix socket; with `?host=` some of them would try `localhost` first.
    pub fn url(&self, database: &str) -> SecretString {
        self.with_host(&encode(path_bytes(&self.socket_dir)), database)
    }

    /// `postgres://user:password@127.0.0.1:port/database`, where the cluster listens on TCP.
    pub fn tcp_url(&self, database: &str) -> Option<SecretString> {
        Some(self.with_host(
            &match self.tcp?.ip() {
                std::net::IpAddr::V4(ip) => ip.to_string(),
                std::net::IpAddr::V6(ip) => format!("[{ip}]"),
            },
            database,
        ))
    }

    fn with_host(&self, host: &str, database: &str) -> SecretString {
        let Self { port, user, password, .. } = self;
        let password = encode(password.expose_secret().as_bytes());
        format!("postgres://{user}:{password}@{host}:{port}/{}", encode(database.as_bytes())).into()
    }
}

fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len()), |mut text, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(*byte)),
            // Writing to a String cannot fail.
            _ => _ = write!(text, "%{byte:02X}"),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgConnectOptions;

    use super::*;

    fn parts() -> ConnectParts {
        ConnectParts {
            socket_dir: "/srv/A b/%".into(),
            port: 5433,
            user: SUPERUSER.into(),
            password: "p@s/s".into(),
            tcp: "[::1]:5433".parse().ok(),
        }
    }

    #[test]
    fn the_driver_reads_the_socket_url_back() {
        let options: PgConnectOptions = parts().url("a/b").expose_secret().parse().unwrap();
        assert_eq!(options.get_socket().map(PathBuf::as_path), Some(Path::new("/srv/A b/%")));
        assert_eq!(options.get_port(), 5433);
        assert_eq!(options.get_username(), SUPERUSER);
        assert_eq!(options.get_database(), Some("a/b"));
    }

    #[test]
    fn the_tcp_url_brackets_ipv6() {
        let url = parts().tcp_url("x").unwrap();
        assert_eq!(url.expose_secret(), "postgres://pentaprism:p%40s%2Fs@[::1]:5433/x");
    }

    #[test]
    fn debug_output_hides_the_password() {
        assert!(!format!("{:?}", parts()).contains("p@s/s"));
    }
}
