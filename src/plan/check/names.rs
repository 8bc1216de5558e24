//! A plan in; the first node whose name is none that Postgres gives, or that lacks a part of its name, out.

use super::super::model::{Format, Kind, Node, Plan};

/// Line and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    let foreign = foreign(plan);
    plan.nodes.iter().enumerate().filter(|(id, _)| !foreign.get(*id).copied().unwrap_or(false)).find_map(|(_, node)| {
        // JSON that somebody wrote by hand to show one thing has no figures.
        let whole = plan.format == Format::Text || node.estimate.is_some() || node.actual.is_some();
        Some((node.line, unknown(node).or_else(|| lacks(node).filter(|_| whole))?))
    })
}

/// Nodes below those of an extension: what it hangs there is its own affair. Empty where there is none.
fn foreign(plan: &Plan) -> Vec<bool> {
    let is_foreign = |node: &Node| matches!(node.kind, Kind::CustomScan | Kind::Other(_));
    if !plan.nodes.iter().any(is_foreign) {
        return Vec::new();
    }
    let mut foreign = vec![false; plan.nodes.len()];
    for (id, node) in plan.nodes.iter().enumerate() {
        let Some(above) = node.parent else { continue };
        foreign[id] = foreign[above] || is_foreign(&plan.nodes[above]);
    }
    foreign
}

/// Words that begin the name of no node but Postgres's own.
const FIRST: [&str; 11] =
    ["Bitmap", "CTE", "Function", "Incremental", "Index", "Nested", "Subquery", "Table", "Tid", "Values", "WorkTable"];
const OPERATIONS: [&str; 4] = ["Insert", "Update", "Delete", "Merge"];

fn unknown(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Other(name) if is_damaged(name) => {
            Some(format!("`{name}` is no node of Postgres 13 to 19: the line is damaged"))
        }
        _ => None,
    }
}

const PREFIXES: [&str; 4] = ["Parallel ", "Async ", "Partial ", "Finalize "];
const JOINS: [&str; 7] = ["Left", "Right", "Full", "Semi", "Anti", "Right Anti", "Right Semi"];

/// A known name that lost characters or was broken; other servers and extensions have names of their own.
fn is_damaged(name: &str) -> bool {
    let name = [" on ", " using "].iter().fold(name, |name, word| name.split(word).next().unwrap_or_default());
    if PREFIXES.iter().any(|prefix| prefix.starts_with(name)) {
        return true;
    }
    let name = PREFIXES.iter().fold(name, |name, prefix| name.strip_prefix(prefix).unwrap_or(name));
    let first = name.split(' ').next().unwrap_or_default();
    let join = |kind: &str| JOINS.iter().any(|join| is_rest(name, &format!("{kind} {join} Join")));
    FIRST.contains(&first)
        || OPERATIONS.iter().any(|operation| strsim::levenshtein(first, operation) <= 2)
        || Kind::NAMES.iter().chain(&OPERATIONS).any(|known| is_rest(name, known))
        || ["Hash", "Merge", "Nested Loop"].into_iter().any(join)
}

/// Whether all letters of `name` stand in `known` in this order.
fn is_rest(name: &str, known: &str) -> bool {
    let mut letters = known.chars();
    name.chars().filter(|c| !c.is_whitespace()).all(|wanted| letters.any(|c| c == wanted))
}

/// What `explain.c`, `ExplainNode` and `ExplainTargetRel`, always print.
fn lacks(node: &Node) -> Option<String> {
    let what = if node.kind.is_table_scan() && node.relation.is_none() {
        "the table that it reads"
    } else if matches!(node.kind, Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapIndexScan) && node.index.is_none()
    {
        "its index"
    } else if matches!(node.kind, Kind::CteScan | Kind::WorkTableScan | Kind::FunctionScan) && node.relation.is_none() {
        "what it reads"
    } else if matches!(node.kind, Kind::SubqueryScan | Kind::ValuesScan) && node.alias.is_none() {
        "its alias"
    } else if node.kind.is_join() && node.join.is_none() {
        "the type of join"
    } else if node.kind == Kind::Aggregate && node.strategy.is_none() {
        "its strategy"
    } else if matches!(node.kind, Kind::ModifyTable | Kind::SetOp) && node.operation.is_none() {
        "its operation"
    } else {
        return None;
    };
    Some(format!("{} lacks {what}: a line is damaged or missing", node.title()))
}
