//! What auto_explain logged comes in; what its scans and sorts did goes out, as evidence for rules.
//!
//! A plan that is not understood gives no facts.

use std::borrow::Cow;

use xxhash_rust::xxh3::Xxh3Default;

use super::document::{Document, Lines};
use super::model::{Format, Key, Kind, Name, Node, Plan, Value};
use super::{structured, text};

/// One node that reads a relation or an index, or sorts. Rows are per loop, as EXPLAIN shows them (documentation,
/// "Using EXPLAIN": they are averages where a node ran more than once).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScanFact {
    /// As the text format names it: `Seq Scan`, `Parallel Seq Scan`, `Index Scan Backward`, `Sort`, `Hash Left Join`.
    pub node: String,
    /// Without quotes; with a schema only if EXPLAIN was VERBOSE.
    pub relation: Option<String>,
    pub index: Option<String>,
    /// `Index Cond`, `Recheck Cond`, `Hash Cond`, …: the condition that finds the rows.
    pub condition: Option<String>,
    /// The condition that throws rows away after they were read.
    pub filter: Option<String>,
    /// The planner's estimate.
    pub plan_rows: Option<f64>,
    /// What the rest is counted by; `None` without ANALYZE.
    pub rows: Option<f64>,
    pub rows_removed_by_filter: Option<f64>,
    pub loops: Option<f64>,
    pub sort_key: Option<String>,
    /// `quicksort`, `external merge`, …
    pub sort_method: Option<String>,
    /// kB that a sort or hash wrote to disk.
    pub disk_kb: Option<u64>,
}

const CONDITIONS: [Key; 5] = [Key::IndexCond, Key::RecheckCond, Key::HashCond, Key::MergeCond, Key::TidCond];

/// All nodes in the order in which EXPLAIN lists them that read something, sort, or wrote to disk.
pub fn scans(body: &str) -> Vec<ScanFact> {
    let Some(plan) = plan(body) else { return Vec::new() };
    let mut facts: Vec<ScanFact> = plan.nodes.iter().map(fact).collect();
    facts.retain(|fact| {
        fact.relation.is_some() || fact.index.is_some() || fact.sort_key.is_some() || fact.disk_kb.is_some()
    });
    facts
}

/// Hash of the nodes with what they read, in order: two plans of one query that have it in common went the same way. All
/// formats of one plan have the same. 0 for what is not understood.
pub fn shape(body: &str) -> u64 {
    let Some(plan) = plan(body) else { return 0 };
    let mut hash = Xxh3Default::new();
    for node in &plan.nodes {
        let title = node.title();
        for part in [Some(title.as_str()), table(node).map(Name::as_str), node.index.as_deref()] {
            hash.update(part.unwrap_or_default().as_bytes());
            hash.update(b"\0");
        }
    }
    hash.digest()
}

/// Logs hold plans as the server wrote them: there is no presentation to be taken away.
fn plan(body: &str) -> Option<Plan> {
    let format = match body.trim_start().as_bytes().first()? {
        b'{' | b'[' => Format::Json,
        b'<' => Format::Xml,
        _ if body.starts_with("Plan:") || body.contains("\nPlan: \n") => Format::Yaml,
        _ => Format::Text,
    };
    let text = Cow::Borrowed(body);
    let document = Document { format, text, lines: Lines::From(1), query: None, rows: None, warnings: Vec::new() };
    match format {
        Format::Text => text::parse(&document),
        Format::Json | Format::Yaml | Format::Xml => structured::parse(&document).into_iter().next(),
    }
    .filter(|plan| !plan.nodes.is_empty())
}

fn fact(node: &Node) -> ScanFact {
    let text = |key: &Key| match node.value(key) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let on_disk = node.value(&Key::SortSpaceType) == Some(&Value::Text("Disk".into()));
    let disk = if on_disk { node.number(&Key::SortSpaceUsed) } else { node.number(&Key::DiskUsage) };
    ScanFact {
        node: node.title(),
        relation: table(node).map(|relation| match &node.schema {
            Some(schema) => format!("{schema}.{relation}"),
            None => relation.to_string(),
        }),
        index: node.index.as_deref().map(str::to_owned),
        condition: CONDITIONS.iter().find_map(text),
        filter: text(&Key::Filter),
        plan_rows: node.estimate.map(|estimate| estimate.rows),
        rows: node.actual.map(|actual| actual.rows),
        rows_removed_by_filter: node.number(&Key::RowsRemovedByFilter),
        loops: node.actual.map(|actual| actual.loops),
        sort_key: text(&Key::SortKey),
        sort_method: text(&Key::SortMethod),
        disk_kb: disk.filter(|kb| *kb > 0.0).map(|kb| kb as u64),
    }
}

/// What is read, unless it is a function, a CTE or a list of values.
fn table(node: &Node) -> Option<&Name> {
    let is_none = matches!(
        node.kind,
        Kind::CteScan
            | Kind::WorkTableScan
            | Kind::FunctionScan
            | Kind::TableFunctionScan
            | Kind::SubqueryScan
            | Kind::ValuesScan
            | Kind::NamedTuplestoreScan
    );
    node.relation.as_ref().filter(|_| !is_none)
}

#[cfg(test)]
mod tests;
