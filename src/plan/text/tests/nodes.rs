use super::{clean, text_of};
use crate::plan::model::{Actual, Estimate, Join, Key, Kind, Partial, Role, Strategy};

fn describe(line: &str) -> (Kind, String) {
    let plan = super::parse(line);
    (plan.nodes[0].kind.clone(), plan.nodes[0].describe())
}

#[test]
fn titles_are_read_and_written_alike() {
    let lines = [
        (Kind::HashJoin, "Parallel Hash Right Anti Join"),
        (Kind::NestedLoop, "Nested Loop Semi Join"),
        (Kind::MergeJoin, "Merge Join"),
        (Kind::MergeAppend, "Merge Append"),
        (Kind::ModifyTable, "Merge on t"),
        (Kind::Aggregate, "Finalize GroupAggregate"),
        (Kind::Aggregate, "Partial HashAggregate"),
        (Kind::Aggregate, "MixedAggregate"),
        (Kind::Group, "Group"),
        (Kind::SetOp, "HashSetOp Except All"),
        (Kind::ModifyTable, "Insert on t"),
        (Kind::ForeignScan, "Foreign Update on t a"),
        (Kind::ForeignScan, "Async Foreign Scan on t a"),
        (Kind::CustomScan, "Custom Scan (ChunkAppend) on metrics m"),
        (Kind::CustomScan, "Parallel Custom Scan (Odd (name)) on metrics"),
        (Kind::IndexOnlyScan, "Parallel Index Only Scan Backward using i on t a"),
        (Kind::BitmapIndexScan, "Bitmap Index Scan on i"),
        (Kind::SubqueryScan, "Subquery Scan on q"),
        (Kind::ValuesScan, "Values Scan on *VALUES*"),
        (Kind::NamedTuplestoreScan, "Named Tuplestore Scan on old_rows"),
        (Kind::TidRangeScan, "Tid Range Scan on t"),
        (Kind::Result, "Result"),
    ];
    for (kind, line) in lines {
        assert_eq!(describe(line), (kind, line.to_owned()));
    }
}

#[test]
fn parts_of_a_title() {
    let node = |line: &str| super::parse(line).nodes.remove(0);
    let join = node("Parallel Hash Full Join");
    assert_eq!((join.parallel, join.join), (true, Some(Join::Full)));
    let aggregate = node("Finalize HashAggregate");
    assert_eq!((aggregate.partial, aggregate.strategy), (Partial::Finalize, Some(Strategy::Hashed)));
    let set = node("HashSetOp Intersect All");
    assert_eq!((set.operation.as_deref(), set.strategy), (Some("Intersect All"), Some(Strategy::Hashed)));
    assert_eq!(node("Custom Scan (A (b) c)").operation.as_deref(), Some("A (b) c"));
}

#[test]
fn quoted_names() {
    let node = |line: &str| super::parse(line).nodes.remove(0);
    let scan = node("Index Scan using \"a on b\" on \"s.x\".\"we \"\"ird\"\"(t) using x\" \"al -> ias\"");
    assert_eq!(scan.index.as_deref(), Some("a on b"));
    assert_eq!(scan.schema.as_deref(), Some("s.x"));
    assert_eq!(scan.relation.as_deref(), Some("we \"ird\"(t) using x"));
    assert_eq!(scan.alias.as_deref(), Some("al -> ias"));
    let same = node("Seq Scan on public.orders orders");
    assert_eq!((same.relation.as_deref(), same.alias), (Some("orders"), None));
    let figures = node("Seq Scan on \"t (cost=1..2 rows=3 width=4)\"  (cost=0.00..2.50 rows=1 width=4)");
    assert_eq!(figures.relation.as_deref(), Some("t (cost=1..2 rows=3 width=4)"));
    let index = node("Index Scan using \"<13>btree_t.a\" on t");
    assert_eq!(index.index.as_deref(), Some("<13>btree_t.a"));
}

#[test]
fn figures_in_all_their_forms() {
    let figures = |line: &str| {
        let plan = clean(line);
        (plan.nodes[0].estimate, plan.nodes[0].actual, plan.has.fractional_rows)
    };
    let estimate = Some(Estimate { startup_cost: 0.29, total_cost: 659.29, rows: 20000.0, width: 22.0 });
    let actual = |times: Option<(f64, f64)>, rows, loops| {
        Some(Actual { startup_ms: times.map(|t| t.0), total_ms: times.map(|t| t.1), rows, loops })
    };
    let costs = "Seq Scan on a  (cost=0.29..659.29 rows=20000 width=22)";
    assert_eq!(figures(costs), (estimate, None, false));
    assert_eq!(
        figures(&format!("{costs} (actual time=0.003..0.298 rows=3001 loops=2)")),
        (estimate, actual(Some((0.003, 0.298)), 3001.0, 2.0), false)
    );
    assert_eq!(figures(&format!("{costs} (actual rows=2.50 loops=4)")), (estimate, actual(None, 2.5, 4.0), true));
    assert_eq!(figures(&format!("{costs} (never executed)")), (estimate, actual(None, 0.0, 0.0), false));
    assert_eq!(figures("Seq Scan on a (actual rows=1 loops=1)"), (None, actual(None, 1.0, 1.0), false));
    assert_eq!(figures("Seq Scan on a (never executed)"), (None, actual(None, 0.0, 0.0), false));
}

/// 15.18, COSTS OFF.
#[test]
fn sub_plans_by_name_and_column() {
    let plan = clean(
        "Nested Loop
  InitPlan 1 (returns $0)
    ->  Aggregate
          ->  Seq Scan on b
  CTE x y
    ->  Limit
          InitPlan 2 (returns $2)
            ->  Seq Scan on c
          ->  Seq Scan on d
  ->  Seq Scan on e
        Filter: (f = (SubPlan 3))
        SubPlan 3
          ->  Result
                One-Time Filter: (e.x = 1)
                ->  Seq Scan on g
  ->  CTE Scan on \"x y\" q
        Filter: (id = $0)",
    );
    let of = |id: usize| (plan.nodes[id].parent, plan.nodes[id].role, plan.nodes[id].subplan.as_deref());
    let expected = [
        (None, Role::Root, None),
        (Some(0), Role::InitPlan, Some("InitPlan 1 (returns $0)")),
        (Some(1), Role::Outer, None),
        (Some(0), Role::Cte, Some("CTE x y")),
        (Some(3), Role::InitPlan, Some("InitPlan 2 (returns $2)")),
        (Some(3), Role::Outer, None),
        (Some(0), Role::Outer, None),
        (Some(6), Role::SubPlan, Some("SubPlan 3")),
        (Some(7), Role::Outer, None),
        (Some(0), Role::Inner, None),
    ];
    for (id, expected) in expected.into_iter().enumerate() {
        assert_eq!(of(id), expected, "{id}");
    }
    assert_eq!(plan.nodes[9].relation.as_deref(), Some("x y"));
    assert_eq!(text_of(&plan.nodes[9], &Key::Filter), Some("(id = $0)"));
}

/// From the announced format of 19, not captured.
#[test]
fn sub_plans_with_names_of_their_own() {
    let plan = clean("Seq Scan on t\n  Filter: (a = (InitPlan expr_1).col1)\n  InitPlan expr_1\n    ->  Result");
    assert_eq!((plan.nodes[1].role, plan.nodes[1].subplan.as_deref()), (Role::InitPlan, Some("InitPlan expr_1")));
}

/// From the documentation of Citus and of Greenplum, not captured.
#[test]
fn nodes_of_others() {
    let citus = clean(
        "Custom Scan (Citus Adaptive)
  Task Count: 32
  Tasks Shown: One of 32
  ->  Task
        Node: host=localhost port=9701 dbname=postgres
        ->  Aggregate
              ->  Seq Scan on lineitem_360000 lineitem",
    );
    let roles: Vec<Role> = citus.nodes.iter().map(|node| node.role).collect();
    assert_eq!(roles, [Role::Root, Role::Other, Role::Outer, Role::Outer]);
    assert_eq!(citus.nodes[0].number(&Key::of("Task Count")), Some(32.0));
    assert_eq!(text_of(&citus.nodes[1], &Key::of("Node")), Some("host=localhost port=9701 dbname=postgres"));
    let greenplum = clean(
        "Gather Motion 3:1  (slice1; segments: 3)  (cost=0.00..431.00 rows=1 width=4)
  ->  Seq Scan on t  (cost=0.00..431.00 rows=1 width=4)
Optimizer: GPORCA",
    );
    assert_eq!(greenplum.nodes[0].kind.name(), "Gather Motion 3:1");
    assert_eq!(text_of(&greenplum.nodes[0], &Key::of("Slice")), Some("slice1; segments: 3"));
    let redshift = clean(
        "XN Hash Join DS_BCAST_INNER  (cost=0.09..11.22 rows=25 width=29)
  ->  XN Seq Scan on a  (cost=0.00..0.25 rows=25 width=25)
  ->  XN Hash  (cost=0.07..0.07 rows=7 width=4)
        ->  XN Seq Scan on b  (cost=0.00..0.07 rows=7 width=4)",
    );
    assert_eq!(redshift.nodes[0].kind, Kind::HashJoin);
    assert_eq!(text_of(&redshift.nodes[0], &Key::of("Distribution")), Some("DS_BCAST_INNER"));
}
