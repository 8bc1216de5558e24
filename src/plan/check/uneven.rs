//! A plan in; the first node without figures that the others have, out.

use super::super::model::{Kind, Plan};

/// All nodes have estimates, or none has; the same is true of actuals and of times. Line and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    let (costs, analyze, timing) = (plan.has.costs, plan.has.analyze, plan.has.timing);
    let lacks = plan.nodes.iter().find(|node| {
        let timeless = node.actual.is_some_and(|actual| actual.loops > 0.0 && actual.total_ms.is_none());
        !matches!(node.kind, Kind::Other(_))
            && ((costs && node.estimate.is_none()) || (analyze && node.actual.is_none()) || (timing && timeless))
    })?;
    Some((lacks.line, "this node lacks figures that the others have: its line is cut off or missing".to_owned()))
}
