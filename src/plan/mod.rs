//! What auto_explain logged comes in; what its scans and sorts did goes out, as evidence for rules.
//!
//! This reads the few properties that rules cite, from the text and the JSON format; it is no reader of plans in full:
//! costs, buffers, times and YAML or XML plans are not looked at. A plan that is not understood gives no facts.

mod json;
mod text;

use xxhash_rust::xxh3::Xxh3Default;

/// One node that reads a relation or an index, or sorts. Rows are per loop, as EXPLAIN shows them (documentation,
/// "Using EXPLAIN": they are averages where a node ran more than once).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScanFact {
    /// As the text format names it: `Seq Scan`, `Parallel Seq Scan`, `Index Scan Backward`, `Sort`, `Hash Left Join`.
    pub node: String,
    /// As written: with a schema only if EXPLAIN was VERBOSE.
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

/// All nodes in the order in which EXPLAIN lists them that read something, sort, or wrote to disk.
pub fn scans(body: &str) -> Vec<ScanFact> {
    let mut nodes = nodes(body);
    nodes.retain(|node| {
        node.relation.is_some() || node.index.is_some() || node.sort_key.is_some() || node.disk_kb.is_some()
    });
    nodes
}

/// Hash of the nodes with what they read, in order: two plans of one query that have it in common went the same way. The text
/// and the JSON of one plan have the same. 0 for what is not understood.
pub fn shape(body: &str) -> u64 {
    let nodes = nodes(body);
    if nodes.is_empty() {
        return 0;
    }
    let mut hash = Xxh3Default::new();
    for node in &nodes {
        for part in [Some(&node.node), node.relation.as_ref(), node.index.as_ref()] {
            hash.update(part.map_or("", |part| part.as_str()).as_bytes());
            hash.update(b"\0");
        }
    }
    hash.digest()
}

fn nodes(body: &str) -> Vec<ScanFact> {
    match body.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => json::nodes(body),
        Some(b'<') | None => Vec::new(),
        Some(_) => text::nodes(body),
    }
}

#[cfg(test)]
mod tests;
