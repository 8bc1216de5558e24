//! Events to a [`model::Workload`]: statistics per fingerprint, samples, and the units of work that sessions show.

pub mod counts;
pub mod histogram;
pub mod model;
pub mod sketch;
