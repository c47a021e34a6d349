//! Asks a server whether it accepts connections, as `pg_isready` does.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use super::parts::SUPERUSER;

/// The socket file of the server on `port` in `dir`.
pub(super) fn socket_file(dir: &Path, port: u16) -> PathBuf {
    dir.join(format!(".s.PGSQL.{port}"))
}

/// Whether the server answers a connection with a request to authenticate; while it starts, recovers or stops it
/// answers with an error instead.
pub(super) fn accepts(dir: &Path, port: u16) -> bool {
    first_byte(&socket_file(dir, port)).is_ok_and(|byte| byte == b'R')
}

fn first_byte(socket: &Path) -> io::Result<u8> {
    let limit = Some(Duration::from_secs(2));
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(limit)?;
    stream.set_write_timeout(limit)?;
    stream.write_all(&startup_message())?;
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    Ok(byte[0])
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
