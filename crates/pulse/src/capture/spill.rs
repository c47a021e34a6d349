//! Where the changes of a transaction wait until it is known whether it is committed: in memory, and in a file from some size on.

use std::{io::SeekFrom, path::Path};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

use crate::Error;

/// Of a record: length, transaction and tag.
const HEADER: usize = 9;
const READ: usize = 256 * 1024;

/// A message of a streamed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The sub-transaction, or the transaction itself.
    pub(super) xid: u32,
    pub(super) tag: u8,
    pub(super) body: Bytes,
}

/// Records on their way in.
#[derive(Default)]
pub(super) struct Spill {
    memory: BytesMut,
    file: Option<File>,
    bytes: u64,
}

/// Records on their way out, in the same order.
pub(super) struct Unspill {
    file: Option<File>,
    memory: BytesMut,
    inbox: BytesMut,
}

impl Spill {
    /// How many bytes it holds.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a record; writes to a file in `folder`, which has no name there and ends with us, once more than `most` are in memory.
    pub(super) async fn push(&mut self, record: &Record, folder: &Path, most: usize) -> Result<(), Error> {
        let length = u32::try_from(record.body.len()).map_err(|_| Error::NotPostgres)?;
        self.memory.put_u32(length);
        self.memory.put_u32(record.xid);
        self.memory.put_u8(record.tag);
        self.memory.put_slice(&record.body);
        self.bytes += u64::from(length) + HEADER as u64;
        if self.memory.len() > most {
            self.write(folder).await.map_err(|error| Error::Spill(error.kind()))?;
        }
        Ok(())
    }

    async fn write(&mut self, folder: &Path) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(File::from_std(tempfile::tempfile_in(folder)?)),
        };
        file.write_all(&self.memory).await?;
        self.memory.clear();
        Ok(())
    }

    /// Begins to take them out.
    pub(super) async fn reverse(mut self) -> Result<Unspill, Error> {
        if let Some(file) = &mut self.file {
            let rewound = async {
                file.flush().await?;
                file.seek(SeekFrom::Start(0)).await
            };
            rewound.await.map_err(|error| Error::Spill(error.kind()))?;
        }
        Ok(Unspill { file: self.file, memory: self.memory, inbox: BytesMut::new() })
    }
}

impl Unspill {
    /// The next record; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if let Some(record) = take(&mut self.inbox) {
                return Ok(Some(record));
            }
            if let Some(file) = &mut self.file {
                self.inbox.reserve(READ);
                let read = file.read_buf(&mut self.inbox).await.map_err(|error| Error::Spill(error.kind()))?;
                if read == 0 {
                    self.file = None;
                }
            } else if self.memory.is_empty() {
                return Ok(None);
            } else {
                let memory = std::mem::take(&mut self.memory);
                self.inbox.unsplit(memory);
            }
        }
    }
}

fn take(inbox: &mut BytesMut) -> Option<Record> {
    let length = usize::try_from(u32::from_be_bytes(*inbox.first_chunk()?)).ok()?;
    if inbox.len() < HEADER + length {
        return None;
    }
    inbox.advance(4);
    let (xid, tag) = (inbox.get_u32(), inbox.get_u8());
    Some(Record { xid, tag, body: inbox.split_to(length).freeze() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_goes_in_comes_out_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for most in [0, 100, 1000, usize::MAX] {
            let mut spill = Spill::default();
            let record = |number: u32| Record { xid: number, tag: b'I', body: vec![7; number as usize % 500].into() };
            for number in 0..2000 {
                spill.push(&record(number), folder.path(), most).await.unwrap();
            }
            assert!(spill.bytes() > 100_000 && spill.file.is_some() == (most < usize::MAX));
            let mut out = spill.reverse().await.unwrap();
            for number in 0..2000 {
                assert_eq!(out.next().await.unwrap(), Some(record(number)));
            }
            assert_eq!(out.next().await.unwrap(), None);
            assert_eq!(folder.path().read_dir().unwrap().count(), 0, "the file has no name");
        }
    }
}
