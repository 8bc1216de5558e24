//! `plan/index_searches`: an index that is descended again and again because the condition leaves out its first column.

use serde::Deserialize;

use crate::catalog::access::indexes_of;
use crate::plan::model::{Key, Kind, Node};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured, seen};
use crate::sql::facts::RelationName;

use super::scan::condition::in_words;
use super::scan::statement::statement;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_searches: f64,
    min_per_loop: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            let of_index = matches!(node.kind, Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapIndexScan);
            // A total over all loops and workers (`explain.c`, `show_indexsearches_info`).
            let searches = node.number(&Key::IndexSearches).unwrap_or(0.0);
            let loops = node.actual.map_or(1.0, |actual| actual.loops).max(1.0);
            if !of_index || searches < self.min_searches || searches / loops < self.min_per_loop {
                continue;
            }
            let Some(condition) = node.text(&Key::IndexCond).filter(|text| skips(cx, id, node, text)) else { continue };
            let index = node.index.as_deref().unwrap_or("the index");
            // The heap scan above a bitmap knows the table.
            let scan = if node.kind == Kind::BitmapIndexScan { node.parent.unwrap_or(id) } else { id };
            let title =
                format!("The index {index} is searched once for each value of a column that the condition leaves out");
            let detail = "A skip scan (since Postgres 18): the condition does not name the index's first column, so the index is descended anew \
                          for each of its values. With few values that is good; with many it is a slow way to read the index.";
            let mut draft = Draft::node(cx, id, title, detail)
                .evidence(measured("index searches", searches as u64, "searches"))
                .evidence(measured("loops", loops as u64, ""))
                .evidence(seen("index condition", in_words(condition)));
            if let Some(statement) = statement(cx.plan, scan, cx.catalog) {
                draft = draft.ask(Ask::IndexForScan { query: cx.index, statement });
            }
            out.find(draft);
        }
    }
}

/// Not a search for each value of a list, which is what a list costs.
fn skips(cx: &PlanCx<'_>, id: usize, node: &Node, condition: &str) -> bool {
    let table =
        std::iter::once(id).chain(cx.plan.ancestors(id)).map(|id| &cx.plan.nodes[id]).find(|n| n.relation.is_some());
    let relation = table.and_then(|n| {
        Some(RelationName { schema: n.schema.clone().map(Into::into), name: n.relation.clone()?.into() })
    });
    let known = relation.and_then(|relation| cx.catalog?.table(&relation)).and_then(|(_, table)| {
        let indexes = indexes_of(table);
        let index = indexes.iter().find(|index| Some(index.name.as_str()) == node.index.as_deref())?;
        index.keys.first().map(|key| key.text.clone())
    });
    match known {
        Some(first) => !mentions(condition, &first),
        None => !condition.contains("ANY ("),
    }
}

fn mentions(condition: &str, column: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    condition
        .match_indices(column)
        .any(|(at, _)| !condition[..at].ends_with(word) && !condition[at + column.len()..].starts_with(word))
}
