//! Two plans of one query side by side: which nodes match, what changed, and what explains the difference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanComparison {
    /// `faster`, `slower`, `same` (within 10 % or 1 ms), `unknown`.
    pub verdict: String,
    /// `8.6 times faster: 38.9 ms → 4.5 ms`
    pub headline: String,
    /// What all amounts here are measured in, the best that both plans have: `ms`, `blocks`, `cost`; `shape`: nothing.
    pub basis: String,
    pub same_shape: bool,
    pub old: PlanTotals,
    pub new: PlanTotals,
    /// What makes the difference, the largest part first, whichever way it goes.
    pub explanations: Vec<PlanExplanation>,
    /// In preorder of the new plan; nodes of the old one that have no match stand where they were.
    pub nodes: Vec<PlanPair>,
    /// Settings that differ.
    pub settings: Vec<PlanChange>,
    /// What a reader must know before trusting this.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanTotals {
    /// Id of the plan in `plans`.
    pub plan: String,
    /// By the comparison's basis.
    pub amount: Option<f64>,
    pub planning_ms: Option<f64>,
    pub execution_ms: Option<f64>,
    pub cost: Option<f64>,
    /// Blocks of 8 kB asked for, found in memory or not, temporary ones included.
    pub blocks: Option<f64>,
    pub read_blocks: Option<f64>,
    pub temp_blocks: Option<f64>,
    /// Rows that scans looked at, those that a filter removed included.
    pub rows_read: Option<f64>,
    /// Rows that the root gave.
    pub rows: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanExplanation {
    pub text: String,
    /// Numbers of the nodes of each plan; both empty for what is outside all nodes.
    pub old: Vec<u64>,
    pub new: Vec<u64>,
    /// By the comparison's basis.
    pub before: f64,
    pub after: f64,
    /// Of the whole difference: negative for what goes the other way.
    pub share: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanPair {
    /// Numbers of the nodes in their plans; `null`: only the other plan has it. The plans hold the figures.
    pub old: Option<u64>,
    pub new: Option<u64>,
    /// By the comparison's basis, without children.
    pub before: Option<f64>,
    pub after: Option<f64>,
    pub changes: Vec<PlanChange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanChange {
    /// `node`, `index`, `role`, or the name of a property or a setting.
    pub what: String,
    /// `null`: there was none.
    pub old: Option<String>,
    pub new: Option<String>,
}
