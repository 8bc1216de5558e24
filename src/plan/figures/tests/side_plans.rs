use super::builder::{n, plan};
use super::{checked, of, own};
use crate::plan::model::{Key, Kind, Role};

fn payers(found: &crate::plan::figures::Figures, side: usize) -> Vec<usize> {
    found.sides[side].payers.iter().map(|payment| payment.node).collect()
}

/// The scan's filter asked for the InitPlan, which the join lists: 40 of its 60 ms were not its own.
#[test]
fn an_init_plan_is_charged_to_the_node_that_asked() {
    for (label, filter) in [
        ("InitPlan 1 (returns $0)", "(b > $0)"),
        ("InitPlan 1", "(b > (InitPlan 1).col1)"),
        ("InitPlan expr_1", "(b > (InitPlan expr_1).col1)"),
    ] {
        let found = of([
            n(0, Kind::HashJoin, Role::Root).ran(100.0, 1.0),
            n(1, Kind::Aggregate, Role::InitPlan).ran(40.0, 1.0).called(label),
            n(1, Kind::SeqScan, Role::Outer).ran(60.0, 1.0).text(Key::Filter, filter),
            n(1, Kind::Hash, Role::Inner).ran(10.0, 1.0),
        ]);
        own(&found, [30.0, 40.0, 20.0, 10.0]);
    }
}

/// Twelve InitPlans: `$1` is not `$11`, `InitPlan 1` is not `InitPlan 12`.
#[test]
fn names_are_whole() {
    let mut lines = vec![n(0, Kind::Append, Role::Root).ran(200.0, 1.0)];
    for number in 1..=12 {
        let label = format!("InitPlan {number} (returns ${})", number - 1);
        lines.push(n(1, Kind::Aggregate, Role::InitPlan).ran(f64::from(number), 1.0).called(&label));
    }
    for number in 1..=12 {
        let filter = format!("(a = ${})", number - 1);
        lines.push(n(1, Kind::SeqScan, Role::Member).ran(13.0, 1.0).text(Key::Filter, &filter));
    }
    let found = checked(&plan(lines));
    for number in 1..=12 {
        assert_eq!(payers(&found, number - 1), [12 + number]);
        assert_eq!(found.nodes[12 + number].self_ms, Some(13.0 - number as f64));
    }
}

/// Both scans ask; the second had the result for nothing.
#[test]
fn one_of_many_that_asked_pays() {
    let found = of([
        n(0, Kind::Append, Role::Root).ran(100.0, 1.0),
        n(1, Kind::Aggregate, Role::InitPlan).ran(40.0, 1.0).called("InitPlan 1 (returns $0)"),
        n(1, Kind::SeqScan, Role::Member).ran(55.0, 1.0).text(Key::Filter, "(b > $0)"),
        n(1, Kind::SeqScan, Role::Member).ran(35.0, 1.0).text(Key::Filter, "(b > $0)"),
    ]);
    own(&found, [10.0, 40.0, 15.0, 35.0]);
}

/// Blocks are exact: the scan of 60 ms read 5 blocks in all, so it did not read the 30 of the InitPlan.
#[test]
fn blocks_tell_who_paid_where_times_do_not() {
    let found = of([
        n(0, Kind::Append, Role::Root).ran(120.0, 1.0).hit(55.0),
        n(1, Kind::Aggregate, Role::InitPlan).ran(40.0, 1.0).hit(30.0).called("InitPlan 1"),
        n(1, Kind::SeqScan, Role::Member).ran(60.0, 1.0).hit(5.0).text(Key::Filter, "(b > (InitPlan 1).col1)"),
        n(1, Kind::SeqScan, Role::Member).ran(50.0, 1.0).hit(50.0).text(Key::Filter, "(b > (InitPlan 1).col1)"),
    ]);
    own(&found, [10.0, 40.0, 60.0, 10.0]);
    let hits: Vec<f64> = found.nodes.iter().map(|node| node.usage.buffers.shared.hit).collect();
    assert_eq!(hits, [0.0, 30.0, 5.0, 20.0]);
}

/// A Gather evaluates what its workers need before it starts them.
#[test]
fn a_gather_pays_for_what_its_workers_ask() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(100.0, 1.0),
        n(1, Kind::Aggregate, Role::InitPlan).ran(50.0, 1.0).called("InitPlan 1"),
        n(1, Kind::SeqScan, Role::Outer).ran(40.0, 3.0).text(Key::Filter, "(b > (InitPlan 1).col1)"),
    ]);
    own(&found, [10.0, 50.0, 40.0]);
}

/// Target lists are only printed by VERBOSE: the owner had the time.
#[test]
fn without_a_reference_the_owner_pays() {
    let found = of([
        n(0, Kind::Result, Role::Root).ran(10.0, 1.0),
        n(1, Kind::Limit, Role::InitPlan).ran(9.5, 1.0).called("InitPlan 1 (returns $0)"),
        n(2, Kind::IndexOnlyScan, Role::Outer).ran(9.0, 1.0),
    ]);
    own(&found, [0.5, 0.5, 9.0]);
}

/// As on 14: the scan asked and waited 43.9 ms for the first row; the workers' end, 22.6 ms, is on the Limit's clock.
#[test]
fn the_end_of_workers_is_on_the_owners_clock() {
    let found = of([
        n(0, Kind::Limit, Role::Root).ran(66.7, 1.0),
        n(1, Kind::Aggregate, Role::InitPlan).ran(66.5, 1.0).startup(43.9).called("InitPlan 1 (returns $1)"),
        n(1, Kind::BitmapHeapScan, Role::Outer).ran(44.0, 1.0),
        n(2, Kind::BitmapIndexScan, Role::Outer).ran(43.95, 1.0).text(Key::IndexCond, "(b = $1)"),
    ]);
    own(&found, [22.7 - 22.55, 66.5, 0.05, 0.0]);
    assert_eq!(payers(&found, 0), [3, 0]);
    assert_eq!(found.unattributed_ms, 0.0);
}

#[test]
fn what_nobody_can_have_paid_is_said() {
    let found = of([
        n(0, Kind::SeqScan, Role::Root).ran(10.0, 1.0),
        n(1, Kind::Aggregate, Role::InitPlan).ran(50.0, 1.0).called("InitPlan 1"),
    ]);
    assert!((found.unattributed_ms - 40.0).abs() < 1e-9);
}

#[test]
fn an_init_plan_that_never_ran_is_charged_to_nobody() {
    let found = of([
        n(0, Kind::SeqScan, Role::Root).ran(10.0, 1.0).text(Key::Filter, "(a OR $0)"),
        n(1, Kind::Aggregate, Role::InitPlan).ran(0.0, 0.0).called("InitPlan 1 (returns $0)"),
    ]);
    own(&found, [10.0, 0.0]);
    assert!(found.sides[0].payers.is_empty());
}

/// 60 ms of the CTE's rows were computed while its two scans waited, which took 50 and 25 ms in all.
#[test]
fn scans_share_a_cte_by_their_time() {
    let found = of([
        n(0, Kind::HashJoin, Role::Root).ran(80.0, 1.0),
        n(1, Kind::SeqScan, Role::Cte).ran(60.0, 1.0).called("CTE c"),
        n(1, Kind::CteScan, Role::Outer).ran(50.0, 1.0).on("c"),
        n(1, Kind::Hash, Role::Inner).ran(26.0, 1.0),
        n(2, Kind::CteScan, Role::Outer).ran(25.0, 1.0).on("c"),
    ]);
    own(&found, [4.0, 60.0, 10.0, 1.0, 5.0]);
}

/// A CTE that only another CTE and an InitPlan read.
#[test]
fn ctes_of_ctes() {
    let found = of([
        n(0, Kind::CteScan, Role::Root).ran(100.0, 1.0).on("d").text(Key::Filter, "(n > $1)"),
        n(1, Kind::SeqScan, Role::Cte).ran(50.0, 1.0).called("CTE c"),
        n(1, Kind::CteScan, Role::Cte).ran(60.0, 1.0).called("CTE d").on("c"),
        n(1, Kind::Aggregate, Role::InitPlan).ran(30.0, 1.0).called("InitPlan 3 (returns $1)"),
        n(2, Kind::CteScan, Role::Outer).ran(25.0, 1.0).on("d"),
    ]);
    // c is paid by its scan in d (60 - 50); the InitPlan by the root (100 - 30); d by its scans, 70 to 25.
    own(&found, [70.0 - 60.0 * 70.0 / 95.0, 50.0, 10.0, 5.0, 25.0 - 60.0 * 25.0 / 95.0]);
}

/// The inner `c` hides the outer one below its owner; in the inner one `c` is the outer one.
#[test]
fn the_nearest_cte_of_a_name_counts() {
    let found = of([
        n(0, Kind::NestedLoop, Role::Root).ran(100.0, 1.0),
        n(1, Kind::SeqScan, Role::Cte).ran(10.0, 1.0).called("CTE c"),
        n(1, Kind::CteScan, Role::Outer).ran(40.0, 1.0).on("c"),
        n(2, Kind::CteScan, Role::Cte).ran(20.0, 1.0).called("CTE c").on("c"),
        n(1, Kind::CteScan, Role::Inner).ran(0.5, 1.0).on("c"),
    ]);
    let users: Vec<Vec<usize>> = (0..2).map(|side| payers(&found, side)).collect();
    assert_eq!(users, [vec![3, 4], vec![2]]);
}

/// Recursion reads the work table, not the CTE.
#[test]
fn a_recursive_cte() {
    let found = of([
        n(0, Kind::CteScan, Role::Root).ran(30.0, 1.0).on("r"),
        n(1, Kind::RecursiveUnion, Role::Cte).ran(28.0, 1.0).called("CTE r"),
        n(2, Kind::Result, Role::Outer).ran(0.0, 1.0),
        n(2, Kind::WorkTableScan, Role::Inner).ran(0.02, 1000.0).on("r"),
    ]);
    own(&found, [2.0, 8.0, 0.0, 20.0]);
}

/// Nobody reads it: it runs when the root is done.
#[test]
fn a_data_modifying_cte_that_nobody_reads_runs_after_the_root() {
    let mut tree = plan([
        n(0, Kind::Aggregate, Role::Root).ran(1.0, 1.0),
        n(1, Kind::ModifyTable, Role::Cte).ran(24.0, 1.0).called("CTE x"),
        n(2, Kind::FunctionScan, Role::Outer).ran(4.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(0.4, 1.0),
    ]);
    tree.execution_ms = Some(26.0);
    let found = checked(&tree);
    own(&found, [0.6, 20.0, 4.0, 0.4]);
    assert_eq!((found.after_ms, found.outside_ms), (24.0, Some(1.0)));
}

/// 3 ms each time, 10 times, part of the node that calls it.
#[test]
fn sub_plans_are_part_of_their_node() {
    let found = of([
        n(0, Kind::SeqScan, Role::Root).ran(40.0, 1.0).hit(30.0),
        n(1, Kind::Aggregate, Role::SubPlan).ran(3.0, 10.0).hit(20.0).called("SubPlan 1"),
    ]);
    own(&found, [10.0, 30.0]);
    assert_eq!(found.nodes[0].usage.buffers.shared.hit, 10.0);
}
