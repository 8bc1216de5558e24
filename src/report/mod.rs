//! The report and its renderers. [`model`] holds the only types that a reader of sqlsift's output ever sees.

pub mod model;
