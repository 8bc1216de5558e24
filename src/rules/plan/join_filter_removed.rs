//! `plan/join_filter_removed`: a join that makes pairs of rows only to throw them away.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, NodeId, Plan, Role};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured, measured_number, seen};

use super::estimate::words::count;
use super::join::cause::{Cause, cause, pairs_removed};
use super::join::link::qualifiers;
use super::scan::statement::joined_statement;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            if cause(cx.plan, id) != Some(Cause::FilterRemoved) {
                continue;
            }
            let Some((removed, kept)) = pairs_removed(cx.plan, id) else { continue };
            let few = node.actual.is_some() && removed < self.min_share * (removed + kept);
            if removed < self.min_rows || few {
                continue;
            }
            let written = node.text(&Key::JoinFilter).unwrap_or_default();
            // Plans of one query differ by their literals.
            let filter = crate::sql::normalize(written.as_bytes());
            let key = [Key::HashCond, Key::MergeCond].into_iter().find_map(|key| node.text(&key));
            let title = match node.actual {
                Some(_) => format!("The join filter {filter} threw away {} pairs of rows", count(removed)),
                None => format!("The join filter {filter} has {} pairs of rows to test", count(removed + kept)),
            };
            let detail = match key {
                Some(key) => format!(
                    "Rows are brought together by {key} alone, and each pair is tested one by one afterwards: the key matches far too much."
                ),
                None => "No equality brings the rows of the two sides together, so each row of one is tested against each row of the other.".to_owned(),
            };
            let nodes: Vec<NodeId> = std::iter::once(id).chain(kept_again(cx.plan, id)).collect();
            let mut draft =
                Draft::node(cx, id, title, detail).accounting_for(cx, &nodes).evidence(seen("join filter", written));
            draft = match node.actual {
                Some(_) => draft
                    .evidence(measured("pairs thrown away", removed as u64, "rows"))
                    .evidence(measured("pairs kept", kept as u64, "rows"))
                    .evidence(measured_number("share thrown away", removed / (removed + kept).max(1.0), "")),
                None => draft.evidence(estimated("pairs to test", removed + kept, "rows")).confidence(Confidence::Low),
            };
            let looked_up = larger_side(cx.plan, id, written);
            let statement = looked_up.and_then(|scan| joined_statement(cx.plan, scan, cx.catalog));
            draft = match statement.filter(|_| !filter.contains("<>")) {
                Some(statement) => draft.ask(Ask::IndexForScan { query: cx.index, statement }),
                None => draft.ask(Ask::Ready(other_key())),
            };
            out.find(draft);
        }
    }
}

/// What the nested loop reads again and again: its time is spent for the pairs.
fn kept_again(plan: &Plan, id: NodeId) -> Option<NodeId> {
    let inner = plan.inputs(id).find(|child| plan.nodes[*child].role == Role::Inner)?;
    (plan.nodes[id].kind == Kind::NestedLoop && plan.nodes[inner].kind == Kind::Materialize).then_some(inner)
}

/// The table with most rows whose columns the filter tests: an index there leaves least to be read.
fn larger_side(plan: &Plan, id: NodeId, filter: &str) -> Option<NodeId> {
    let tested = qualifiers(filter);
    let rows = |id: NodeId| {
        let node = &plan.nodes[id];
        node.actual.map(|a| a.rows).or(node.estimate.map(|e| e.rows)).unwrap_or(0.0)
    };
    let scans = plan.subtree(id).filter(|below| {
        let node = &plan.nodes[*below];
        node.kind.is_table_scan() && node.name().is_some_and(|name| tested.contains(name))
    });
    scans.max_by(|a, b| rows(*a).total_cmp(&rows(*b)).then(b.cmp(a)))
}

fn other_key() -> Advice {
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            "Give the join a key that it can look up",
            "An equality between a column of each side lets the server hash or sort both sides once. A range (valid from, valid to) can be \
             looked up by an index on its lower end, or by a GiST index when it is stored as a range type and compared with @> or &&. \
             For `<>` there is no such way: pairs that differ are nearly all pairs, so reduce both sides before they are joined.",
            "",
        )
    }
}
