//! `plan/cartesian_join`: two tables that nothing ties together.

use serde::Deserialize;

use crate::catalog::model::{Catalog, TableName};
use crate::catalog::text::Text;
use crate::plan::model::{Node, NodeId, Plan};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, estimated, measured};
use crate::sql::facts::RelationName;

use super::estimate::words::count;
use super::join::cause::{Cause, cause, pairs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for id in 0..cx.plan.nodes.len() {
            let rows = pairs(cx.plan, id);
            if cause(cx.plan, id) != Some(Cause::Cartesian) || rows < self.min_rows {
                continue;
            }
            let sides: Vec<NodeId> = cx.plan.inputs(id).collect();
            let tables: Vec<Vec<&Node>> = sides.iter().map(|side| tables(cx.plan, *side)).collect();
            let names: Vec<String> = tables.iter().map(|side| listed(side)).collect();
            let title = format!("Every row of {} is joined with every row of {}", names[0], names[1]);
            let detail = "The nested loop has no condition and its inner side does not depend on the outer one: a join condition is missing, or it names other \
                          relations than it was meant to.";
            let mut nodes: Vec<NodeId> = vec![id];
            nodes.extend(cx.plan.subtree(sides[1]));
            let mut draft = Draft::node(cx, id, title, detail).accounting_for(cx, &nodes);
            draft = match cx.plan.nodes[id].actual {
                Some(_) => draft.evidence(measured("pairs made", rows as u64, "rows")),
                None => draft.evidence(estimated("pairs to be made", rows, "rows")).confidence(Confidence::Medium),
            };
            let key = cx.catalog.and_then(|catalog| foreign_key(catalog, &tables[0], &tables[1]));
            if let Some(key) = &key {
                draft = draft.evidence(documented("foreign key between them", key.clone()));
            }
            out.find(draft.ask(Ask::Ready(missing_condition(&names, key, rows))));
        }
    }
}

fn tables(plan: &Plan, side: NodeId) -> Vec<&Node> {
    plan.subtree(side)
        .map(|id| &plan.nodes[id])
        .filter(|node| node.relation.is_some() && node.name().is_some())
        .collect()
}

fn listed(side: &[&Node]) -> String {
    let names: Vec<&str> = side.iter().filter_map(|node| node.relation.as_deref()).collect();
    match names.as_slice() {
        [] => "one side".to_owned(),
        [one] => (*one).to_owned(),
        [first, ..] => format!("{first} and {} more", names.len() - 1),
    }
}

fn missing_condition(names: &[String], key: Option<String>, rows: f64) -> Advice {
    let condition = match key {
        Some(key) => format!("The schema has a foreign key between the two: ON {key}."),
        None => "Name the column of each side that belongs together, or say CROSS JOIN so that the next reader sees that it is meant.".to_owned(),
    };
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            format!("Join {} and {} by a key", names[0], names[1]),
            format!(
                "{condition} A DISTINCT or GROUP BY above the join hides the {} pairs from the result, not from the clock.",
                count(rows)
            ),
            "",
        )
    }
}

/// `o.customer_id = c.id`
fn foreign_key(catalog: &Catalog, one: &[&Node], other: &[&Node]) -> Option<String> {
    let mut pairs = one.iter().flat_map(|a| other.iter().flat_map(move |b| [(*a, *b), (*b, *a)]));
    pairs.find_map(|(child, parent)| {
        let (_, table) = catalog.table(&name(child)?)?;
        let (parent_name, _): (&TableName, _) = catalog.table(&name(parent)?)?;
        let key =
            table.foreign_keys().find(|key| key.references == parent_name && !key.referenced_columns.is_empty())?;
        let columns = key.columns.iter().zip(key.referenced_columns);
        let equal = |(a, b): (&Text, &Text)| {
            format!("{}.{a} = {}.{b}", child.name().unwrap_or_default(), parent.name().unwrap_or_default())
        };
        Some(columns.map(equal).collect::<Vec<_>>().join(" AND "))
    })
}

fn name(node: &Node) -> Option<RelationName> {
    Some(RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() })
}
