//! Files of SQL in; scripts out: which framework they belong to, which of their statements go up and which down, which
//! transaction each stands in, and what SQL is nested in DO blocks and functions.
//!
//! [`scripts`] takes texts. The caller walks folders and reads files: those for which [`is_sql`] holds as sources
//! (through [`decode`]), those for which [`is_marker`] holds as markers.

mod content;
mod control;
mod cut;
mod decode;
mod detect;
mod directive;
mod flyway;
mod given;
mod layout;
mod liquibase;
mod literal;
mod malformed;
mod markers;
pub mod model;
mod name;
mod nested;
mod order;
mod outline;
mod plpgsql;
mod product;
mod psql;
mod query_file;
mod read;
mod reader;
mod refusal;
mod run_on;
mod sections;
mod template;
mod text;
mod transaction;
mod upward;
mod variables;

pub use decode::{decode, decode_owned};
pub use markers::is_marker;
pub use model::Script;
pub use name::{is_down_file, is_sql};
pub use order::order;
pub use read::{Options, Queue, Source, scripts};
pub use text::{FileText, Packer, SMALL, digest};
pub use upward::{Upward, in_block, upward};
