//! A connection string in; what a live server says out, as the types of `catalog` and `workload`; and the server's own
//! planner behind [`crate::advise::whatif::WhatIf`].
//!
//! The only user of tokio-postgres. A server is never harmed: everything runs in short read-only transactions with a
//! statement and a lock timeout, and no text from outside is sent but as one EXPLAIN or PREPARE that passed the guard.

pub mod cancel;
pub mod catalog;
pub mod connect;
pub mod conninfo;
pub mod error;
mod generic;
pub mod health;
pub mod hypopg;
pub mod names;
mod passfile;
mod pipeline;
pub mod planner;
mod quote;
pub mod rights;
mod secret;
pub mod seen;
pub mod sent;
mod service;
pub mod session;
pub mod statements;
mod tls;
pub mod values;
pub mod verify;

pub use error::DbError;
pub use session::{Param, Reading, Row, Session};
