//! A plan as read comes in; the same as the text format would have told it goes out.
//!
//! | what JSON, YAML and XML write | kept |
//! |---|---|
//! | times of what was never executed | none |
//! | `Rows Removed by …`, `Exact Heap Blocks`, `Lossy Heap Blocks`, `Subplans Removed`, `Planned Partitions`, `Tuples Updated`, `Tuples Deleted`, `Tuples Skipped` | unless 0 |
//! | `Tuples Inserted` | unless 0 of MERGE |
//! | `Inner Unique`, `Single Copy`, `Disabled` | if true |
//! | `Disk Usage` | with more than one batch |
//! | `Operation` of a foreign scan | unless `Select` |
//! | `Heap Fetches`, `Index Searches`, `Cache …`, `Conflicting Tuples` | always, as in text |
//! | `Original Hash Buckets`, `Original Hash Batches` | always; the text reader adds them |
//!
//! Roles, and aliases that are the relation's name, are settled for all formats in one place ([`settle`]).
//!
//! [`settle`]: super::super::super::model::settle

use super::super::super::model::{IoTimes, Key, Kind, Label, Node, NodeUsage, Plan, Property, Value, Warning};

pub(super) fn finish(mut plan: Plan) -> Plan {
    for node in &mut plan.nodes {
        let operation = node.operation.clone();
        node.properties = shown(std::mem::take(&mut node.properties), operation.as_deref());
        for worker in &mut node.workers {
            worker.properties = shown(std::mem::take(&mut worker.properties), None);
        }
        merge_workers(node);
        if node.kind == Kind::ForeignScan && node.operation.as_deref() == Some("Select") {
            node.operation = Label::default();
        }
    }
    let timed = |usage: &NodeUsage| *usage.io() != IoTimes::default();
    uneven(&mut plan);
    plan.has.io_timing = timed(&plan.planning) || plan.nodes.iter().any(|node| timed(&node.usage));
    plan
}

/// What one node has all have, but for what Citus hangs in between; and what ran tells for how long if it tells how long
/// planning took.
fn uneven(plan: &mut Plan) {
    let (costs, analyze) = (plan.has.costs, plan.has.analyze);
    let lacks = |node: &&Node| {
        let known = !matches!(&node.kind, Kind::Other(name) if name == "Task");
        known && ((costs && node.estimate.is_none()) || (analyze && node.actual.is_none()))
    };
    if let Some(node) = plan.nodes.iter().find(lacks) {
        let message = "this node lacks figures that the others have: lines are missing or stand twice";
        plan.warnings.push(Warning::new(node.line, message, super::AGAIN));
    }
    if analyze && plan.planning_ms.is_some() && plan.execution_ms.is_none() {
        let message = "the execution time is missing: the end of the plan may be cut off";
        plan.warnings.push(Warning::new(plan.line, message, super::AGAIN));
    }
}

/// Up to 12 `Workers` stood twice in a node: once for its sort, once for the rest.
fn merge_workers(node: &mut Node) {
    if node.workers.is_empty() {
        return;
    }
    let mut workers = Vec::from(std::mem::take(&mut node.workers));
    workers.sort_by_key(|worker| worker.number);
    workers.dedup_by(|later, first| {
        let same = later.number == first.number;
        if same {
            first.properties.append(&mut later.properties);
            first.actual = first.actual.or(later.actual);
            first.jit = first.jit.take().or(later.jit.take());
            first.usage += &*later.usage;
        }
        same
    });
    node.workers = workers.into();
}

fn shown(properties: Vec<Property>, operation: Option<&str>) -> Vec<Property> {
    let number = |key: Key| {
        properties.iter().find(|p| p.key == key).and_then(|p| match p.value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    };
    let spilled = number(Key::HashAggBatches).is_none_or(|batches| batches > 1.0);
    let hides = |property: &Property| match (&property.key, &property.value) {
        (Key::InnerUnique | Key::SingleCopy | Key::Disabled, Value::Flag(flag)) => !flag,
        (
            Key::RowsRemovedByFilter
            | Key::RowsRemovedByJoinFilter
            | Key::RowsRemovedByIndexRecheck
            | Key::RowsRemovedByConflictFilter
            | Key::ExactHeapBlocks
            | Key::LossyHeapBlocks
            | Key::SubplansRemoved
            | Key::PlannedPartitions
            | Key::TuplesUpdated
            | Key::TuplesDeleted
            | Key::TuplesSkipped,
            Value::Number(number),
        ) => *number == 0.0,
        (Key::TuplesInserted, Value::Number(number)) => *number == 0.0 && operation == Some("Merge"),
        (Key::DiskUsage, _) => !spilled,
        _ => false,
    };
    let keeps: Vec<bool> = properties.iter().map(|property| !hides(property)).collect();
    let mut keeps = keeps.into_iter();
    let mut properties = properties;
    properties.retain(|_| keeps.next().unwrap_or(true));
    properties
}
