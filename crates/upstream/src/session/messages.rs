//! Messages to and from a server, one at a time: what lies behind the one that was asked for stays on the stream.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{DialError, answer, wire::Wire};

/// What the body of one message may have before the session is handed out. Checked before memory is taken for it.
const LONGEST: usize = 64 * 1024;

/// One message of the server.
pub(super) struct Message {
    pub(super) tag: u8,
    pub(super) body: Vec<u8>,
}

/// Reads the next message, header first and then exactly its body.
pub(super) async fn read(wire: &mut Wire) -> Result<Message, DialError> {
    let mut header = [0; 5];
    wire.read_exact(&mut header).await.map_err(|error| answer::of_stream(&error))?;
    let [tag, length @ ..] = header;
    // The length counts its own four bytes.
    let length = u32::from_be_bytes(length).checked_sub(4).and_then(|length| usize::try_from(length).ok());
    let length = length.filter(|length| *length <= LONGEST).ok_or(DialError::NotPostgres)?;
    let mut body = vec![0; length];
    wire.read_exact(&mut body).await.map_err(|error| answer::of_stream(&error))?;
    Ok(Message { tag, body })
}

/// Sends what was framed.
pub(super) async fn send(wire: &mut Wire, bytes: &[u8]) -> Result<(), DialError> {
    let sent = async {
        wire.write_all(bytes).await?;
        wire.flush().await
    };
    sent.await.map_err(|error| answer::of_stream(&error))
}
