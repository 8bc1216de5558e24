//! Numbers and nodes of a wrong estimate as a sentence says them.

use crate::plan::figures::Direction;
use crate::plan::model::{Kind, Node, Plan};
use crate::report::model::Evidence;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Draft, estimated, measured, measured_number};

use super::birth::Birth;
use super::cause::Wrong;
use super::victim::{How, Victim};

/// `20000`, and `0.5` where the server printed fractions.
pub fn count(rows: f64) -> String {
    if rows.fract().abs() < 0.005 || rows >= 10.0 { format!("{rows:.0}") } else { format!("{rows:.2}") }
}

/// `20 times more rows than expected`
pub fn off(birth: &Birth) -> String {
    let factor = count(birth.error.factor.round());
    match birth.error.direction {
        Direction::Under => format!("{factor} times more rows than expected"),
        Direction::Over => format!("{factor} times fewer rows than expected"),
    }
}

/// The table's name, or what the node is.
pub fn subject(node: &Node) -> String {
    match (&node.relation, &node.kind) {
        (Some(relation), kind) if kind.is_table_scan() => relation.to_string(),
        _ => node.describe(),
    }
}

/// Estimated and actual rows of the node at which the error begins.
pub fn rows(plan: &Plan, birth: &Birth) -> Vec<Evidence> {
    let node = &plan.nodes[birth.at];
    let (Some(estimate), Some(actual)) = (node.estimate, node.actual) else { return Vec::new() };
    let mut evidence = vec![
        estimated("rows expected per loop", estimate.rows, "rows"),
        measured_number("rows that came per loop", actual.rows, "rows"),
    ];
    if actual.loops > 1.0 {
        evidence.push(measured("loops", actual.loops as u64, "times"));
    }
    if birth.members > 1 {
        evidence.push(measured("partitions with the same error", birth.members as u64, "partitions"));
    }
    evidence
}

/// What the planner chose because it believed the estimate.
pub fn consequence(plan: &Plan, victim: &Victim) -> String {
    match victim.how {
        How::Loops => {
            let inner = plan.inputs(victim.node).nth(1).and_then(|inner| Some((inner, plan.nodes[inner].actual?)));
            let (what, loops) =
                inner.map_or((String::new(), 0.0), |(inner, actual)| (plan.nodes[inner].describe(), actual.loops));
            format!("a nested loop was chosen, whose inner side ({what}) ran {} times", count(loops))
        }
        How::Spilled if plan.nodes[victim.node].kind == Kind::Hash => {
            "the hash table outgrew its memory and went to disk in more batches than planned".to_owned()
        }
        How::Spilled => "the groups outgrew the hash table and went to disk".to_owned(),
        How::ReadAll => {
            let read = victim.nodes.iter().find(|id| plan.nodes[**id].kind == Kind::SeqScan);
            let table = read.map_or(String::new(), |id| subject(&plan.nodes[*id]));
            format!("{table} was read whole to be joined, where few of its rows were wanted")
        }
    }
}

/// Everything that all rules about estimates say.
pub fn draft(cx: &PlanCx<'_>, wrong: &Wrong, title: String, why: &str) -> Draft {
    let consequences: Vec<String> = wrong.victims.iter().take(2).map(|victim| consequence(cx.plan, victim)).collect();
    let detail = format!("{why} Because of it {}.", consequences.join(", and "));
    let mut draft = Draft::node(cx, wrong.birth.node, title, detail).accounting_for(cx, &wrong.nodes);
    draft.evidence.extend(rows(cx.plan, &wrong.birth));
    draft
}
