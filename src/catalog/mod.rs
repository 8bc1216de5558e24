//! The schema of a database, from DDL text or a snapshot, as one [`model::Catalog`].

pub mod access;
pub mod apply;
pub mod bloat;
pub mod cover;
pub mod expression;
pub mod from_ddl;
pub mod lookup;
pub mod model;
pub mod names;
mod opclass;
pub mod problem;
pub mod resolve;
pub mod snapshot;
pub mod text;
pub mod types;
pub mod vacuum;

pub use from_ddl::{FromDdl, SchemaFile, from_files};
