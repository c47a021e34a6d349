//! A client that asks as fast as it is answered, and costs little itself: both share the machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const THREADS: usize = 2;
/// Kept open; each has one request under way.
const CONNECTIONS_PER_THREAD: usize = 16;
/// Longer than any answer that is asked for.
const ANSWER: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends `requests` over and over for this long, and answers how many were answered with 200 a second; any other answer is an error.
pub fn per_second(server: SocketAddr, requests: &[String], time: Duration) -> Result<f64> {
    let started = Instant::now();
    let answered = std::thread::scope(|scope| {
        let parts = requests.chunks(requests.len().div_ceil(THREADS));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || one_thread(server, part, started + time))).collect();
        let counts = threads.into_iter().map(|thread| thread.join().ok().context("a client thread panicked")?);
        counts.sum::<Result<u32>>()
    })?;
    Ok(f64::from(answered) / started.elapsed().as_secs_f64())
}

/// All connections get a request before the first answer is read, so the server always has work.
fn one_thread(server: SocketAddr, requests: &[String], end: Instant) -> Result<u32> {
    let mut connections = (0..CONNECTIONS_PER_THREAD).map(|_| connect(server)).collect::<Result<Vec<_>>>()?;
    let (mut next, mut answered) = (requests.iter().cycle(), 0);
    loop {
        for (connection, request) in connections.iter_mut().zip(&mut next) {
            connection.write_all(request.as_bytes())?;
        }
        for connection in &mut connections {
            read_answer(connection)?;
            answered += 1;
        }
        if Instant::now() >= end {
            return Ok(answered);
        }
    }
}

fn connect(server: SocketAddr) -> Result<TcpStream> {
    let connection = TcpStream::connect(server)?;
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    Ok(connection)
}

/// The answer is short, `ok` at its end, and nothing follows it before the next request.
fn read_answer(connection: &mut TcpStream) -> Result<()> {
    let (mut answer, mut length) = ([0; ANSWER], 0);
    while !answer[..length].ends_with(b"\r\n\r\nok") {
        let read = connection.read(&mut answer[length..]).context("no answer")?;
        length += read;
        if read == 0 || (length >= 12 && !answer.starts_with(b"HTTP/1.1 200")) {
            bail!("instead of 200 came\n{}", String::from_utf8_lossy(&answer[..length]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn answering(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                std::thread::spawn(move || {
                    let (mut connection, mut buffer) = (connection.unwrap(), [0; 256]);
                    while connection.read(&mut buffer).is_ok_and(|read| read > 0) {
                        connection.write_all(answer.as_bytes()).unwrap();
                    }
                });
            }
        });
        address
    }

    #[test]
    fn only_good_answers_are_counted() {
        let requests = [String::from("GET / HTTP/1.1\r\n\r\n"), String::from("GET /2 HTTP/1.1\r\n\r\n")];
        let rate = |answer| per_second(answering(answer), &requests, Duration::from_millis(50));
        assert!(rate("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap() > 0.0);
        assert!(rate("HTTP/1.1 401 Unauthorized\r\n\r\nok").unwrap_err().to_string().contains("401"));
    }
}
