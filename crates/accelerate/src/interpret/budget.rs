use crate::error::QueryError;

/// How many more values one run may make of those that it has: lists that are put together, children that are given to parents.
///
/// A plan of a few lines can double a list forty times; no client's plan comes near the bound.
#[derive(Debug)]
pub(super) struct Budget(usize);

const MOST: usize = 4_000_000;

impl Default for Budget {
    fn default() -> Self {
        Self(MOST)
    }
}

impl Budget {
    /// # Errors
    /// P6009 when nothing is left.
    pub fn spend(&mut self, count: usize) -> Result<(), QueryError> {
        self.0 = self.0.checked_sub(count).ok_or_else(|| {
            QueryError::limit("P6009", format!("The query makes more than {MOST} values of those that it reads."))
        })?;
        Ok(())
    }
}
