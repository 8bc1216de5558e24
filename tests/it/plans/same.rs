//! Whether two plans are the same, and if not, where they differ.

use std::collections::BTreeMap;

use sqlsift::plan::model::{Node, Plan, Property, Value};

/// Takes line numbers away.
pub fn without_lines(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.line = 0;
    plan.query = None;
    for node in &mut plan.nodes {
        node.line = 0;
    }
    for warning in &mut plan.warnings {
        warning.line = 0;
    }
    plan
}

/// The first difference, for a person to read; `None` when equal.
pub fn difference(expected: &Plan, found: &Plan) -> Option<String> {
    let (expected, found) = (without_lines(expected), without_lines(found));
    if expected == found {
        return None;
    }
    if !found.warnings.is_empty() && found.warnings != expected.warnings {
        return Some(format!("warns: {}", found.warnings[0].message));
    }
    if expected.nodes.len() != found.nodes.len() {
        return Some(format!("{} nodes, expected {}", found.nodes.len(), expected.nodes.len()));
    }
    for (id, (a, b)) in expected.nodes.iter().zip(&found.nodes).enumerate() {
        if a != b {
            return Some(format!("node {id}: {}", apart(&format!("{a:?}"), &format!("{b:?}"))));
        }
    }
    let rest = |plan: &Plan| format!("{:?}", Plan { nodes: Vec::new(), ..plan.clone() });
    Some(apart(&rest(&expected), &rest(&found)))
}

/// What stands where two texts part.
pub fn apart(a: &str, b: &str) -> String {
    let same =
        a.char_indices().zip(b.chars()).find(|((_, x), y)| x != y).map_or(a.len().min(b.len()), |((at, _), _)| at);
    let start = a[..same].char_indices().rev().nth(40).map_or(0, |(at, _)| at);
    let part = |text: &str| text.get(start..).unwrap_or_default().chars().take(160).collect::<String>();
    format!("expected …{}… found …{}…", part(a), part(b))
}

/// Properties by name, without what the text format does not print: nothing that is 0 or false.
pub fn said(properties: &[Property]) -> BTreeMap<String, String> {
    let word = |value: &Value| match value {
        Value::Flag(false) => None,
        Value::Number(number) if *number == 0.0 => None,
        Value::Text(text) if text.is_empty() => None,
        Value::Text(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Flag(true) => Some("true".to_owned()),
    };
    properties.iter().filter_map(|p| Some((p.key.name().to_owned(), word(&p.value)?))).collect()
}

/// What the planner decided, on one line: the same in all formats.
pub fn planned(node: &Node) -> String {
    format!(
        "{:?} {:?} {:?} {} {:?} {:?} {:?} {:?} {:?}",
        node.parent,
        node.role,
        node.subplan,
        node.title(),
        node.schema,
        node.relation,
        node.alias,
        node.index,
        node.estimate
    )
}
