//! The schema of a database, from DDL text or a snapshot, as one [`model::Catalog`].

pub mod model;
