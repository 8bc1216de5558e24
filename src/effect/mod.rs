//! A DDL statement and the catalog it meets in; out: the locks that it takes, and what it reads or writes under them.
//!
//! Every claim in here is about a server: `tests/it/live` runs generated statements and compares what happened.

mod alter;
mod constraint;
mod create_index;
mod create_table;
mod default;
mod draft;
mod drop;
mod functions;
mod implied;
mod lock;
mod maintenance;
pub mod model;
mod not_null;
mod object;
mod parameter;
mod partition;
mod predict;
mod types;

pub use functions::{ONCE, VOLATILE};
pub use lock::LockMode;
pub use model::{Effect, Lock, Version, Work, WorkKind};
pub use predict::predict;
