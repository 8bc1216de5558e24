use super::builder::{n, plan};
use super::of;
use crate::plan::figures::{Direction, EstimateError, Figures, figures};
use crate::plan::model::{Join, Key, Kind, Role};

fn estimate(found: &Figures, id: usize) -> Option<(f64, Direction)> {
    found.nodes[id].estimate.map(|EstimateError { factor, direction }| (factor, direction))
}

#[test]
fn rows_are_compared_per_loop_and_at_least_one() {
    let found = of([
        n(0, Kind::NestedLoop, Role::Root).ran(9.0, 1.0).rows(10.0, 1000.0),
        n(1, Kind::SeqScan, Role::Outer).ran(1.0, 1.0).rows(50.0, 100.0),
        n(1, Kind::IndexScan, Role::Inner).ran(0.05, 100.0).rows(30.0, 10.0),
    ]);
    assert_eq!(estimate(&found, 0), Some((100.0, Direction::Under)));
    assert_eq!(estimate(&found, 1), Some((2.0, Direction::Under)));
    assert_eq!(estimate(&found, 2), Some((3.0, Direction::Over)));
    assert_eq!((found.nodes[2].rows, found.nodes[2].rows_error), (Some(1000.0), 50.0));
    let none = of([n(0, Kind::SeqScan, Role::Root).ran(1.0, 1.0).rows(0.0, 0.0)]);
    assert_eq!(estimate(&none, 0), Some((1.0, Direction::Under)));
}

#[test]
fn no_verdict_where_rows_mean_something_else() {
    let found = of([
        n(0, Kind::ModifyTable, Role::Root).ran(9.0, 1.0).rows(100.0, 0.0),
        n(1, Kind::BitmapHeapScan, Role::Outer).ran(8.0, 1.0).rows(5.0, 5.0).number(Key::LossyHeapBlocks, 3.0),
        n(2, Kind::BitmapOr, Role::Outer).ran(4.0, 1.0).rows(0.0, 0.0),
        n(3, Kind::BitmapIndexScan, Role::Member).ran(4.0, 1.0).rows(10.0, 1000.0),
        n(3, Kind::BitmapIndexScan, Role::Member).ran(0.0, 0.0).rows(10.0, 0.0),
    ]);
    assert_eq!((0..5).filter(|&id| estimate(&found, id).is_some()).collect::<Vec<_>>(), [1]);
}

/// Fewer rows than expected below something that stops early say nothing; more rows do. A sort reads all of its input.
#[test]
fn early_stops_excuse_few_rows() {
    let found = of([
        n(0, Kind::Limit, Role::Root).ran(1.0, 1.0).rows(10.0, 10.0),
        n(1, Kind::NestedLoop, Role::Outer).ran(1.0, 1.0).rows(5000.0, 10.0),
        n(2, Kind::SeqScan, Role::Outer).ran(0.5, 1.0).rows(100.0, 900.0),
        n(2, Kind::Sort, Role::Inner).ran(0.0, 1.0).rows(200.0, 1.0),
        n(3, Kind::SeqScan, Role::Outer).ran(0.0, 1.0).rows(200.0, 1.0),
    ]);
    let verdicts: Vec<_> = (0..5).map(|id| estimate(&found, id)).collect();
    assert_eq!(verdicts[1], None);
    assert_eq!(verdicts[2], Some((9.0, Direction::Under)));
    assert_eq!(verdicts[3], None);
    assert_eq!(verdicts[4], Some((200.0, Direction::Over)));
    assert!(found.nodes[1].early && !found.nodes[4].early);
}

/// A Limit of 10 that gave 3 has seen all of its input.
#[test]
fn a_limit_that_is_not_reached_stops_nothing() {
    let found = of([
        n(0, Kind::Limit, Role::Root).ran(1.0, 1.0).rows(10.0, 3.0),
        n(1, Kind::SeqScan, Role::Outer).ran(1.0, 1.0).rows(300.0, 3.0),
    ]);
    assert_eq!(estimate(&found, 1), Some((100.0, Direction::Over)));
}

#[test]
fn semi_and_merge_joins_stop_early() {
    let semi = of([
        n(0, Kind::NestedLoop, Role::Root).ran(1.0, 1.0).rows(1.0, 1.0).with(|node| node.join = Some(Join::Semi)),
        n(1, Kind::SeqScan, Role::Outer).ran(0.5, 1.0).rows(9.0, 3.0),
        n(1, Kind::SeqScan, Role::Inner).ran(0.1, 3.0).rows(9.0, 1.0),
    ]);
    assert_eq!(estimate(&semi, 1), Some((3.0, Direction::Over)));
    assert_eq!(estimate(&semi, 2), None);
    let merge = of([
        n(0, Kind::MergeJoin, Role::Root).ran(9.0, 1.0).rows(10.0, 10.0),
        n(1, Kind::IndexScan, Role::Outer).ran(1.0, 1.0).rows(1000.0, 10.0),
        n(1, Kind::Sort, Role::Inner).ran(2.0, 1.0).rows(10.0, 5000.0),
        n(2, Kind::SeqScan, Role::Outer).ran(1.0, 1.0).rows(10.0, 50.0),
    ]);
    // Going back over equal keys counts rows again; the scan below the sort was read once.
    assert_eq!((estimate(&merge, 1), estimate(&merge, 2)), (None, None));
    assert_eq!(estimate(&merge, 3), Some((5.0, Direction::Under)));
}

/// Two workers were planned, which makes 2.4 processes with the leader's help: 1,000 rows each. None came, so the leader
/// read all 2,400.
#[test]
fn missing_workers_are_no_error_of_the_estimate() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(9.0, 1.0).rows(2400.0, 2400.0).number(Key::WorkersPlanned, 2.0),
        n(1, Kind::HashJoin, Role::Outer).ran(9.0, 1.0).rows(1000.0, 2400.0),
        n(2, Kind::SeqScan, Role::Outer).ran(8.0, 1.0).rows(1000.0, 2400.0).with(|node| node.parallel = true),
        n(2, Kind::Hash, Role::Inner).ran(0.5, 1.0).rows(7.0, 14.0),
        n(3, Kind::SeqScan, Role::Outer).ran(0.4, 1.0).rows(7.0, 14.0),
    ]);
    assert_eq!(estimate(&found, 1), Some((1.0, Direction::Under)));
    assert_eq!(estimate(&found, 2), Some((1.0, Direction::Under)));
    // Each process reads all of what is not parallel.
    assert_eq!(estimate(&found, 4), Some((2.0, Direction::Under)));
}

/// The inner side is paid 100 times, at 0.3; the InitPlan is part of its owner's cost.
#[test]
fn costs_add_up_to_the_roots() {
    let found = figures(&plan([
        n(0, Kind::NestedLoop, Role::Root).cost(100.0, 5.0),
        n(1, Kind::Aggregate, Role::InitPlan).cost(20.0, 1.0).called("InitPlan 1"),
        n(1, Kind::SeqScan, Role::Outer).cost(40.0, 100.0),
        n(1, Kind::IndexScan, Role::Inner).cost(0.3, 1.0),
    ]));
    let costs: Vec<f64> = found.nodes.iter().filter_map(|node| node.cost).collect();
    assert!(costs.iter().zip([10.0, 20.0, 40.0, 30.0]).all(|(a, b)| (a - b).abs() < 1e-9), "{costs:?}");
    assert_eq!((found.base_ms, found.nodes[0].self_ms), (None, None));
}

/// A Limit pays for a part of what its input would cost.
#[test]
fn children_that_cost_more_share_what_the_parent_costs() {
    let found = figures(&plan([
        n(0, Kind::Limit, Role::Root).cost(1.0, 10.0),
        n(1, Kind::HashJoin, Role::Outer).cost(100.0, 1000.0),
        n(2, Kind::SeqScan, Role::Outer).cost(70.0, 1000.0),
        n(2, Kind::Hash, Role::Inner).cost(20.0, 10.0),
    ]));
    let costs: Vec<f64> = found.nodes.iter().filter_map(|node| node.cost).collect();
    assert!(costs.iter().zip([0.0, 0.1, 0.7, 0.2]).all(|(a, b)| (a - b).abs() < 1e-9), "{costs:?}");
}
