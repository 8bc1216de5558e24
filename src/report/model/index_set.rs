//! The indexes that were chosen together for the whole workload, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Costs are the planner's, weighted by calls and calibrated with measured times where there are any: milliseconds of the observed
/// workload.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct IndexSet {
    /// Without new indexes, with those chosen, and with every candidate at once: the bound of what indexes can do.
    pub cost_before_ms: f64,
    pub cost_after_ms: f64,
    pub cost_bound_ms: f64,
    pub budget_bytes: Option<u64>,
    /// Counted against the budget.
    pub bytes: u64,
    /// `own` or `hypopg`.
    pub size_model: String,
    pub candidates: u64,
    /// Statements planned.
    pub planner_calls: u64,
    pub seconds: f64,
    /// The time was over before the search was.
    pub cut_short: bool,
    pub queries_examined: u64,
    pub queries_not_examined: u64,
    /// The one that saves most first.
    pub indexes: Vec<SetIndex>,
    /// Queries that stay dear, or could not be planned, each with the reason and what to do.
    #[serde(default)]
    pub unserved: Vec<Unserved>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Unserved {
    pub fingerprint: String,
    pub reason: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetIndex {
    /// Id of the recommendation.
    pub recommendation: String,
    pub definition: String,
    pub bytes: u64,
    pub bytes_least: Option<u64>,
    pub bytes_most: Option<u64>,
    /// What the set would lose without it.
    pub gain_ms: f64,
    pub upkeep_ms: f64,
    pub queries: Vec<SetQuery>,
}

/// Planner costs of one call.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetQuery {
    pub fingerprint: String,
    pub before: f64,
    /// Under the set without this index.
    pub without: f64,
    pub after: f64,
}
