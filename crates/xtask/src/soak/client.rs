//! HTTP/1.1 to a server on this machine: one connection, kept open, and answers byte by byte as they came.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a server answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    head: Vec<(String, String)>,
    body: Vec<u8>,
    /// Of the whole answer as it came over the wire.
    pub length: usize,
}

impl Answer {
    /// The first header of that name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let set = self.head.iter().filter(|(known, _)| known == "set-cookie");
        let pairs = set.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
        pairs.into_iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One connection at a time; after an error the next request makes another.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    kept: Option<BufReader<TcpStream>>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, kept: None }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Gives the connection up; to be called where the server was started anew.
    pub fn hang_up(&mut self) {
        self.kept = None;
    }

    /// Connects ahead of the first request.
    pub fn connect(&mut self) -> io::Result<()> {
        self.kept = Some(self.connection()?);
        Ok(())
    }

    /// Sends one request, which begins with `METHOD path`, and waits for the whole answer.
    pub fn send(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
        self.post(line, headers, body)?;
        self.receive()
    }

    /// Sends a request without waiting for its answer.
    pub fn post(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> io::Result<()> {
        let mut text = format!("{line} HTTP/1.1\r\nhost: {}\r\n", self.address);
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        if !line.starts_with("GET") {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body);
        let mut connection = self.connection()?;
        connection.get_mut().write_all(text.as_bytes())?;
        self.kept = Some(connection);
        Ok(())
    }

    /// The answer to the request that was sent last.
    pub fn receive(&mut self) -> io::Result<Answer> {
        let mut connection = self.kept.take().ok_or(ErrorKind::NotConnected)?;
        let answer = read(&mut connection)?;
        if answer.header("connection") != Some("close") {
            self.kept = Some(connection);
        }
        Ok(answer)
    }

    fn connection(&mut self) -> io::Result<BufReader<TcpStream>> {
        if let Some(kept) = self.kept.take() {
            return Ok(kept);
        }
        let stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(BufReader::new(stream))
    }
}

fn read(from: &mut impl BufRead) -> io::Result<Answer> {
    let mut answer = Answer::default();
    let first = line(from, &mut answer.length)?;
    answer.status = first.get(9..12).and_then(|digits| digits.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    loop {
        let header = line(from, &mut answer.length)?;
        let Some((name, value)) = header.split_once(':') else { break };
        answer.head.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let size = line(from, &mut answer.length)?;
            let size = usize::from_str_radix(&size, 16).map_err(|_| ErrorKind::InvalidData)?;
            exactly(from, size, &mut answer)?;
            line(from, &mut answer.length)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(size) = answer.header("content-length").and_then(|text| text.parse().ok()) {
        exactly(from, size, &mut answer)?;
    }
    Ok(answer)
}

/// One line without its end; an end of the stream is an error.
fn line(from: &mut impl BufRead, length: &mut usize) -> io::Result<String> {
    let mut text = String::new();
    *length += from.read_line(&mut text)?;
    if !text.ends_with('\n') {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end().to_owned())
}

fn exactly(from: &mut impl BufRead, size: usize, answer: &mut Answer) -> io::Result<()> {
    let begin = answer.body.len();
    answer.body.resize(begin + size, 0);
    answer.length += size;
    from.read_exact(&mut answer.body[begin..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_body_are_read_to_their_end() {
        let sized = "HTTP/1.1 303 See Other\r\nset-cookie: session=; Max-Age=0\r\nset-cookie: session=abc; Path=/\r\n\
                     Content-Length: 2\r\n\r\nokHTTP";
        let answer = read(&mut sized.as_bytes()).unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (303, "ok"));
        assert_eq!((answer.cookie("session"), answer.length), (Some("abc"), sized.len() - 4));
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n";
        let answer = read(&mut chunked.as_bytes()).unwrap();
        assert_eq!((answer.text().as_str(), answer.length), ("abc0123456789", chunked.len()));
    }

    #[test]
    fn half_an_answer_is_none() {
        for text in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            assert!(read(&mut text.as_bytes()).is_err(), "{text}");
        }
    }
}
