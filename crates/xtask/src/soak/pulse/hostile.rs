//! Upgrades and frames that nobody sane sends: each is refused or passed over, and those who are well hear on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, until};
use crate::process::interrupt;
use crate::soak::dice::Dice;
use crate::socket::{Heard, Wanted};

const PATIENCE: Duration = Duration::from_secs(20);
const BLINK: Duration = Duration::from_millis(200);
/// Malformed pieces on one connection: after the first bad one the server hangs up.
const FRAMES: usize = 4;

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let (count, mut dice) = (stage.sized(10_000, 600), Dice::new(stage.seed, 3));
    let (wanted, server) = (stage.wanted(None)?, stage.seeded.server.id());
    let mut well = Stage::open(&wanted)?;
    let (mut refused, mut hung_up) = (0, 0);
    for number in 0..count {
        interrupt::check()?;
        if number % 2 == 0 {
            refused += usize::from(upgrade(&wanted, &mut dice)?);
        } else {
            hung_up += usize::from(frames(&wanted, &mut dice)?);
        }
    }
    ensure!(refused > 0 && hung_up > 0, "{refused} upgrades were refused and {hung_up} connections ended");
    ensure!(stage.seeded.server.id() == server, "the server is another one");
    let log = stage.seeded.server.log();
    ensure!(!log.contains("panicked"), "something panicked:\n{log}");
    stage.source.run(r#"insert into "Item" (id, writer, tx, seq) values (600000000000, 60, 1, 1)"#)?;
    well.set_patience(BLINK)?;
    let mut heard = 0;
    until(PATIENCE, "those who are well hear on", || {
        well.read(|told| heard += usize::from(matches!(told, Heard::Event(_))))?;
        Ok(heard > 0)
    })?;
    stage.source.run(r#"delete from "Item" where writer = 60"#)?;
    Ok(json!({ "malformed": count, "malformed_refused": refused, "malformed_hung_up": hung_up }))
}

/// A head that is wrong somewhere; whether it was refused, and not taken after all.
fn upgrade(wanted: &Wanted, dice: &mut Dice) -> Result<bool> {
    let mut socket = TcpStream::connect(wanted.address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut subscription = wanted.subscription.clone().into_bytes();
    let mut head = [
        "GET /subscribe HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\nauthorization: Bearer ",
        &wanted.key,
        "\r\nsubscription: ",
    ]
    .concat()
    .into_bytes();
    match dice.below(6) {
        0 => mutate(&mut head, dice),
        1 => subscription = nested(dice.below(4000)),
        2 => subscription = vec![b'a'; 60_000 + dice.below(200_000)],
        3 => subscription.truncate(dice.below(subscription.len())),
        4 => (0..1 + dice.below(2000))
            .for_each(|n| head.splice(25..25, format!("x{n}: y\r\n").into_bytes()).for_each(drop)),
        _ => mutate(&mut subscription, dice),
    }
    let request = [&head[..], &subscription, b"\r\nstream: {\"name\":\"x\"}\r\n\r\n"].concat();
    // The server may hang up in the middle of what is too long.
    let _unreported = socket.write_all(&request);
    let mut answer = [0; 12];
    Ok(socket.read_exact(&mut answer).is_err() || !answer.ends_with(b"101"))
}

/// Garbage behind a good upgrade; whether the server has ended the connection.
fn frames(wanted: &Wanted, dice: &mut Dice) -> Result<bool> {
    let mut socket = Stage::open(wanted)?;
    socket.set_patience(Duration::from_millis(20))?;
    for _ in 0..FRAMES {
        let bytes = match dice.below(7) {
            // Not masked.
            0 => vec![0x81, 3, b'a', b'b', b'c'],
            // Longer than anything, and longer than there is.
            1 => vec![0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0],
            2 => vec![0x82, 0xfe, 255, 255, 0, 0, 0, 0, 1, 2, 3],
            // Kinds and bits that there are not, a ping of many bytes, half a text.
            3 => vec![0xf3, 0x80, 0, 0, 0, 0],
            4 => [&[0x89, 0xfe, 1, 0, 0, 0, 0, 0][..], &[7; 256]].concat(),
            5 => vec![0x01, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
            _ => (0..1 + dice.below(64)).map(|_| dice.next().to_le_bytes()[0]).collect(),
        };
        socket.say_raw(&bytes);
        if socket.flush().is_err() {
            return Ok(true);
        }
        let mut is_closed = false;
        if socket.read(|told| is_closed |= matches!(told, Heard::Closed(_))).is_err() || is_closed {
            return Ok(true);
        }
    }
    Ok(false)
}

fn mutate(bytes: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..1 + dice.below(8) {
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => bytes[at] = dice.next().to_le_bytes()[0],
            1 => bytes.truncate(at.max(1)),
            _ => bytes.insert(at, dice.next().to_le_bytes()[0]),
        }
    }
}

/// A filter of so many levels.
fn nested(depth: usize) -> Vec<u8> {
    let filter = [r#"{"AND":["#.repeat(depth), "]}".repeat(depth)].concat();
    format!(r#"{{"modelName":"Item","model":{{"dbName":null,"fields":[]}},"where":{{"create":{filter}}}}}"#)
        .into_bytes()
}
