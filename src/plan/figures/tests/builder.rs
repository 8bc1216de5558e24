//! Small plans for tests, node by node.

use crate::plan::model::{Actual, Estimate, Format, Key, Kind, Node, Plan, Property, Role, Value};

pub(in crate::plan) struct Line {
    depth: usize,
    node: Node,
}

/// A node so far below the root, executed once.
pub(in crate::plan) fn n(depth: usize, kind: Kind, role: Role) -> Line {
    let mut node = Node::new(kind, 0);
    node.role = role;
    Line { depth, node }
}

impl Line {
    /// Mean per loop, as printed.
    pub fn ran(mut self, ms: f64, loops: f64) -> Self {
        let old = self.node.actual;
        let rows = old.map_or(0.0, |a| a.rows);
        self.node.actual = Some(Actual { startup_ms: Some(ms), total_ms: Some(ms), rows, loops });
        self
    }

    pub fn startup(mut self, ms: f64) -> Self {
        if let Some(actual) = &mut self.node.actual {
            actual.startup_ms = Some(ms);
        }
        self
    }

    /// After `ran`.
    pub fn rows(mut self, estimated: f64, actual: f64) -> Self {
        self.node.estimate = Some(Estimate { startup_cost: 0.0, total_cost: 0.0, rows: estimated, width: 8.0 });
        if let Some(seen) = &mut self.node.actual {
            seen.rows = actual;
        }
        self
    }

    pub fn cost(mut self, total: f64, rows: f64) -> Self {
        self.node.estimate = Some(Estimate { startup_cost: 0.0, total_cost: total, rows, width: 8.0 });
        self
    }

    pub fn hit(mut self, blocks: f64) -> Self {
        self.node.usage.buffers.shared.hit = blocks;
        self
    }

    pub fn called(mut self, subplan: &str) -> Self {
        self.node.subplan = subplan.into();
        self
    }

    pub fn on(mut self, relation: &str) -> Self {
        self.node.relation = Some(relation.into());
        self
    }

    pub fn text(mut self, key: Key, text: &str) -> Self {
        self.node.properties.push(Property { key, value: Value::Text(text.into()) });
        self
    }

    pub fn number(mut self, key: Key, number: f64) -> Self {
        self.node.properties.push(Property { key, value: Value::Number(number) });
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Node)) -> Self {
        change(&mut self.node);
        self
    }
}

pub(in crate::plan) fn plan(lines: impl IntoIterator<Item = Line>) -> Plan {
    let mut plan = Plan::new(Format::Json, 1);
    let mut path: Vec<usize> = Vec::new();
    for line in lines {
        let id = plan.nodes.len();
        path.truncate(line.depth);
        let mut node = line.node;
        node.parent = path.last().copied();
        if let Some(parent) = node.parent {
            plan.nodes[parent].children.push(id);
        }
        plan.nodes.push(node);
        path.push(id);
    }
    plan
}
