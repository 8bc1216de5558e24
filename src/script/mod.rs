//! Files of SQL in; scripts out: which framework they belong to, which of their statements go up and which down, which
//! transaction each stands in, and what SQL is nested in DO blocks and functions.

pub mod model;
mod read;

pub use model::Script;
pub use read::{Options, Source, is_marker, is_sql, scripts};
