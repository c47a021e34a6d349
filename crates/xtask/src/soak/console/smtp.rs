//! A mail server that takes everything and keeps nothing.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::Result;

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
    listening: Option<JoinHandle<()>>,
}

impl Sink {
    pub fn open() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (over, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (ends, counts) = (Arc::clone(&over), Arc::clone(&taken));
        let listening = thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let counts = Arc::clone(&counts);
                // It ends with the connection, which ends with the server under test.
                thread::spawn(move || converse(&stream, &counts));
            }
        });
        Ok(Self { address, over, taken, listening: Some(listening) })
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How many letters have come.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // A last caller wakes the listener.
        let _unreported = TcpStream::connect(self.address);
        if let Some(listening) = self.listening.take() {
            let _unreported = listening.join();
        }
    }
}

fn converse(stream: &TcpStream, taken: &AtomicUsize) -> io::Result<()> {
    let (mut out, mut letter) = (stream, false);
    out.write_all(b"220 sink\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let answer = match line.as_str() {
            "." if letter => {
                letter = false;
                taken.fetch_add(1, Ordering::SeqCst);
                "250 taken"
            }
            _ if letter => continue,
            "DATA" => {
                letter = true;
                "354 go on"
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 sink",
        };
        out.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_taken() {
        let sink = Sink::open().unwrap();
        let mut client = TcpStream::connect(sink.address).unwrap();
        client.write_all(b"EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nDATA\r\n.\r\nQUIT\r\n").unwrap();
        let answers: Vec<_> = BufReader::new(client).lines().map_while(Result::ok).collect();
        assert_eq!(answers.last().map(String::as_str), Some("221 bye"), "{answers:?}");
        assert_eq!(sink.taken(), 1);
    }
}
