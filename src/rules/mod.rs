//! Rules: one page (`rules/<group>/<name>.md`), one file (`src/rules/<group>/<name>.rs`) and one line in
//! [`registry`] each.
//!
//! A rule states by its trait what it looks at and by its page what it needs; the runner ([`run`]) runs what it can and
//! says of the rest why not. A rule *is* its options: the struct's fields are the page's `[options]`, overlaid by
//! `sqlsift.toml`, and a field without an option (or the reverse) does not start.

pub mod allow;
pub mod candidate;
pub mod comment;
pub mod context;
pub mod draft;
pub mod finding;
pub mod lint;
mod list;
pub mod matching;
pub mod needs;
pub mod page;
mod parameters;
pub mod place;
pub mod plans;
pub mod registry;
pub mod rewrite;
pub mod run;
pub mod scaffold;
pub mod scope;
pub mod spelling;
mod walk;
mod words;

pub mod migration;
pub mod plan;
pub mod query;
pub mod schema;
pub mod security;
pub mod server;
pub mod workload;

use context::{PlanCx, QueryCx, SchemaCx, WorkloadCx};
use draft::Sink;
use lint::context::{ScriptCx, StatementCx};

/// Looks at one statement, with measurements when there is a workload and types when there is a catalog.
pub trait QueryRule: Send + Sync {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink);
}

/// Looks at the whole workload: sessions, repetitions, events, and queries with their catalog.
pub trait WorkloadRule: Send + Sync {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink);
}

/// Looks at one plan, with its query and the catalog when they are at hand.
pub trait PlanRule: Send + Sync {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink);
}

/// Looks at the catalog, with the workload at hand when there is one.
pub trait SchemaRule: Send + Sync {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink);
}

/// Looks at one statement of a script, with the catalog before it, its effect, and the transaction that it stands in.
pub trait StatementRule: Send + Sync {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink);
}

/// Looks at one script as it was lived through.
pub trait ScriptRule: Send + Sync {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink);
}
