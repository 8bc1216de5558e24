//! `plan/incremental_sort_groups`: an incremental sort of a great many small groups.

use serde::Deserialize;

use super::memory;
use crate::plan::model::{Key, Kind, NodeId};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_groups: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::IncrementalSort) {
            let sum = |key: Key| memory::of_processes(node).filter_map(|p| memory::number(p, &key)).sum::<f64>();
            let groups = sum(Key::FullSortGroups) + sum(Key::PresortedGroups);
            if groups < self.min_groups {
                continue;
            }
            let key = node.text(&Key::SortKey).unwrap_or("its key");
            let mut draft = Draft::node(
                cx,
                id,
                format!("Sorting by {key} went in {groups} small sorts"),
                "The rows came in the order of the first columns, and each group of equal ones was sorted by the rest. An index over all of the columns delivers them sorted, and also lets a reader stop early.",
            )
            .evidence(measured_number("groups sorted", groups, "groups"))
            .evidence(seen("in order already", node.text(&Key::PresortedKey).unwrap_or_default()));
            if let Some(statement) = ordered_statement(cx, id) {
                draft = draft.ask(Ask::IndexForScan { query: cx.index, statement });
            }
            out.find(draft);
        }
    }
}

/// The scan right below, in the order of the sort. The limit makes the order what the index is for.
fn ordered_statement(cx: &PlanCx<'_>, sort: NodeId) -> Option<String> {
    let scan = cx.plan.inputs(sort).next().filter(|&child| cx.plan.nodes[child].kind.is_table_scan())?;
    let statement = super::scan::statement::statement(cx.plan, scan, cx.catalog).or_else(|| whole(cx, scan))?;
    let base = statement.split(" ORDER BY ").next()?;
    let keys = cx.plan.nodes[sort].text(&Key::SortKey)?;
    let own = format!("{}.", cx.plan.nodes[scan].name()?);
    Some(format!("{base} ORDER BY {} LIMIT 100", keys.replace(&own, "")))
}

fn whole(cx: &PlanCx<'_>, scan: NodeId) -> Option<String> {
    let node = &cx.plan.nodes[scan];
    let schema = node
        .schema
        .as_ref()
        .map_or(String::new(), |schema| format!("{}.", crate::catalog::access::quote_ident(schema)));
    Some(format!("SELECT * FROM {schema}{}", crate::catalog::access::quote_ident(node.relation.as_deref()?)))
}
