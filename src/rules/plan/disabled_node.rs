//! `plan/disabled_node`: a kind of node is switched off, and the planner had to use it all the same.

use serde::Deserialize;

use super::setting;
use crate::plan::model::{Key, Node, Value};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, seen};

/// What the planner adds to the cost of a forbidden node up to version 17 (`costsize.c`, `disable_cost`).
const DISABLE_COST: f64 = 1e10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for id in disabled(cx) {
            let node = &cx.plan.nodes[id];
            let switches = setting::switches(node);
            let off = switches.iter().find(|name| cx.plan.settings.iter().any(|(set, _)| set == *name));
            let Some(name) = off.or(switches.first()) else { continue };
            let mut draft = Draft::node(
                cx,
                id,
                format!("{} is switched off and was used all the same", node.title()),
                format!(
                    "{name} = off forbids nothing: it makes the planner avoid the node where it can. Here it could not, and the costs of the plan no longer \
                     compare with anything, which also buys JIT compilation and parallel workers for nothing."
                ),
            )
            .ask(Ask::Ready(setting::reset(name)));
            draft.accounts = None;
            if let Some((name, value)) = cx.plan.settings.iter().find(|(set, _)| set == name) {
                draft = draft.evidence(seen("setting", format!("{name} = {value}")));
            }
            out.find(draft);
        }
    }
}

/// Nodes that are forbidden themselves, not only somewhere below.
pub(super) fn disabled<'a>(cx: &'a PlanCx<'_>) -> impl Iterator<Item = usize> + 'a {
    (0..cx.plan.nodes.len()).filter(|&id| {
        let node = &cx.plan.nodes[id];
        let children: f64 = node.children.iter().map(|child| penalty(&cx.plan.nodes[*child])).sum();
        node.value(&Key::Disabled) == Some(&Value::Flag(true)) || penalty(node) > children
    })
}

/// How many times the cost was raised, in the node or below it.
fn penalty(node: &Node) -> f64 {
    node.estimate.map_or(0.0, |estimate| (estimate.total_cost / DISABLE_COST).floor())
}
