/// The parameters of a statement, as a bind message holds them.
#[derive(Debug, Default)]
pub struct Params {
    count: u16,
    /// By parameter, whether it is binary: bytes are, all else is text.
    binary: Vec<bool>,
    /// Lengths and values.
    values: Vec<u8>,
}

/// A parameter is longer than the protocol can say.
#[derive(Debug)]
pub struct TooLong;

impl Params {
    /// Most parameters of one statement.
    pub const MOST: usize = u16::MAX as usize;

    pub fn push_null(&mut self) {
        self.begin(false);
        self.values.extend_from_slice(&(-1_i32).to_be_bytes());
    }

    /// Adds the parameter that `write` appends.
    pub fn push(&mut self, binary: bool, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), TooLong> {
        self.begin(binary);
        let start = self.values.len();
        self.values.extend_from_slice(&[0; 4]);
        write(&mut self.values);
        let length = i32::try_from(self.values.len() - start - 4).map_err(|_| TooLong)?;
        self.values[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// Of all values and their lengths.
    pub fn bytes(&self) -> usize {
        self.values.len()
    }

    fn begin(&mut self, binary: bool) {
        self.count = self.count.saturating_add(1);
        self.binary.push(binary);
    }

    /// The part of a bind message after the names: formats, values, and text for every column of the result.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        if self.binary.contains(&true) {
            out.extend_from_slice(&self.count.to_be_bytes());
            for binary in &self.binary {
                out.extend_from_slice(&u16::from(*binary).to_be_bytes());
            }
        } else {
            out.extend_from_slice(&0_u16.to_be_bytes());
        }
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&self.values);
        out.extend_from_slice(&0_u16.to_be_bytes());
    }
}
