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
mod suppress;
mod target;
mod traffic;
mod weigh;

pub use run::{Dynamic, Linted, Linting, lint};
pub use target::Target;
pub use traffic::Traffic;
pub use weigh::SMALL_TABLE_ROWS;
