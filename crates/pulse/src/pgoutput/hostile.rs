//! Messages as a server sends them, and as none should.

use bytes::{BufMut, Bytes, BytesMut};

use super::{Cell, Column, Identity, Message, Old, Relation, decode, split};
use crate::{Lsn, dice::Dice};

fn message(tag: u8, write: impl FnOnce(&mut BytesMut)) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(tag);
    write(&mut bytes);
    bytes.freeze()
}

fn text(bytes: &mut BytesMut, text: &str) {
    bytes.put_slice(text.as_bytes());
    bytes.put_u8(0);
}

/// Of `None` null, of `Some("\0")` unchanged.
fn tuple(bytes: &mut BytesMut, cells: &[Option<&str>]) {
    bytes.put_u16(u16::try_from(cells.len()).unwrap());
    for cell in cells {
        match cell {
            None => bytes.put_u8(b'n'),
            Some("\0") => bytes.put_u8(b'u'),
            Some(text) => {
                bytes.put_u8(b't');
                bytes.put_u32(u32::try_from(text.len()).unwrap());
                bytes.put_slice(text.as_bytes());
            }
        }
    }
}

/// One of each, outside of a stream.
pub fn samples() -> Vec<Bytes> {
    vec![
        message(b'B', |out| {
            out.put_u64(7);
            out.put_u64(1);
            out.put_u32(700);
        }),
        message(b'C', |out| {
            out.put_u8(0);
            out.put_u64(7);
            out.put_u64(9);
            out.put_u64(1);
        }),
        message(b'O', |out| {
            out.put_u64(1);
            text(out, "elsewhere");
        }),
        message(b'R', |out| {
            out.put_u32(16_400);
            text(out, "public");
            text(out, "User");
            out.put_u8(b'f');
            out.put_u16(2);
            for (key, name, oid) in [(1, "id", 23), (0, "naïve", 25)] {
                out.put_u8(key);
                text(out, name);
                out.put_u32(oid);
                out.put_i32(-1);
            }
        }),
        message(b'Y', |out| {
            out.put_u32(16_390);
            text(out, "public");
            text(out, "_Colour");
        }),
        message(b'I', |out| {
            out.put_u32(16_400);
            out.put_u8(b'N');
            tuple(out, &[Some("1"), None]);
        }),
        message(b'U', |out| {
            out.put_u32(16_400);
            out.put_u8(b'O');
            tuple(out, &[Some("1"), Some("was")]);
            out.put_u8(b'N');
            tuple(out, &[Some("2"), Some("\0")]);
        }),
        message(b'U', |out| {
            out.put_u32(16_400);
            out.put_u8(b'N');
            tuple(out, &[Some("2"), Some("")]);
        }),
        message(b'D', |out| {
            out.put_u32(16_400);
            out.put_u8(b'K');
            tuple(out, &[Some("2"), None]);
        }),
        message(b'T', |out| {
            out.put_u32(2);
            out.put_u8(3);
            out.put_u32(16_400);
            out.put_u32(16_401);
        }),
        message(b'M', |out| {
            out.put_u8(1);
            out.put_u64(5);
            text(out, "mark");
            out.put_u32(3);
            out.put_slice(b"\0\xff!");
        }),
        message(b'S', |out| {
            out.put_u32(700);
            out.put_u8(1);
        }),
        message(b'E', |_| {}),
        message(b'c', |out| {
            out.put_u32(700);
            out.put_u8(0);
            out.put_u64(7);
            out.put_u64(9);
            out.put_u64(1);
        }),
        message(b'A', |out| {
            out.put_u32(700);
            out.put_u32(701);
        }),
    ]
}

fn read(message: &Bytes) -> Option<Message> {
    let part = split(message.clone(), false).ok()?;
    decode(part.tag, &part.body).ok()
}

#[test]
fn every_message_says_what_the_server_meant() {
    let messages: Vec<_> = samples().iter().map(|sample| read(sample).unwrap()).collect();
    assert_eq!(messages[0], Message::Begin { commit: Lsn(7), xid: 700 });
    assert_eq!(messages[1], Message::Commit { commit: Lsn(7), end: Lsn(9) });
    let column = |is_key, name: &str, oid| Column { is_key, name: name.into(), oid };
    let columns = Box::new([column(true, "id", 23), column(false, "naïve", 25)]);
    let relation =
        Relation { id: 16_400, schema: "public".into(), name: "User".into(), identity: Identity::Full, columns };
    assert_eq!(messages[3], Message::Relation(relation));
    let Message::Update { old: Some(Old::Row(old)), new, .. } = &messages[6] else { panic!("{:?}", messages[6]) };
    assert_eq!(old.cells().collect::<Vec<_>>(), [Cell::Text("1"), Cell::Text("was")]);
    assert_eq!(new.cells().collect::<Vec<_>>(), [Cell::Text("2"), Cell::Unchanged]);
    let Message::Delete { old: Old::Key(key), relation: 16_400 } = &messages[8] else { panic!("{:?}", messages[8]) };
    assert_eq!(key.cells().collect::<Vec<_>>(), [Cell::Text("2"), Cell::Null]);
    assert_eq!(messages[9], Message::Truncate { relations: Box::new([16_400, 16_401]) });
    assert_eq!(messages[13], Message::StreamCommit { xid: 700, commit: Lsn(7), end: Lsn(9) });
    assert_eq!(messages[14], Message::StreamAbort { xid: 700, subxid: 701 });
}

#[test]
fn inside_a_stream_changes_name_their_transaction() {
    for sample in samples() {
        let alone = split(sample.clone(), false).unwrap();
        let names_xid = b"RYIUDTM".contains(&alone.tag);
        let mut streamed = BytesMut::from(&sample[..1]);
        if names_xid {
            streamed.put_u32(701);
        }
        streamed.put_slice(&sample[1..]);
        let streamed = split(streamed.freeze(), true).unwrap();
        assert_eq!((streamed.xid, streamed.body), (names_xid.then_some(701), alone.body));
    }
}

#[test]
fn a_torn_message_and_one_with_a_byte_behind_it_are_refused() {
    for sample in samples() {
        for length in 0..sample.len() {
            assert_eq!(read(&sample.slice(..length)), None, "{sample:?} {length}");
        }
        assert_eq!(read(&[&sample[..], &[0]].concat().into()), None, "{sample:?}");
    }
}

/// `FUZZ_ROUNDS` and `FUZZ_SEED` make more of it, and other choices.
#[test]
fn no_bytes_make_it_panic_or_take_memory_for_nothing() {
    let number = |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (mut dice, samples) = (Dice::new(number("FUZZ_SEED", 1)), samples());
    for _ in 0..number("FUZZ_ROUNDS", 200_000) {
        let mut bytes = dice.pick(&samples).map(|sample| sample.to_vec()).unwrap_or_default();
        let other = dice.pick(&samples).cloned().unwrap_or_default();
        dice.mutate(&mut bytes, &other);
        for in_stream in [false, true] {
            let Ok(part) = split(bytes.clone().into(), in_stream) else { continue };
            match decode(part.tag, &part.body) {
                Ok(Message::Insert { new, .. } | Message::Update { new, .. }) => {
                    assert_eq!(new.cells().count(), new.len(), "{bytes:?}");
                }
                Ok(Message::Delete { old: Old::Key(old) | Old::Row(old), .. }) => {
                    assert_eq!(old.cells().count(), old.len(), "{bytes:?}");
                }
                Ok(Message::Relation(relation)) => assert!(relation.columns.len() <= bytes.len()),
                _ => {}
            }
        }
    }
}
