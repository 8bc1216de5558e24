//! A plan in; the tables that it reads from end to end and those that it looks up row by row, with what both cost, out.

use crate::advise::whatif::Planned;
use crate::plan::model::{Key, Kind, Node, NodeId, Plan, Value};

/// A sequential scan, with the rows that it leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    pub table: String,
    pub cost: f64,
    pub rows: f64,
}

/// A nested loop that looks a table up by an index once for each row of its outer side.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    pub table: String,
    /// Of the outer side, as estimated.
    pub rows: f64,
    /// Selectivities that the planner multiplied for that: conditions and joins on the outer side.
    pub guesses: u32,
    /// Of one look.
    pub cost: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scans {
    pub whole: Vec<Scan>,
    /// Tables that are read in another way.
    pub others: Vec<String>,
    pub loops: Vec<Loop>,
}

impl Scans {
    /// The dearest scan of a table.
    pub fn whole(&self, table: &str) -> Option<&Scan> {
        let of_table = self.whole.iter().filter(|scan| scan.table == table);
        of_table.max_by(|a, b| a.cost.total_cmp(&b.cost))
    }

    /// The table is read, and never from end to end.
    pub fn only_otherwise(&self, table: &str) -> bool {
        self.whole(table).is_none() && self.others.iter().any(|other| other == table)
    }
}

pub fn scans(planned: &Planned) -> Scans {
    planned.plan().map(|plan| of_plan(&plan)).unwrap_or_default()
}

fn of_plan(plan: &Plan) -> Scans {
    let mut found = Scans::default();
    for (at, node) in plan.nodes.iter().enumerate() {
        if node.kind == Kind::NestedLoop {
            found.loops.extend(looked_up(plan, at));
        }
        let Some(table) = &node.relation else { continue };
        match (&node.kind, node.estimate) {
            // Without a condition an index is read from end to end, too: for the columns that it has.
            (Kind::SeqScan | Kind::IndexOnlyScan, Some(estimate)) if !is_looked_up(node) => {
                let (cost, rows) = (estimate.total_cost, estimate.rows);
                found.whole.push(Scan { table: table.to_string(), cost, rows });
            }
            _ => found.others.push(table.to_string()),
        }
    }
    found
}

fn is_looked_up(node: &Node) -> bool {
    node.properties.iter().any(|property| property.key == Key::IndexCond)
}

fn looked_up(plan: &Plan, at: NodeId) -> Option<Loop> {
    let [outer, inner] = plan.nodes[at].children.as_slice() else { return None };
    let within = below(plan, *inner);
    let by_index = |node: &&&Node| matches!(node.kind, Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapHeapScan);
    // An inner side with joins of its own is read once.
    let table = within.iter().find(by_index).filter(|_| !within.iter().any(|n| is_join(n)))?.relation.clone()?.into();
    let cost = plan.nodes[*inner].estimate?.total_cost;
    let rows = plan.nodes[*outer].estimate?.rows;
    let guesses = below(plan, *outer).into_iter().map(guesses).sum();
    Some(Loop { table, rows, guesses, cost })
}

fn below(plan: &Plan, at: NodeId) -> Vec<&Node> {
    let node = &plan.nodes[at];
    std::iter::once(node).chain(node.children.iter().flat_map(|&child| below(plan, child))).collect()
}

fn is_join(node: &Node) -> bool {
    matches!(node.kind, Kind::NestedLoop | Kind::HashJoin | Kind::MergeJoin)
}

fn guesses(node: &Node) -> u32 {
    let conditions = node.properties.iter().filter(|p| matches!(p.key, Key::Filter | Key::IndexCond | Key::JoinFilter));
    let ands = |value: &Value| match value {
        Value::Text(text) => text.matches(" AND ").count() as u32 + 1,
        _ => 1,
    };
    // What looks up the inner side of a loop is the join that is counted.
    if is_join(node) { 1 } else { conditions.map(|p| ands(&p.value)).sum() }
}
