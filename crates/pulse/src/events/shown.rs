//! A change for a person to read.

use std::fmt::Write;

use super::{Action, Change};
use crate::pgoutput::Malformed;

/// Object ids of the types whose text is a number of JSON, unless it is one that JSON has no word for.
const NUMBERS: [u32; 6] = [20, 21, 23, 700, 701, 1700];
const BOOLEAN: u32 = 16;

impl Change {
    /// The row as a JSON object of its columns, by the names of the database; empty where all rows are gone. Values are cut after so many
    /// characters, and what is not known is left out.
    ///
    /// # Errors
    /// [`Malformed`] where the change is none of its table.
    pub fn shown(&self, longest: usize) -> Result<String, Malformed> {
        if self.action == Action::Truncate {
            return Ok(String::new());
        }
        let image = self.image()?.ok_or(Malformed)?;
        let cells = image.cells(&self.table);
        let mut out = String::from("{");
        for (cell, column) in cells.iter().zip(&self.table.relation().columns) {
            let Some(cell) = cell else { continue };
            let comma = if out.len() > 1 { ", " } else { "" };
            let value = match *cell {
                None => "null".to_owned(),
                Some(text) => value(column.oid, text, longest),
            };
            // Writing to a String cannot fail.
            let _ = write!(out, "{comma}{}: {value}", quoted(&column.name));
        }
        out.push('}');
        Ok(out)
    }
}

fn value(oid: u32, text: &str, longest: usize) -> String {
    let is_number =
        NUMBERS.contains(&oid) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e'));
    match (oid, text) {
        _ if is_number => text.to_owned(),
        (BOOLEAN, "t") => "true".to_owned(),
        (BOOLEAN, "f") => "false".to_owned(),
        _ if text.chars().nth(longest).is_some() => {
            quoted(&text.chars().take(longest).chain(['\u{2026}']).collect::<String>())
        }
        _ => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
