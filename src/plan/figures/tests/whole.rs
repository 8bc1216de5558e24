use super::builder::{n, plan};
use super::{checked, of, own};
use crate::plan::figures::TriggerPlace;
use crate::plan::model::{Kind, Role, Serialization, Trigger};

#[test]
fn loops_multiply() {
    let found = of([
        n(0, Kind::NestedLoop, Role::Root).ran(100.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(20.0, 1.0),
        n(1, Kind::IndexScan, Role::Inner).ran(0.05, 1000.0),
    ]);
    own(&found, [30.0, 20.0, 50.0]);
    // Not the -0 that a sum of nothing is.
    assert!([found.after_ms, found.unattributed_ms, found.triggers_ms].iter().all(|ms| ms.to_bits() == 0));
    assert_eq!(found.nodes[2].wall_ms, Some(50.0));
}

/// 200,000 loops of 0.001 ms, each half a microsecond off: 200 ms may be 100 or 300.
#[test]
fn rounding_dominates_at_many_loops() {
    let found = of([
        n(0, Kind::NestedLoop, Role::Root).ran(260.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(40.0, 1.0),
        n(1, Kind::IndexScan, Role::Inner).ran(0.001, 200_000.0),
    ]);
    own(&found, [20.0, 40.0, 200.0]);
    assert!(found.nodes[0].rounding_dominates() && !found.nodes[1].rounding_dominates());
    assert!((found.nodes[2].tolerance_ms - 120.0).abs() < 0.1);
}

#[test]
fn what_never_ran_took_no_time() {
    let found = of([
        n(0, Kind::HashJoin, Role::Root).ran(10.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(9.0, 1.0),
        n(1, Kind::Hash, Role::Inner).with(|node| {
            node.actual = Some(crate::plan::model::Actual { startup_ms: None, total_ms: None, rows: 0.0, loops: 0.0 });
        }),
    ]);
    own(&found, [1.0, 9.0, 0.0]);
    assert_eq!((found.nodes[2].rows, found.nodes[2].estimate), (Some(0.0), None));
}

#[test]
fn shares_are_of_the_execution_or_of_a_longer_root() {
    let tree = || plan([n(0, Kind::SeqScan, Role::Root).ran(50.0, 1.0)]);
    let mut longer = tree();
    longer.execution_ms = Some(100.0);
    let found = checked(&longer);
    assert_eq!((found.base_ms, found.nodes[0].share, found.outside_ms), (Some(100.0), Some(0.5), Some(50.0)));
    let mut shorter = tree();
    shorter.execution_ms = Some(49.9);
    let found = checked(&shorter);
    assert_eq!((found.base_ms, found.nodes[0].share, found.outside_ms), (Some(50.0), Some(1.0), Some(0.0)));
    assert_eq!(checked(&tree()).outside_ms, None);
}

#[test]
fn without_timing_there_are_rows_and_blocks() {
    let mut tree = plan([
        n(0, Kind::Aggregate, Role::Root).ran(0.0, 1.0).rows(1.0, 1.0).hit(12.0),
        n(1, Kind::SeqScan, Role::Outer).ran(0.0, 1.0).rows(10.0, 1000.0).hit(10.0),
    ]);
    for node in &mut tree.nodes {
        node.actual =
            node.actual.map(|actual| crate::plan::model::Actual { startup_ms: None, total_ms: None, ..actual });
    }
    tree.execution_ms = Some(3.0);
    let found = checked(&tree);
    assert_eq!((found.base_ms, found.root_ms, found.nodes[1].self_ms, found.nodes[1].share), (None, None, None, None));
    assert_eq!(found.nodes[1].rows, Some(1000.0));
    assert_eq!(found.nodes[0].usage.buffers.shared.hit, 2.0);
}

fn trigger(name: &str, constraint: Option<&str>, ms: f64) -> Trigger {
    let constraint = constraint.map(str::to_owned);
    Trigger { name: name.to_owned(), constraint, relation: None, ms: Some(ms), calls: 10.0 }
}

/// Root 30 ms, execution 61: the foreign key's 20 ms and the 10 ms that still fit are outside; 25 ms do not fit and are
/// in the ModifyTable, which has them.
#[test]
fn triggers_are_inside_or_after() {
    let mut tree =
        plan([n(0, Kind::ModifyTable, Role::Root).ran(30.0, 1.0), n(1, Kind::SeqScan, Role::Outer).ran(2.0, 1.0)]);
    tree.execution_ms = Some(61.0);
    tree.triggers = vec![
        trigger("stamp", None, 25.0),
        trigger("RI_ConstraintTrigger_a_16400", Some("u_t_id_fkey"), 20.0),
        trigger("audit", None, 10.0),
    ];
    let found = checked(&tree);
    assert_eq!(found.triggers, [TriggerPlace::Inside, TriggerPlace::After, TriggerPlace::After]);
    assert_eq!((found.triggers_ms, found.outside_ms), (30.0, Some(1.0)));
    own(&found, [28.0, 2.0]);
}

#[test]
fn serialization_is_outside_the_nodes() {
    let mut tree = plan([n(0, Kind::SeqScan, Role::Root).ran(10.0, 1.0)]);
    tree.execution_ms = Some(16.0);
    tree.serialization = Some(Box::new(Serialization { ms: Some(4.0), ..Serialization::default() }));
    assert_eq!(checked(&tree).outside_ms, Some(2.0));
}

#[test]
fn nothing_printed_is_trusted() {
    let found = of([
        n(0, Kind::HashJoin, Role::Root).ran(10.0, 1.0).hit(f64::NAN),
        n(1, Kind::SeqScan, Role::Outer).ran(-3.0, 1.0),
        n(1, Kind::Hash, Role::Inner).ran(f64::INFINITY, f64::NAN),
    ]);
    own(&found, [10.0, 0.0, 0.0]);
}

#[test]
fn an_empty_plan_has_no_figures() {
    let found = checked(&plan([]));
    assert!(found.nodes.is_empty() && found.base_ms.is_none());
}
