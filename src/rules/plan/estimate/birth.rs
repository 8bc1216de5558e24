//! A plan in; the lowest nodes at which its estimates went wrong, out. All nodes above inherit the error, and none of them is to
//! blame.

use crate::plan::figures::{Direction, EstimateError, Figures};
use crate::plan::model::{Kind, Node, NodeId, Plan, Role};

/// Where an error begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Birth {
    /// The node, or the Append above them when members of one Append share the error.
    pub node: NodeId,
    /// The node at which the condition stands: `node`, or the worst member.
    pub at: NodeId,
    /// How many members share it; 1 without an Append.
    pub members: usize,
    pub error: EstimateError,
}

/// Births of errors of at least `factor`, the worst first; at most this many.
const MOST: usize = 50;

pub fn births(plan: &Plan, figures: &Figures, factor: f64) -> Vec<Birth> {
    let errors: Vec<Option<EstimateError>> = (0..plan.nodes.len()).map(|id| error(plan, figures, id)).collect();
    let own: Vec<f64> = (0..plan.nodes.len()).map(|id| errors[id].map_or(1.0, |e| own(plan, figures, id, e))).collect();
    // Bottom up: what of the error in a direction was found at or below a node.
    let mut found = vec![false; plan.nodes.len()];
    let mut at: Vec<NodeId> = Vec::new();
    for id in (0..plan.nodes.len()).rev() {
        let below = plan.inputs(id).any(|child| found[child]);
        let large = errors[id].filter(|e| e.factor >= factor);
        if large.is_some() && own[id] >= factor {
            at.push(id);
            found[id] = true;
        } else if let Some(large) = large.filter(|_| !below) {
            at.push(worst(plan, &errors, &own, id, large.direction));
            found[id] = true;
        } else {
            found[id] = below;
        }
    }
    at.sort_unstable();
    at.dedup();
    let births = at.into_iter().filter_map(|id| Some(Birth { node: id, at: id, members: 1, error: errors[id]? }));
    let mut births = folded(plan, births.collect());
    births.sort_by(|a, b| b.error.factor.total_cmp(&a.error.factor).then(a.node.cmp(&b.node)));
    births.truncate(MOST);
    births
}

/// The node's error, if the planner could have known better. What was stopped early or read again has none (`plan::figures`).
fn error(plan: &Plan, figures: &Figures, id: NodeId) -> Option<EstimateError> {
    figures.nodes.get(id)?.estimate.filter(|_| is_candidate(&plan.nodes[id]))
}

/// Nodes whose number of rows is a guess of the planner, and not what their input gives them.
fn is_candidate(node: &Node) -> bool {
    match node.kind {
        Kind::Aggregate | Kind::Group | Kind::Unique | Kind::SetOp | Kind::ForeignScan => true,
        Kind::SubqueryScan | Kind::CteScan => node.value(&crate::plan::model::Key::Filter).is_some(),
        ref kind => kind.is_table_scan() || kind.is_join(),
    }
}

/// How far the actual rows are from what the estimate would have been with the right rows of the inputs; at least 1. An error
/// below may pass in part only (an aggregate, a semi join): everything between none and all of it counts as inherited.
fn own(plan: &Plan, figures: &Figures, id: NodeId, error: EstimateError) -> f64 {
    let Some(actual) = plan.nodes[id].actual.map(|actual| actual.rows.max(1.0)) else { return 1.0 };
    let (mut low, mut high) = (1.0f64, 1.0f64);
    for child in inputs(plan, id) {
        let ratio = ratio(plan, figures, child);
        low *= ratio.min(1.0);
        high *= ratio.max(1.0);
    }
    let own = match error.direction {
        Direction::Under => actual / (actual / error.factor * high).max(1.0),
        Direction::Over => (actual * error.factor * low).max(1.0) / actual,
    };
    own.max(1.0)
}

/// What feeds a node rows that were estimated; a bitmap's are not counted row by row.
fn inputs(plan: &Plan, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let cte = plan.nodes[id].relation.as_deref().filter(|_| plan.nodes[id].kind == Kind::CteScan);
    let definition = cte.and_then(|name| definition(plan, name));
    let bitmap = plan.nodes[id].kind == Kind::BitmapHeapScan;
    plan.inputs(id).filter(move |_| !bitmap).chain(definition)
}

pub fn definition(plan: &Plan, cte: &str) -> Option<NodeId> {
    let is_it = |node: &Node| node.subplan.as_deref().and_then(|text| text.strip_prefix("CTE ")) == Some(cte);
    plan.nodes.iter().position(|node| node.role == Role::Cte && is_it(node))
}

/// Rows that came for each that was expected; 0 when none came.
fn ratio(plan: &Plan, figures: &Figures, id: NodeId) -> f64 {
    let node = &plan.nodes[id];
    match (figures.nodes.get(id).and_then(|n| n.estimate), node.estimate, node.actual) {
        (Some(error), _, Some(actual)) if actual.rows > 0.0 => match error.direction {
            Direction::Under => error.factor,
            Direction::Over => 1.0 / error.factor,
        },
        (_, Some(estimate), Some(actual)) if actual.loops > 0.0 => actual.rows / estimate.rows.max(1.0),
        _ => 1.0,
    }
}

/// When small errors make a large one together: the node below that adds most.
fn worst(plan: &Plan, errors: &[Option<EstimateError>], own: &[f64], top: NodeId, direction: Direction) -> NodeId {
    let (mut best, mut queue) = (top, vec![top]);
    while let Some(id) = queue.pop() {
        let same = errors[id].is_some_and(|e| e.direction == direction);
        if same && own[id] > own[best] {
            best = id;
        }
        queue.extend(inputs(plan, id));
    }
    best
}

/// Members of one Append with errors in one direction are one birth.
fn folded(plan: &Plan, births: Vec<Birth>) -> Vec<Birth> {
    let mut out: Vec<Birth> = Vec::new();
    for birth in births {
        let member = plan.nodes[birth.at].role == Role::Member;
        let append = plan.nodes[birth.at].parent.filter(|_| member);
        let same = |kept: &Birth| {
            let siblings =
                append.is_some() && plan.nodes[kept.at].parent == append && plan.nodes[kept.at].role == Role::Member;
            siblings && kept.error.direction == birth.error.direction
        };
        match out.iter_mut().find(|kept| same(kept)) {
            Some(kept) => {
                kept.members += 1;
                kept.node = append.unwrap_or(kept.node);
                if birth.error.factor > kept.error.factor {
                    (kept.at, kept.error) = (birth.at, birth.error);
                }
            }
            None => out.push(birth),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::figures::figures;
    use crate::plan::read::read;

    fn born(text: &str) -> Vec<(NodeId, usize)> {
        let plan = read(text.as_bytes()).plans.remove(0);
        births(&plan, &figures(&plan), 10.0).into_iter().map(|birth| (birth.node, birth.members)).collect()
    }

    #[test]
    fn what_is_inherited_is_not_born_again() {
        let text = "\
Nested Loop  (cost=0.42..4007.99 rows=297 width=12) (actual time=0.018..179.016 rows=30000 loops=1)
  ->  Seq Scan on addresses a  (cost=0.00..2486.00 rows=99 width=14) (actual time=0.005..51.126 rows=10000 loops=1)
        Filter: (city = 'city 7'::text)
  ->  Index Scan using orders_address_id_idx on orders o  (cost=0.42..15.34 rows=3 width=14) (actual time=0.005..0.012 rows=3 loops=10000)
        Index Cond: (address_id = a.id)";
        assert_eq!(born(text), [(1, 1)]);
    }

    #[test]
    fn a_join_with_nothing_gives_nothing() {
        let text = "\
Hash Join  (cost=1.00..9000.00 rows=39000 width=12) (actual time=9.0..9.0 rows=0 loops=1)
  Hash Cond: (o.a = a.id)
  ->  Seq Scan on addresses a  (cost=0.00..2334.00 rows=39 width=20) (actual time=9.0..9.0 rows=0 loops=1)
        Filter: (city = 'none'::text)
  ->  Hash  (cost=500.00..500.00 rows=1000 width=8) (actual time=1.0..1.0 rows=1000 loops=1)
        ->  Seq Scan on orders o  (cost=0.00..500.00 rows=1000 width=8) (actual time=0.1..0.9 rows=1000 loops=1)";
        assert_eq!(born(text), [(1, 1)]);
    }

    #[test]
    fn small_errors_that_make_a_large_one_are_born_at_the_largest() {
        let text = "\
Hash Join  (cost=1.00..9000.00 rows=100 width=12) (actual time=9.0..9.0 rows=2400 loops=1)
  Hash Cond: (o.a = a.id)
  ->  Seq Scan on addresses a  (cost=0.00..2334.00 rows=100 width=20) (actual time=9.0..9.0 rows=800 loops=1)
        Filter: (city = 'none'::text)
  ->  Hash  (cost=500.00..500.00 rows=1000 width=8) (actual time=1.0..1.0 rows=3000 loops=1)
        ->  Seq Scan on orders o  (cost=0.00..500.00 rows=1000 width=8) (actual time=0.1..0.9 rows=3000 loops=1)
              Filter: (x > 3)";
        assert_eq!(born(text), [(1, 1)]);
    }

    #[test]
    fn partitions_share_one_birth() {
        let text = "\
Append  (cost=0.00..200.00 rows=2 width=8) (actual time=0.1..9.0 rows=2000 loops=1)
  ->  Seq Scan on events_1  (cost=0.00..100.00 rows=1 width=8) (actual time=0.1..4.0 rows=900 loops=1)
        Filter: (day > 5)
  ->  Seq Scan on events_2  (cost=0.00..100.00 rows=1 width=8) (actual time=0.1..4.0 rows=1100 loops=1)
        Filter: (day > 5)";
        assert_eq!(born(text), [(0, 2)]);
    }
}
