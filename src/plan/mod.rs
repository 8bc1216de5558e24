//! EXPLAIN output of any format and presentation in; [`model::Plan`]s and their [`figures`] out.
//!
//! | step | in | out |
//! |---|---|---|
//! | [`present`] | what somebody pasted, piped or logged | [`document::Document`]s, and what is no plan by name |
//! | [`text`], [`structured`] | a document | [`model::Plan`] |
//! | [`figures`] | a plan | who spent the time: self time, rows, buffers |
//! | [`compare`] | two plans | matched nodes and what changed |
//!
//! Nothing is lost silently: unknown properties are kept, and what does not add up is a warning of the plan.

mod check;
pub mod compare;
pub mod document;
pub mod figures;
pub mod model;
pub mod present;
pub mod quick;
pub mod read;
mod scans;
pub mod shape;
pub mod structured;
pub mod text;

pub use compare::{Comparison, compare};
pub use read::{Reading, read};
pub use scans::{ScanFact, scans, shape};
pub use shape::shape_of;
