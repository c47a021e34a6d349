//! Many subscribers, read by one thread.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

use super::{Heard, Socket, Wanted};
use crate::process::interrupt;

const AT_ONCE: usize = 256;
const BLINK: Duration = Duration::from_millis(100);

/// They all want the same.
pub struct Crowd {
    sockets: Vec<Socket>,
    epoll: std::os::fd::OwnedFd,
}

impl Crowd {
    pub fn open(wanted: &Wanted, count: usize) -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut sockets = Vec::with_capacity(count);
        for number in 0..count {
            interrupt::check()?;
            let socket = wanted.open().with_context(|| format!("subscriber {number}"))?;
            socket.set_nonblocking()?;
            epoll::add(&epoll, &socket, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
            sockets.push(socket);
        }
        Ok(Self { sockets, epoll })
    }

    /// Reads until `heard` answers true, or for `time` at most; whether it did. It is given each event and when it was read.
    pub fn read(&mut self, time: Duration, mut heard: impl FnMut(&[u8], Instant) -> bool) -> Result<bool> {
        let (begun, mut is_over, mut closed) = (Instant::now(), false, None);
        let mut events = Vec::with_capacity(AT_ONCE);
        let blink = Timespec::try_from(BLINK)?;
        while begun.elapsed() < time {
            interrupt::check()?;
            events.clear();
            epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&blink))?;
            for event in &events {
                let number = usize::try_from(event.data.u64())?;
                let socket = self.sockets.get_mut(number).context("a subscriber")?;
                let mut now = None;
                let read = socket.read(|told| match told {
                    Heard::Event(event) => is_over |= heard(event, *now.get_or_insert_with(Instant::now)),
                    Heard::Closed(code) => closed = Some(code),
                });
                read.with_context(|| format!("the connection of subscriber {number} ended"))?;
                if let Some(code) = closed {
                    bail!("a subscriber was closed with {code}");
                }
            }
            if is_over {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
