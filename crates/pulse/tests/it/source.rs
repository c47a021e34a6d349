//! The stream of a slot, message by message.

use std::time::Duration;

use pulse::{
    Error, Lsn, SqlState,
    pgoutput::{Cell, Identity, Message, Old, decode, split},
    setup,
    source::{self, ChangeSource, Frame, Replication},
};

use crate::world::{World, message};

/// A session that has just ended holds its slot for a moment.
pub async fn eventually_started(world: &World) -> Replication {
    loop {
        match world.start().await {
            Ok(source) => return source,
            Err(Error::Refused(SqlState::OBJECT_IN_USE)) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Messages up to and with the first for which `is_last`.
async fn until(source: &mut Replication, is_last: impl Fn(&Message) -> bool) -> Vec<Message> {
    let (mut messages, mut in_stream) = (Vec::new(), false);
    loop {
        let part = split(message(source).await.unwrap(), in_stream).unwrap();
        let message = decode(part.tag, &part.body).unwrap();
        match message {
            Message::StreamStart { .. } => in_stream = true,
            Message::StreamStop => in_stream = false,
            _ => {}
        }
        let is_last = is_last(&message);
        messages.push(message);
        if is_last {
            return messages;
        }
    }
}

fn is_commit(message: &Message) -> bool {
    matches!(message, Message::Commit { .. })
}

#[tokio::test]
async fn every_identity_tells_what_it_promises() {
    let world = World::prepared(
        "create table keyed (id int primary key, a text); create table whole (id int primary key, a text);
         alter table whole replica identity full;
         create table indexed (id int, a text not null unique);
         alter table indexed replica identity using index indexed_a_key;
         create table nothing (id int); alter table nothing replica identity nothing",
    )
    .await;
    let mut source = world.start().await.unwrap();
    world
        .execute(
            "insert into keyed values (1, 'x'); update keyed set a = 'y'; update keyed set id = 2; delete from keyed",
        )
        .await;
    let messages = until(&mut source, is_commit).await;
    let Message::Relation(relation) = &messages[1] else { panic!("{messages:?}") };
    assert_eq!((&*relation.name, relation.identity), ("keyed", Identity::Default));
    assert!(matches!(&messages[3], Message::Update { old: None, .. }));
    let Message::Update { old: Some(Old::Key(old)), .. } = &messages[4] else { panic!("{messages:?}") };
    assert_eq!(old.cells().collect::<Vec<_>>(), [Cell::Text("1"), Cell::Null]);
    let Message::Delete { old: Old::Key(old), .. } = &messages[5] else { panic!("{messages:?}") };
    assert_eq!(old.cells().collect::<Vec<_>>(), [Cell::Text("2"), Cell::Null]);

    world.execute("insert into whole values (1, 'x'); update whole set a = null; delete from whole").await;
    let messages = until(&mut source, is_commit).await;
    let Message::Update { old: Some(Old::Row(old)), new, .. } = &messages[3] else { panic!("{messages:?}") };
    assert_eq!(old.cells().collect::<Vec<_>>(), [Cell::Text("1"), Cell::Text("x")]);
    assert_eq!(new.cells().collect::<Vec<_>>(), [Cell::Text("1"), Cell::Null]);

    world.execute("insert into indexed values (1, 'x'); delete from indexed; insert into nothing values (1)").await;
    let messages = until(&mut source, is_commit).await;
    let Message::Delete { old: Old::Key(old), .. } = &messages[3] else { panic!("{messages:?}") };
    assert_eq!(old.cells().collect::<Vec<_>>(), [Cell::Null, Cell::Text("x")]);
    let Message::Relation(relation) = &messages[4] else { panic!("{messages:?}") };
    assert_eq!((&*relation.name, relation.identity), ("nothing", Identity::Nothing));
}

#[tokio::test]
async fn a_table_that_changes_is_told_anew_and_untouched_long_values_are_not_sent() {
    let world = World::prepared(
        "create table t (id int primary key, long text); alter table t alter long set storage external",
    )
    .await;
    let mut source = world.start().await.unwrap();
    world.execute("insert into t values (1, repeat('x', 10000))").await;
    until(&mut source, is_commit).await;
    world.execute("alter table t add note text; update t set note = 'n'; truncate t").await;
    let messages = until(&mut source, is_commit).await;
    let Message::Relation(relation) = &messages[1] else { panic!("{messages:?}") };
    assert_eq!(relation.columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["id", "long", "note"]);
    let Message::Update { new, .. } = &messages[2] else { panic!("{messages:?}") };
    assert_eq!(new.cells().collect::<Vec<_>>(), [Cell::Text("1"), Cell::Unchanged, Cell::Text("n")]);
    assert!(
        messages.iter().any(|message| matches!(message, Message::Truncate { relations } if relations.len() == 1)),
        "{messages:?}"
    );
}

#[tokio::test]
async fn large_transactions_are_streamed_and_their_rolled_back_parts_named() {
    let world = World::prepared("create table t (id int primary key, a text)").await;
    let mut source = world.start().await.unwrap();
    world
        .execute(
            "begin; insert into t select n, repeat('x', 100) from generate_series(1, 2000) n; savepoint s;
             insert into t select n, repeat('y', 100) from generate_series(2001, 4000) n; rollback to s;
             insert into t select n, repeat('z', 100) from generate_series(4001, 6000) n; commit",
        )
        .await;
    let messages = until(&mut source, |message| matches!(message, Message::StreamCommit { .. })).await;
    assert!(matches!(messages[0], Message::StreamStart { is_first: true, .. }));
    assert!(messages.iter().filter(|message| matches!(message, Message::StreamStart { .. })).count() > 1);
    let aborted = |message: &Message| matches!(message, Message::StreamAbort { xid, subxid } if xid != subxid);
    assert_eq!(messages.iter().filter(|message| aborted(message)).count(), 1, "{messages:?}");
}

#[tokio::test]
async fn what_was_not_confirmed_comes_again() {
    let world = World::prepared("create table t (id int primary key)").await;
    let mut source = world.start().await.unwrap();
    world.execute("insert into t values (1)").await;
    let messages = until(&mut source, is_commit).await;
    let Some(&Message::Commit { end, .. }) = messages.last() else { panic!("{messages:?}") };
    drop(source);
    let mut source = eventually_started(&world).await;
    assert_eq!(until(&mut source, is_commit).await, messages);

    // Told by and by, while frames are waited for.
    source.confirm(end);
    loop {
        let _ = tokio::time::timeout(Duration::from_millis(100), source.next()).await;
        let status = setup::slot_status(&world.dialer, &world.target, &world.names.slot).await.unwrap().unwrap();
        if status.confirmed >= end {
            break;
        }
    }
    drop(source);
    let mut source = eventually_started(&world).await;
    world.execute("insert into t values (2)").await;
    let messages = until(&mut source, is_commit).await;
    assert!(matches!(&messages[2], Message::Insert { new, .. } if new.cells().eq([Cell::Text("2")])), "{messages:?}");
}

#[tokio::test]
async fn a_source_that_waits_stays_alive_and_two_databases_do_not_mix() {
    let (one, two) = (
        World::prepared("create table t (id int primary key)").await,
        World::prepared("create table t (id int primary key)").await,
    );
    let (mut first, mut second) = (one.start().await.unwrap(), two.start().await.unwrap());
    one.execute("insert into t values (1)").await;
    two.execute("insert into t values (2)").await;
    let waited = tokio::time::timeout(Duration::from_secs(3), first.wait()).await;
    assert!(waited.is_err(), "{waited:?}");
    for (source, id) in [(&mut first, "1"), (&mut second, "2")] {
        let messages = until(source, is_commit).await;
        assert!(
            matches!(&messages[2], Message::Insert { new, .. } if new.cells().eq([Cell::Text(id)])),
            "{messages:?}"
        );
    }
    let system = source::identify(&one.dialer, &one.target).await.unwrap();
    assert_eq!(system.timeline, 1);
    // An idle stream tells how far it is.
    let reached = loop {
        if let Frame::Reached(reached) = first.next().await.unwrap() {
            break reached;
        }
    };
    assert!(reached > Lsn(0));
}
