//! Asks a server whether it accepts connections, as `pg_isready` does.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{leftover::PidFile, parts::SUPERUSER};

/// The socket file of the server on `port` in `dir`.
pub(super) fn socket_file(dir: &Path, port: u16) -> PathBuf {
    dir.join(format!(".s.PGSQL.{port}"))
}

/// Whether the server accepts connections: it says so, and answers one with a request to authenticate.
///
/// Not asked before it says so, as it logs every connection that it has to turn away.
pub(super) fn accepts(server: &PidFile) -> bool {
    server.ready && answer(&socket_file(&server.socket_dir, server.port)).is_ok_and(|kind| kind == b'R')
}

/// The kind of the first message.
fn answer(socket: &Path) -> io::Result<u8> {
    let limit = Some(Duration::from_secs(2));
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(limit)?;
    stream.set_write_timeout(limit)?;
    stream.write_all(&startup_message())?;
    let mut kind = [0];
    let mut length = [0; 4];
    stream.read_exact(&mut kind)?;
    stream.read_exact(&mut length)?;
    // To hang up with something unread would look like an error to the server. The length counts itself.
    let rest = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
    io::copy(&mut stream.take(rest), &mut io::sink())?;
    Ok(kind[0])
}

/// StartupMessage of protocol 3.0: length, version, then pairs of strings and an empty one.
fn startup_message() -> Vec<u8> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for text in ["user", SUPERUSER, "database", "postgres", ""] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), &body].concat()
}
