//! What to do: advice with its SQL, what it costs and saves, and how that is known.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Confidence;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecommendationKind {
    CreateIndex,
    DropIndex,
    RewriteQuery,
    KeysetPage,
    Batch,
    Analyze,
    Vacuum,
    Setting,
    SplitMigration,
    AddConstraint,
    /// A column, table, function, policy or privilege defined otherwise.
    ChangeSchema,
    /// Run EXPLAIN again, with more options.
    RunExplain,
    Application,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// Can be applied as it stands.
    Machine,
    /// Correct under what is said in `notes`: read it first.
    Review,
    /// Shows the shape; names or values must be filled in.
    Sketch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedBy {
    ExplainAnalyze,
    Hypopg,
    Estimate,
    Heuristic,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Recommendation {
    /// Stable: a hash of kind and SQL.
    pub id: String,
    pub kind: RecommendationKind,
    pub title: Cow<'static, str>,
    /// Why, and what to watch; plain text.
    pub detail: Cow<'static, str>,
    /// The statement to run, or the rewritten query; empty when the advice is not SQL.
    pub sql: String,
    /// Further pieces of SQL by name, in the order to read them (`previous page`, `first page`, …).
    pub more_sql: Vec<SqlPart>,
    pub applicability: Applicability,
    /// The table-level lock that applying it takes, as `pg_locks` names it; `null` for a query rewrite.
    pub lock: Option<String>,
    pub undo: Option<String>,
    pub verified_by: VerifiedBy,
    /// Before and after in `unit`, over the affected queries, per day.
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub unit: Cow<'static, str>,
    /// Fingerprints of the queries that it serves.
    pub queries: Vec<String>,
    /// Estimated size of what is created.
    pub size_bytes: Option<u64>,
    /// What it costs: writes that become dearer, and the like.
    pub cost: Option<String>,
    /// Saved, milliseconds a day of the observed workload.
    pub impact_ms_per_day: Option<f64>,
    /// In a file: what to write where, so that it is done. Edits do not overlap.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// Where the planner was asked with several values: how far `after` depends on them.
    #[serde(default)]
    pub range: Option<EffectRange>,
}

/// An effect over the values that calls come with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectRange {
    /// What `after` would be if all calls had the values that gain most, and those that gain least.
    pub after_least: f64,
    pub after_most: f64,
    /// High: all values gain alike. Low: the usual call gains nothing, or only a generic plan is known.
    pub confidence: Confidence,
}

/// Text that takes the place of other text in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Edit {
    pub path: Arc<str>,
    /// Byte offsets into the file; equal ones insert.
    pub start: u64,
    pub end: u64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SqlPart {
    /// `first page`, `previous page`, `index`, …
    pub label: String,
    pub sql: String,
}
