//! The report and its renderers. [`model`] holds the only types that a reader of sqlsift's output ever sees.
//!
//! In comes a [`model::Report`] that somebody else filled; out goes text: for a person ([`render::table`]) or for a
//! program ([`render::json`], described by [`schema`]). Nothing here knows where the figures came from.

pub mod escape;
pub mod model;
pub mod rank;
pub mod redact;
pub mod render;
pub mod rule_text;
pub mod schema;
pub mod source;
pub mod units;
