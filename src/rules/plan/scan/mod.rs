//! Scans of tables: what each is about, so that one rule speaks of one scan, and the statement that reads the table alone.

mod answered;
pub mod cause;
pub mod condition;
pub mod doubt;
pub mod estimate;
pub mod joined;
mod pieces;
pub mod rows;
pub mod statement;
pub mod test;
pub mod waste;
