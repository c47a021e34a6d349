use crate::value::Names;
use std::ops::Range;
use std::sync::Arc;

/// The columns of a result.
#[derive(Debug, PartialEq, Eq)]
pub struct Columns {
    pub names: Names,
    pub columns: Box<[Column]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The type's object id.
    pub oid: u32,
}

/// The bytes are no message of the protocol.
#[derive(Debug)]
pub struct Malformed;

/// Reads a body from front to back.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn text(&mut self) -> Result<&'a [u8], Malformed> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(Malformed)?;
        let text = self.take(end)?;
        self.take(1)?;
        Ok(text)
    }
}

impl Columns {
    pub(super) fn read(body: &[u8]) -> Result<Arc<Self>, Malformed> {
        let mut reader = Reader(body);
        let count = usize::from(reader.u16()?);
        let (mut names, mut columns) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            names.push(String::from_utf8_lossy(reader.text()?).into_owned().into_boxed_str());
            // The table's id and the column's number.
            reader.take(6)?;
            columns.push(Column { oid: reader.u32()? });
            // Size, modifier and format.
            reader.take(8)?;
        }
        Ok(Arc::new(Self { names: names.into(), columns: columns.into() }))
    }
}

/// The cells of a row: `None` for null.
pub struct Cells<'a> {
    reader: Reader<'a>,
    left: u16,
}

impl<'a> Cells<'a> {
    pub(super) fn of(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(body);
        let left = reader.u16()?;
        Ok(Self { reader, left })
    }

    /// The next cell, and where it ends counted from the body's end.
    pub fn next(&mut self) -> Result<Option<Option<&'a [u8]>>, Malformed> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let length = self.reader.u32()?;
        if length == u32::MAX {
            return Ok(Some(None));
        }
        self.reader.take(usize::try_from(length).map_err(|_| Malformed)?).map(|cell| Some(Some(cell)))
    }

    /// Where all cells are, counted from the body's begin.
    pub fn ranges(mut self, out: &mut Vec<Option<Range<usize>>>) -> Result<(), Malformed> {
        let whole = self.reader.0.len() + 2;
        out.clear();
        while let Some(cell) = self.next()? {
            let end = whole - self.rest();
            out.push(cell.map(|cell| end - cell.len()..end));
        }
        Ok(())
    }

    /// Bytes that were not read yet.
    pub fn rest(&self) -> usize {
        self.reader.0.len()
    }
}

/// An error that the database told, field by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerError {
    pub severity: String,
    /// SQLSTATE.
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub table: Option<String>,
    pub column: Option<String>,
    pub constraint: Option<String>,
    /// The C function that raised it.
    pub routine: Option<String>,
}

impl ServerError {
    pub(super) fn read(body: &[u8]) -> Result<Box<Self>, Malformed> {
        let (mut reader, mut error) = (Reader(body), Box::<Self>::default());
        loop {
            let [field] = reader.array()?;
            if field == 0 {
                return Ok(error);
            }
            let text = String::from_utf8_lossy(reader.text()?).into_owned();
            match field {
                b'S' => error.severity = text,
                b'C' => error.code = text,
                b'M' => error.message = text,
                b'D' => error.detail = Some(text),
                b'H' => error.hint = Some(text),
                b't' => error.table = Some(text),
                b'c' => error.column = Some(text),
                b'n' => error.constraint = Some(text),
                b'R' => error.routine = Some(text),
                _ => {}
            }
        }
    }
}
