//! The simple protocol as a caller of a session speaks it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use upstream::SessionStream;

use crate::fake;

pub async fn query(stream: &mut SessionStream, sql: &str) {
    stream.write_all(&fake::message(b'Q', &[sql.as_bytes(), &[0]].concat())).await.unwrap();
    stream.flush().await.unwrap();
}

/// Tags and bodies up to `ReadyForQuery`.
pub async fn read(stream: &mut SessionStream) -> Vec<(u8, Vec<u8>)> {
    let mut messages = Vec::new();
    while messages.last().is_none_or(|(tag, _)| *tag != b'Z') {
        let tag = stream.read_u8().await.unwrap();
        let mut body = vec![0; usize::try_from(stream.read_u32().await.unwrap()).unwrap() - 4];
        stream.read_exact(&mut body).await.unwrap();
        messages.push((tag, body));
    }
    messages
}

/// Runs statements, of which none may fail.
pub async fn ask(stream: &mut SessionStream, sql: &str) -> Vec<(u8, Vec<u8>)> {
    query(stream, sql).await;
    let messages = read(stream).await;
    assert!(messages.iter().all(|(tag, _)| *tag != b'E'), "{messages:?}");
    messages
}

/// The only column of the only row. The answer is that to this very statement: it begins with the row's description.
pub async fn one(stream: &mut SessionStream, sql: &str) -> String {
    let messages = ask(stream, sql).await;
    let tags: Vec<u8> = messages.iter().map(|(tag, _)| *tag).collect();
    assert_eq!(tags, b"TDCZ", "{sql}");
    // Two bytes for the number of columns, four for the length of this one.
    String::from_utf8(messages[1].1[6..].to_vec()).unwrap()
}
