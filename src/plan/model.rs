//! What an EXPLAIN says, whatever its format: the tree with estimates, actuals, workers, buffers, I/O and WAL, and what
//! stands beside it (settings, triggers, JIT, planning, serialization).
//!
//! One vocabulary for the four formats: properties bear the names that the JSON format gives them (`explain.c`,
//! `ExplainProperty…`), the text parser takes its lines apart into those. What a format cannot carry is `None`.

mod children;
mod key;
mod kind;
mod rare;
mod roles;
mod text;
mod usage;

use std::borrow::Cow;

pub use children::Children;
pub use key::Key;
pub use kind::{Join, Kind, Partial, Strategy};
pub use rare::{Label, Rare};
pub(in crate::plan) use roles::settle;
pub use text::{Name, Text};
pub use usage::{Blocks, Buffers, Counts, IoTimes, Jit, NodeUsage, Usage, Wal};

/// Index into [`Plan::nodes`]; 0 is the root.
pub type NodeId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Text,
    Json,
    Yaml,
    Xml,
}

/// One plan, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub format: Format,
    /// Where it begins in the input, 1-based.
    pub line: u32,
    /// In the order in which EXPLAIN lists them: a node comes after its parent and before its younger siblings.
    pub nodes: Vec<Node>,
    /// The statement: auto_explain's `Query Text`, or what stood above the plan.
    pub query: Option<String>,
    /// `Query Parameters` (auto_explain, 16 and later), as written.
    pub parameters: Option<String>,
    /// `Settings`: what differed from the built-in default, in the order given.
    pub settings: Vec<(Text, Text)>,
    pub planning_ms: Option<f64>,
    pub execution_ms: Option<f64>,
    /// Blocks and I/O of planning (13 and later).
    pub planning: NodeUsage,
    /// Memory of planning, kB (17 and later): used, allocated.
    pub planning_memory_kb: Option<(f64, f64)>,
    pub serialization: Option<Box<Serialization>>,
    pub triggers: Vec<Trigger>,
    pub jit: Option<Box<Jit>>,
    /// Anything else that belongs to no node: `Query Identifier`, `Generated Plan Advice`, …
    pub properties: Vec<Property>,
    pub has: Has,
    /// What could not be read or does not add up; the tree is not to be trusted at these places.
    pub warnings: Vec<Warning>,
}

/// Which options the EXPLAIN had, as far as its output shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Has {
    pub costs: bool,
    pub analyze: bool,
    pub timing: bool,
    pub buffers: bool,
    pub wal: bool,
    /// `track_io_timing` was on and some I/O was timed.
    pub io_timing: bool,
    pub verbose: bool,
    /// 18 and later print rows with two decimals.
    pub fractional_rows: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub parent: Option<NodeId>,
    pub children: Children,
    pub role: Role,
    /// `InitPlan 1 (returns $0)`, `CTE recent`, `SubPlan 2`, `InitPlan expr_1` (19), as written.
    pub subplan: Label,
    /// Where it stands in the input, 1-based.
    pub line: u32,
    pub kind: Kind,
    pub parallel: bool,
    pub asynchronous: bool,
    pub backward: bool,
    pub partial: Partial,
    pub strategy: Option<Strategy>,
    pub join: Option<Join>,
    /// `Insert`, `Update`, `Delete`, `Merge` of ModifyTable and Foreign Scan; `Intersect`, `Except All`, … of SetOp; the
    /// provider of a Custom Scan.
    pub operation: Label,
    /// Schema of `relation`, only if EXPLAIN was VERBOSE. Unquoted, like all names here.
    pub schema: Option<Name>,
    /// What is read or written: a table; of Function, CTE, WorkTable, Table Function and Named Tuplestore Scans the function, CTE, ….
    pub relation: Option<Name>,
    /// `None` when it is the relation's own name.
    pub alias: Option<Name>,
    pub index: Option<Text>,
    pub estimate: Option<Estimate>,
    /// `None` without ANALYZE.
    pub actual: Option<Actual>,
    pub usage: NodeUsage,
    /// Per worker (VERBOSE); the node's own figures include them.
    pub workers: Rare<Worker>,
    /// All other properties in the order given, one vocabulary for all formats.
    pub properties: Vec<Property>,
}

/// What a node is to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Root,
    /// The only child, or the left one of a join.
    Outer,
    Inner,
    /// One of many: Append, BitmapAnd, ….
    Member,
    /// Below a Subquery Scan.
    Subquery,
    InitPlan,
    SubPlan,
    Cte,
    /// Anything else that an extension hangs below its node (a Citus task).
    Other,
}

/// Per execution, and per process below a Gather (documentation, "Using EXPLAIN").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub startup_cost: f64,
    pub total_cost: f64,
    pub rows: f64,
    /// Bytes a row.
    pub width: f64,
}

/// As printed: times and rows are means per loop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Actual {
    /// `None` with TIMING OFF and for what was never executed.
    pub startup_ms: Option<f64>,
    pub total_ms: Option<f64>,
    pub rows: f64,
    /// 0: never executed.
    pub loops: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    pub number: u32,
    pub actual: Option<Actual>,
    pub usage: NodeUsage,
    pub jit: Option<Box<Jit>>,
    pub properties: Vec<Property>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    pub key: Key,
    pub value: Value,
}

/// Lists are joined with `, `, as the text format writes them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Text),
    Number(f64),
    Flag(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    pub name: String,
    /// Of a constraint trigger.
    pub constraint: Option<String>,
    pub relation: Option<String>,
    /// Over all calls; `None` with TIMING OFF.
    pub ms: Option<f64>,
    pub calls: f64,
}

/// EXPLAIN (SERIALIZE), 17 and later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serialization {
    pub ms: Option<f64>,
    pub output_kb: f64,
    /// `text` or `binary`.
    pub format: String,
    pub usage: NodeUsage,
}

/// Something that a reader must know before trusting the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// In the input, 1-based; 0 when it concerns the whole.
    pub line: u32,
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub hint: Option<Cow<'static, str>>,
}

impl Warning {
    pub fn new(line: u32, message: impl Into<Cow<'static, str>>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { line, message: message.into(), hint: Some(hint.into()) }
    }
}

impl Plan {
    pub fn new(format: Format, line: u32) -> Self {
        Self {
            format,
            line,
            nodes: Vec::new(),
            query: None,
            parameters: None,
            settings: Vec::new(),
            planning_ms: None,
            execution_ms: None,
            planning: NodeUsage::default(),
            planning_memory_kb: None,
            serialization: None,
            triggers: Vec::new(),
            jit: None,
            properties: Vec::new(),
            has: Has::default(),
            warnings: Vec::new(),
        }
    }

    /// The node above, none for the root.
    pub fn parent(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(self.nodes.get(node)?.parent?)
    }

    /// Children that feed the node rows: no InitPlans, SubPlans or CTEs.
    pub fn inputs(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let children = self.nodes.get(node).map(|n| n.children.as_slice()).unwrap_or_default();
        children.iter().copied().filter(|&child| !self.nodes[child].role.is_side())
    }

    /// All nodes above, the nearest first.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.nodes.get(node).and_then(|n| n.parent), |&id| self.nodes[id].parent)
    }

    /// The node and all below it: they stand together.
    pub fn subtree(&self, node: NodeId) -> std::ops::Range<NodeId> {
        let mut end = node + 1;
        while self.nodes.get(end).is_some_and(|n| n.parent.is_some_and(|parent| parent >= node)) {
            end += 1;
        }
        node..end
    }
}

impl Role {
    /// Evaluated beside the node's own rows.
    pub fn is_side(self) -> bool {
        matches!(self, Role::InitPlan | Role::SubPlan | Role::Cte)
    }
}

impl Node {
    pub fn new(kind: Kind, line: u32) -> Self {
        Self {
            parent: None,
            children: Children::default(),
            role: Role::Root,
            subplan: Label::default(),
            line,
            kind,
            parallel: false,
            asynchronous: false,
            backward: false,
            partial: Partial::Simple,
            strategy: None,
            join: None,
            operation: Label::default(),
            schema: None,
            relation: None,
            alias: None,
            index: None,
            estimate: None,
            actual: None,
            usage: NodeUsage::default(),
            workers: Rare::default(),
            properties: Vec::new(),
        }
    }

    pub fn value(&self, key: &Key) -> Option<&Value> {
        self.properties.iter().find(|p| p.key == *key).map(|p| &p.value)
    }

    pub fn text(&self, key: &Key) -> Option<&str> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self, key: &Key) -> Option<f64> {
        match self.value(key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Executed at least once, as far as is known.
    pub fn ran(&self) -> bool {
        self.actual.is_none_or(|actual| actual.loops > 0.0)
    }

    /// The name by which a query refers to it.
    pub fn name(&self) -> Option<&str> {
        self.alias.as_deref().or(self.relation.as_deref())
    }
}
