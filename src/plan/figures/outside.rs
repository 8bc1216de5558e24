//! A plan, its root's time and what is left of its ModifyTables in; what ran outside all nodes, out.
//!
//! Execution time is that of the executor from start to end (`explain.c`, `ExplainOnePlan`). BEFORE triggers run inside the
//! ModifyTable; AFTER triggers, and so all constraint triggers, run when the root is done (`trigger.c`, `AfterTriggerEndQuery`);
//! rows are serialized between two calls of the root (`execMain.c`, `ExecutePlan`).

use super::clock::Time;
use super::tree::{sane, total};
use super::{Outside, TriggerPlace};
use crate::plan::model::{Kind, Plan, Trigger};

/// `root` and `after` in ms; `times` of each node.
pub(super) fn outside(plan: &Plan, root: f64, after: f64, times: &[Time]) -> Outside {
    let serialization = plan.serialization.as_ref().and_then(|s| s.ms).map_or(0.0, sane);
    let execution = plan.execution_ms.map(sane);
    let room = execution.map(|execution| execution - root - after - serialization);
    let modifying: f64 =
        times.iter().zip(&plan.nodes).filter(|(_, node)| writes(&node.kind)).map(|(time, _)| time.own).sum();
    let triggers = places(&plan.triggers, room, modifying);
    let late = plan.triggers.iter().zip(&triggers).filter(|(_, place)| **place == TriggerPlace::After);
    let triggers_ms: f64 = total(late.filter_map(|(trigger, _)| trigger.ms).map(sane));
    Outside { triggers, rest_ms: room.map(|room| (room - triggers_ms).max(0.0)), triggers_ms }
}

fn writes(kind: &Kind) -> bool {
    matches!(kind, Kind::ModifyTable | Kind::ForeignScan | Kind::CustomScan)
}

/// EXPLAIN does not tell BEFORE from AFTER. Constraint triggers are the latter; of the others, the longest first, those are
/// that fit into what the execution has beyond its root, unless no node had the time to run them.
fn places(triggers: &[Trigger], room: Option<f64>, modifying: f64) -> Vec<TriggerPlace> {
    let ms = |trigger: &Trigger| trigger.ms.map_or(0.0, sane);
    let is_constraint = |t: &Trigger| t.constraint.is_some() || t.name.starts_with("RI_ConstraintTrigger");
    let mut places = vec![TriggerPlace::After; triggers.len()];
    let mut room = room.map(|room| room - triggers.iter().filter(|t| is_constraint(t)).map(ms).sum::<f64>());
    let mut modifying = modifying;
    let mut open: Vec<usize> = (0..triggers.len()).filter(|&at| !is_constraint(&triggers[at])).collect();
    open.sort_by(|&a, &b| ms(&triggers[b]).total_cmp(&ms(&triggers[a])).then(a.cmp(&b)));
    for at in open {
        let ms = ms(&triggers[at]);
        let fits_outside = room.is_some_and(|room| ms <= room);
        if fits_outside || ms > modifying {
            room = room.map(|room| room - ms);
        } else {
            places[at] = TriggerPlace::Inside;
            modifying -= ms;
        }
    }
    places
}
