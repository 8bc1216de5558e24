//! Scripts in, in the order in which they run; findings about the statements in them, and the catalog that they leave, out.
//!
//! The scripts are replayed one statement after the other, and rules look at each with the catalog as it was before it.

pub mod above;
pub mod backfill;
mod besides;
mod comment;
pub mod context;
pub mod lived;
pub mod names;
mod run;
mod said;
mod spelled;
mod suppress;
mod tables;
mod target;
mod traffic;
mod unread;
mod weigh;

pub use run::{Linted, Linting, lint};
pub use target::Target;
pub use traffic::Traffic;
pub use unread::{Dynamic, Unparsed};
pub use weigh::SMALL_TABLE_ROWS;
