//! A client that asks as fast as it is answered, and costs little itself: both share the machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const THREADS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(30);

/// What a while of asking showed.
#[derive(Debug, Default)]
pub struct Figures {
    /// Answers of 200; any other answer is an error.
    pub per_second: f64,
    /// From the request to the end of its answer, in order.
    times: Vec<Duration>,
}

impl Figures {
    /// Milliseconds within which this share of the answers came.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let last = self.times.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = ((self.times.len() as f64) * share) as usize;
        self.times.get(at.min(last)).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }
}

/// Sends the requests that `request` makes of a number that counts up, over this many connections, each with one under way.
pub fn measure(
    server: SocketAddr,
    connections: usize,
    time: Duration,
    request: &(dyn Fn(u64) -> Vec<u8> + Sync),
) -> Result<Figures> {
    let (started, counter) = (Instant::now(), AtomicU64::new(0));
    let next = || request(counter.fetch_add(1, Ordering::Relaxed));
    let mut times = std::thread::scope(|scope| {
        let one = || one_thread(server, connections / THREADS, started + time, &next);
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(one)).collect();
        let parts = threads.into_iter().map(|thread| thread.join().ok().context("a client thread panicked")?);
        parts.collect::<Result<Vec<_>>>().map(|parts| parts.concat())
    })?;
    let elapsed = started.elapsed().as_secs_f64();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a count of answers")]
    Ok(Figures { per_second: times.len() as f64 / elapsed, times })
}

/// All connections get a request before the first answer is read, so the server always has work.
fn one_thread(
    server: SocketAddr,
    connections: usize,
    end: Instant,
    next: &dyn Fn() -> Vec<u8>,
) -> Result<Vec<Duration>> {
    let mut connections = (0..connections).map(|_| Connection::open(server)).collect::<Result<Vec<_>>>()?;
    let mut times = Vec::new();
    loop {
        for connection in &mut connections {
            connection.ask(&next())?;
        }
        for connection in &mut connections {
            times.push(connection.answered()?);
        }
        if Instant::now() >= end {
            return Ok(times);
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    asked: Instant,
}

impl Connection {
    fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], asked: Instant::now() })
    }

    fn ask(&mut self, request: &[u8]) -> Result<()> {
        self.asked = Instant::now();
        Ok(self.stream.write_all(request)?)
    }

    /// Reads one whole answer, by its `content-length`.
    fn answered(&mut self) -> Result<Duration> {
        let (mut length, mut whole) = (0, None);
        while whole.is_none_or(|whole| length < whole) {
            if length == self.buffer.len() {
                self.buffer.resize(length * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[length..]).context("no answer")?;
            length += read;
            if read == 0 || (length >= 12 && !self.buffer.starts_with(b"HTTP/1.1 200")) {
                bail!("instead of 200 came\n{}", String::from_utf8_lossy(&self.buffer[..length]));
            }
            whole = whole.or_else(|| size(&self.buffer[..length]));
        }
        Ok(self.asked.elapsed())
    }
}

/// Bytes of head and body together, once the head is there.
fn size(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    Some(head + length)
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
        let request = |number| format!("GET /{number} HTTP/1.1\r\n\r\n").into_bytes();
        let rate = |answer| measure(answering(answer), 4, Duration::from_millis(50), &request);
        let good = rate("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
        assert!(good.per_second > 0.0 && good.percentile_ms(0.5) <= good.percentile_ms(0.99));
        assert!(rate("HTTP/1.1 401 Unauthorized\r\n\r\nok").unwrap_err().to_string().contains("401"));
    }
}
