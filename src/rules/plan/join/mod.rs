//! Joins: what each is to blame for, so that one rule speaks of one join.

pub mod cause;
pub mod link;
pub mod rescan;
