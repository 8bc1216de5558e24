//! A plan in the report: what EXPLAIN printed, and the figures that a reader wants instead of means per loop and sums
//! over children.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanReport {
    /// Stable: of the query and the plan's shape. 16 hexadecimal digits.
    pub id: String,
    pub path: String,
    /// Where the plan begins in the input, 1-based.
    pub line: u64,
    /// `text`, `json`, `yaml`, `xml`.
    pub format: String,
    /// The statement, where it stood with the plan.
    pub query: Option<String>,
    /// Parameters of the statement, as auto_explain wrote them.
    pub parameters: Option<String>,
    /// Of the statement; `null` without one.
    pub fingerprint: Option<String>,
    pub planning_ms: Option<f64>,
    pub execution_ms: Option<f64>,
    /// Wall time of the root node.
    pub root_ms: Option<f64>,
    /// What shares are of: the execution time, or the root's time if that is longer. `null` without timing.
    pub base_ms: Option<f64>,
    /// Execution time outside all nodes, triggers and serialization.
    pub outside_ms: Option<f64>,
    /// Time of sub-plans that no node could be found to have paid for.
    pub unattributed_ms: f64,
    /// Printed times are rounded: sums are right within this much.
    pub tolerance_ms: f64,
    /// Estimated cost of the root.
    pub total_cost: Option<f64>,
    /// Rows that the root gave; `null` without ANALYZE.
    pub rows_returned: Option<f64>,
    /// Options that the EXPLAIN had, as far as its output shows.
    pub options: PlanOptions,
    /// What to run for that which the plan lacks; `null` when it lacks nothing.
    pub rerun: Option<String>,
    pub settings: Vec<PlanSetting>,
    pub triggers: Vec<PlanTrigger>,
    pub jit: Option<PlanJit>,
    pub serialization: Option<PlanSerialization>,
    /// Blocks and I/O of planning.
    pub planning: PlanUsage,
    pub planning_memory_used_kb: Option<f64>,
    pub planning_memory_allocated_kb: Option<f64>,
    /// Properties that belong to no node.
    pub properties: Vec<PlanProperty>,
    /// In preorder: a node comes after its parent and before its younger siblings.
    pub nodes: Vec<PlanNode>,
    /// Ids of all findings about the plan, its nodes and its query, in the order of `findings`.
    pub findings: Vec<String>,
    /// What could not be read or does not add up: the tree is not to be trusted at these lines.
    pub warnings: Vec<PlanWarning>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanOptions {
    pub costs: bool,
    pub analyze: bool,
    pub timing: bool,
    pub buffers: bool,
    pub wal: bool,
    pub io_timing: bool,
    pub verbose: bool,
    /// Rows have two decimals (18 and later).
    pub fractional_rows: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanSetting {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanTrigger {
    pub name: String,
    pub constraint: Option<String>,
    pub relation: Option<String>,
    /// Over all calls.
    pub ms: Option<f64>,
    pub calls: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanJit {
    pub functions: f64,
    pub inlining: bool,
    pub optimization: bool,
    pub expressions: bool,
    pub deforming: bool,
    pub generation_ms: Option<f64>,
    /// Part of the generation.
    pub deform_ms: Option<f64>,
    pub inlining_ms: Option<f64>,
    pub optimization_ms: Option<f64>,
    pub emission_ms: Option<f64>,
    pub total_ms: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanSerialization {
    pub ms: Option<f64>,
    pub output_kb: f64,
    /// `text` or `binary`.
    pub format: String,
    pub usage: PlanUsage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanWarning {
    /// In the input, 1-based; `null` when it concerns the whole.
    pub line: Option<u64>,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanNode {
    /// 1-based, in the order of the list.
    pub number: u64,
    /// The number of the node above; `null` for the root.
    pub parent: Option<u64>,
    /// `root`, `outer`, `inner`, `member`, `subquery`, `init_plan`, `sub_plan`, `cte`, `other`.
    pub role: String,
    /// `InitPlan 1 (returns $0)`, `CTE recent`, as written.
    pub subplan: Option<String>,
    /// `Parallel Hash Left Join`: as the text format names the node, without what it reads.
    pub title: String,
    /// `Hash Join`: the JSON format's `Node Type`.
    pub node_type: String,
    pub schema: Option<String>,
    /// Table, function or CTE that is read or written.
    pub relation: Option<String>,
    pub alias: Option<String>,
    pub index: Option<String>,
    /// Where the node stands in the input, 1-based.
    pub line: u64,
    /// Per execution, and per process below a Gather.
    pub estimate: Option<PlanEstimate>,
    /// As printed: means per loop. `null` without ANALYZE.
    pub actual: Option<PlanActual>,
    /// `false`: never executed. `null` without ANALYZE.
    pub executed: Option<bool>,
    /// Rows over all loops and processes, within `rows_error`.
    pub rows: Option<f64>,
    pub rows_error: f64,
    /// How many times the estimate was off, at least 1; `null` where the question has no answer.
    pub estimate_factor: Option<f64>,
    /// `under`: fewer rows were expected than came; `over`: more.
    pub estimate_direction: Option<String>,
    /// By the clock, children included.
    pub wall_ms: Option<f64>,
    /// By the clock, without children and without the sub-plans that other nodes paid for.
    pub self_ms: Option<f64>,
    /// Rounding may have changed `self_ms` by this much.
    pub self_tolerance_ms: f64,
    /// Of the plan's `base_ms`, 0 to 1.
    pub share: Option<f64>,
    /// Estimated cost without children.
    pub self_cost: Option<f64>,
    /// By how many processes the work was shared.
    pub processes: f64,
    /// With children.
    pub usage: PlanUsage,
    /// Without children.
    pub own_usage: PlanUsage,
    pub workers: Vec<PlanWorker>,
    /// Everything else that EXPLAIN said of the node, in its order, by the names of the JSON format.
    pub properties: Vec<PlanProperty>,
    /// Ids of the findings about this node.
    pub findings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanEstimate {
    pub startup_cost: f64,
    pub total_cost: f64,
    pub rows: f64,
    pub width_bytes: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanActual {
    pub startup_ms: Option<f64>,
    pub total_ms: Option<f64>,
    pub rows: f64,
    pub loops: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanWorker {
    pub number: u32,
    pub actual: Option<PlanActual>,
    pub usage: PlanUsage,
    pub jit: Option<PlanJit>,
    pub properties: Vec<PlanProperty>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanProperty {
    pub name: String,
    pub value: PlanValue,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlanValue {
    Flag(bool),
    Number(f64),
    Text(String),
}

/// Totals over all loops and processes; `null` where EXPLAIN was not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanUsage {
    pub buffers: Option<PlanBuffers>,
    pub io: Option<PlanIo>,
    pub wal: Option<PlanWal>,
}

/// Blocks of 8 kB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanBuffers {
    pub shared_hit_blocks: f64,
    pub shared_read_blocks: f64,
    pub shared_dirtied_blocks: f64,
    pub shared_written_blocks: f64,
    pub local_hit_blocks: f64,
    pub local_read_blocks: f64,
    pub local_dirtied_blocks: f64,
    pub local_written_blocks: f64,
    pub temp_read_blocks: f64,
    pub temp_written_blocks: f64,
}

/// Summed over processes: may exceed the wall time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanIo {
    pub shared_read_ms: f64,
    pub shared_write_ms: f64,
    pub local_read_ms: f64,
    pub local_write_ms: f64,
    pub temp_read_ms: f64,
    pub temp_write_ms: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanWal {
    pub records: f64,
    pub full_page_images: f64,
    pub bytes: f64,
    pub buffers_full: f64,
    pub full_page_image_bytes: f64,
}

impl PlanReport {
    /// Numbers of the nodes right below, by the number of the node above: `[0]` holds the root.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let mut below = vec![Vec::new(); self.nodes.len() + 1];
        for (index, node) in self.nodes.iter().enumerate() {
            let parent = node.parent.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            if let Some(list) = below.get_mut(parent) {
                list.push(index);
            }
        }
        below
    }
}

impl PlanNode {
    pub fn property(&self, name: &str) -> Option<&PlanValue> {
        self.properties.iter().find(|p| p.name == name).map(|p| &p.value)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.property(name) {
            Some(PlanValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        match self.property(name) {
            Some(PlanValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn never_executed(&self) -> bool {
        self.executed == Some(false)
    }
}
