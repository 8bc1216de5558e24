//! The JSON format: auto_explain logs an object, EXPLAIN gives an array of one.

use serde_json::{Map, Value};

use super::ScanFact;
use super::text::is_no_relation;

/// Deeper plans are cut: no planner makes them.
const DEPTH: usize = 200;

pub(super) fn nodes(body: &str) -> Vec<ScanFact> {
    let mut nodes = Vec::new();
    let Ok(value) = serde_json::from_str::<Value>(body) else { return nodes };
    let root = value.as_array().and_then(|list| list.first()).unwrap_or(&value);
    if let Some(plan) = root.get("Plan").and_then(Value::as_object) {
        add(plan, DEPTH, &mut nodes);
    }
    nodes
}

fn add(plan: &Map<String, Value>, depth: usize, nodes: &mut Vec<ScanFact>) {
    nodes.push(node(plan));
    let children = plan.get("Plans").and_then(Value::as_array).filter(|_| depth > 0);
    for child in children.into_iter().flatten().filter_map(Value::as_object) {
        add(child, depth - 1, nodes);
    }
}

fn node(plan: &Map<String, Value>) -> ScanFact {
    let text = |key: &str| plan.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| plan.get(key).and_then(Value::as_f64);
    let node = name(plan);
    let relation = text("Relation Name").filter(|_| !is_no_relation(&node)).map(|relation| match text("Schema") {
        Some(schema) => format!("{schema}.{relation}"),
        None => relation,
    });
    let sorted_on_disk = text("Sort Space Type").is_some_and(|space| space == "Disk");
    let keys = plan.get("Sort Key").and_then(Value::as_array);
    ScanFact {
        relation,
        index: text("Index Name"),
        condition: ["Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "TID Cond"]
            .iter()
            .find_map(|key| text(key)),
        filter: text("Filter"),
        plan_rows: number("Plan Rows"),
        rows: number("Actual Rows"),
        rows_removed_by_filter: number("Rows Removed by Filter"),
        loops: number("Actual Loops"),
        sort_key: keys.map(|keys| keys.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        sort_method: text("Sort Method"),
        disk_kb: plan
            .get("Sort Space Used")
            .filter(|_| sorted_on_disk)
            .or_else(|| plan.get("Disk Usage"))
            .and_then(Value::as_u64)
            .filter(|kb| *kb > 0),
        node,
    }
}

/// The name that the text format gives the node (`explain.c`, `ExplainNode`).
fn name(plan: &Map<String, Value>) -> String {
    let text = |key: &str| plan.get(key).and_then(Value::as_str).unwrap_or_default();
    let node = text("Node Type");
    let mut name = match (node, text("Strategy")) {
        ("Aggregate", "Sorted") => "GroupAggregate".to_owned(),
        ("Aggregate", "Hashed") => "HashAggregate".to_owned(),
        ("Aggregate", "Mixed") => "MixedAggregate".to_owned(),
        ("SetOp", "Hashed") => format!("HashSetOp {}", text("Command")),
        ("SetOp", _) => format!("SetOp {}", text("Command")),
        ("ModifyTable", _) => text("Operation").to_owned(),
        _ => node.to_owned(),
    };
    let join = text("Join Type");
    if !join.is_empty() && join != "Inner" {
        let base = name.strip_suffix(" Join").unwrap_or(&name);
        name = format!("{base} {join} Join");
    }
    if text("Scan Direction") == "Backward" {
        name.push_str(" Backward");
    }
    let partial = match text("Partial Mode") {
        mode @ ("Partial" | "Finalize") => format!("{mode} "),
        _ => String::new(),
    };
    let parallel = if plan.get("Parallel Aware").and_then(Value::as_bool) == Some(true) { "Parallel " } else { "" };
    format!("{parallel}{partial}{name}")
}
