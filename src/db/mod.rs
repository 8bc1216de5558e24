//! A connection string in; what a live server says out, as the types of `catalog` and `workload`; and the server's own
//! planner behind [`crate::advise::whatif::WhatIf`].
//!
//! The only user of tokio-postgres. A server is never harmed: everything runs in short read-only transactions with a
//! statement and a lock timeout, and no text from outside is sent but as one EXPLAIN or PREPARE that passed the guard.

pub mod error;
pub mod hypopg;
mod pipeline;
mod quote;
pub mod session;

pub use error::DbError;
pub use session::{Param, Reading, Row, Session};
