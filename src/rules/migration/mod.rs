//! Rules about migrations: what locks, rewrites, breaks clients or loses data.

pub mod index_not_concurrent;
