//! JavaScript's values in their text forms: what clients compare answers with was made by it.

pub mod decimal;
pub mod generate;
pub mod json_text;
pub mod moment;
pub mod number;
pub mod string;
