//! Rules: one page (`rules/<group>/<name>.md`) and one file (`src/rules/<group>/<name>.rs`) each.
//!
//! A rule states by its trait what it needs; the runner runs what it can and records the rest in the report's coverage.
//! A rule *is* its options: the struct's fields are the page's `[options]`, overlaid by `sqlsift.toml`.

pub mod context;
pub mod draft;

use context::{QueryCx, SchemaCx, WorkloadCx};
use draft::Sink;

/// Looks at one statement, with measurements when there is a workload and types when there is a catalog.
pub trait QueryRule: Send + Sync {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink);
}

/// Looks at the whole workload: sessions, repetitions, events, and queries with their catalog.
pub trait WorkloadRule: Send + Sync {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink);
}

/// Looks at the catalog, with the workload at hand when there is one.
pub trait SchemaRule: Send + Sync {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink);
}
