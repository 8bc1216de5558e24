//! Reports to text, one file a format.

pub mod json;
pub mod palette;
pub mod table;
pub mod units;
pub mod wrap;
