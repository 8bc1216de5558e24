//! A DDL statement and the catalog it meets in; out: the locks that it takes, and what it reads or writes under them.
//!
//! Every claim in here is about a server: `tests/it/live` runs generated statements and compares what happened.

mod lock;
pub mod model;
mod predict;

pub use lock::LockMode;
pub use model::{Effect, Lock, Version, Work, WorkKind};
pub use predict::predict;
