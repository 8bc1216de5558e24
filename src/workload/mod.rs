//! Events to a [`model::Workload`]: statistics per fingerprint, samples, and the units of work that sessions show.
//!
//! In two stages: [`part::PartBuilder`] turns one chunk's events into a [`part::Part`] on any thread; [`fold::Folder`] takes
//! the parts in order and follows the sessions. [`pipeline::read`] does both for a list of inputs, of which some may be
//! digests ([`digest`]) or exports of pg_stat_statements ([`export`]), and merges ([`merge`]) what comes out.

pub mod counts;
pub mod digest;
pub mod export;
pub mod fold;
pub mod histogram;
mod memo;
pub mod merge;
pub mod model;
mod origins;
mod params;
pub mod part;
pub mod pipeline;
mod plans;
pub mod queries;
mod redact;
pub mod singles;
pub mod sketch;
mod totals;
