//! A plan in; the EXPLAIN that would show what this one lacks, out.

use crate::plan::model::{Kind, Node, Plan};

/// `None` when nothing is missing that a reader would want.
pub fn line(plan: &Plan) -> Option<String> {
    let has = &plan.has;
    if plan.nodes.is_empty() || (has.analyze && has.timing && has.buffers && has.costs) {
        return None;
    }
    let query = plan.query.as_deref().map(str::trim).unwrap_or_default();
    let query = if query.is_empty() { "<the query>" } else { query.trim_end_matches(';').trim_end() };
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, SETTINGS) {query};");
    // ANALYZE runs the statement: what it writes must not stay (documentation, EXPLAIN).
    if plan.nodes.iter().any(writes) { Some(format!("BEGIN; {explain} ROLLBACK;")) } else { Some(explain) }
}

fn writes(node: &Node) -> bool {
    node.kind == Kind::ModifyTable || (node.kind == Kind::ForeignScan && node.operation.is_some())
}
