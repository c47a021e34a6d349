//! `now()`, `uuid()`, `cuid()`, `ulid()`, `nanoid()` and the product of two lists.

use super::scope::Generate;
use crate::error::QueryError;
use crate::js::{generate, moment};
use crate::value::Value;

/// Time and randomness of one run: `now` is the same wherever a plan asks for it.
pub struct Generators<'a> {
    /// Milliseconds since 1970.
    pub now_ms: u64,
    /// Fills a buffer with random bytes.
    pub random: &'a mut (dyn FnMut(&mut [u8]) + Send),
    /// Pairs of products that were made so far.
    pub pairs: usize,
}

/// Most pairs of all products of a run.
const MOST_PAIRS: usize = 1_000_000;
/// The longest nanoid.
const LONGEST: usize = 1024;

impl Generate for Generators<'_> {
    fn generate(&mut self, name: &str, args: Vec<Value>) -> Result<Value, QueryError> {
        let wrong = |kind: &str| QueryError::internal(format!("Invalid {kind} generator arguments"));
        let number = |at: usize| args.get(at).and_then(Value::as_number);
        match name {
            "now" => {
                let mut text = Vec::new();
                let now = i64::try_from(self.now_ms).unwrap_or(i64::MAX);
                moment::write_iso(&mut text, now).map_err(|_| QueryError::internal("The clock is out of range"))?;
                Ok(Value::text(String::from_utf8_lossy(&text)))
            }
            "uuid" => match number(0) {
                Some(4.0) => Ok(Value::text(generate::uuid_v4(&mut self.random))),
                Some(7.0) => Ok(Value::text(generate::uuid_v7(&mut self.random, self.now_ms))),
                _ => Err(wrong("UUID")),
            },
            "cuid" => match number(0) {
                Some(1.0) => Ok(Value::text(generate::cuid1(&mut self.random, self.now_ms))),
                Some(2.0) => Ok(Value::text(generate::cuid2(&mut self.random))),
                _ => Err(wrong("CUID")),
            },
            "ulid" => Ok(Value::text(generate::ulid(&mut self.random, self.now_ms))),
            "nanoid" => {
                let length = match args.first() {
                    None => generate::NANOID_LENGTH,
                    #[expect(
                        clippy::cast_sign_loss,
                        clippy::cast_possible_truncation,
                        reason = "`as` saturates, and the bound follows"
                    )]
                    Some(_) => number(0).ok_or_else(|| wrong("Nanoid"))? as usize,
                };
                Ok(Value::text(generate::nanoid(&mut self.random, length.min(LONGEST))))
            }
            "product" => {
                let mut args = args.into_iter();
                let (Some(left), Some(right)) = (args.next(), args.next()) else { return Err(wrong("Product")) };
                self.product(left.into_list(), &right.into_list())
            }
            unknown => Err(QueryError::internal(format!("Encountered an unknown generator '{unknown}'"))),
        }
    }
}

impl Generators<'_> {
    fn product(&mut self, left: Vec<Value>, right: &[Value]) -> Result<Value, QueryError> {
        self.pairs = self.pairs.saturating_add(left.len().saturating_mul(right.len()));
        if self.pairs > MOST_PAIRS {
            return Err(QueryError::internal(format!("Products of more than {MOST_PAIRS} pairs")));
        }
        let pair = |left: &Value, right: &Value| Value::list(vec![left.clone(), right.clone()]);
        Ok(Value::list(left.iter().flat_map(|left| right.iter().map(move |right| pair(left, right))).collect()))
    }
}
