//! What a snapshot keeps of the server's planner: the set of indexes that it found best for the queries of the file, as plain data.

use serde::{Deserialize, Serialize};

/// Costs in units of the planner for one call; times in milliseconds of the whole workload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSet {
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_indexes: Option<usize>,
    /// `own` or `hypopg`.
    pub size_model: String,
    pub seconds: f64,
    pub candidates: usize,
    pub planner_calls: usize,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
    /// Queries that were too many.
    #[serde(default)]
    pub left_out: usize,
    pub base_ms: f64,
    pub bound_ms: f64,
    pub cost_ms: f64,
    pub indexes: Vec<PlannedIndex>,
    pub queries: Vec<PlannedQuery>,
    /// Queries that the planner was not asked about, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<PlannedReason>,
    /// Queries that no index serves, with what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unserved: Vec<PlannedReason>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedQuery {
    pub fingerprint: String,
    pub base: f64,
    pub bound: f64,
    pub cost: f64,
    pub calls: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedReason {
    pub fingerprint: String,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedIndex {
    pub schema: String,
    pub table: String,
    pub method: String,
    pub keys: Vec<PlannedKey>,
    /// The first so many keys are compared for equality.
    pub equal: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// As it was offered.
    pub definition: String,
    /// Counted against the budget.
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<PlannedSize>,
    pub gain_ms: f64,
    pub upkeep_ms: f64,
    /// Our own estimate: the planner could not try it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
    pub serves: Vec<PlannedService>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<PlannedConstant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<PlannedRisk>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedKey {
    /// A column's name, or SQL.
    pub text: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expression: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_first: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opclass: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSize {
    pub bytes: u64,
    pub least: u64,
    pub most: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedService {
    pub fingerprint: String,
    pub base: f64,
    pub without: f64,
    pub with: f64,
    pub saved: Vec<PlannedSample>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSample {
    pub share: f64,
    /// Where its values come from: `logged`, `common`, `rare`, `absent` or `generic`.
    pub values: String,
    pub saved: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedConstant {
    pub number: u16,
    pub literal: String,
    pub expression: String,
    pub why: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRisk {
    pub fingerprint: String,
    pub table: String,
    pub rows: f64,
    pub guesses: u32,
    pub margin: f64,
}
