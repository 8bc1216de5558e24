use std::time::{Duration, Instant};

use super::builder::{n, plan};
use super::checked;
use crate::plan::model::{Key, Kind, Plan, Role};

/// Far above what linear time takes, unoptimised on a busy machine; far below what quadratic time would.
const PATIENCE: Duration = Duration::from_secs(10);

fn timed(tree: &Plan) {
    let start = Instant::now();
    checked(tree);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn many_nodes_side_by_side() {
    let members = (0..100_000).map(|_| n(1, Kind::SeqScan, Role::Member).ran(0.001, 1.0).rows(1.0, 2.0));
    timed(&plan(std::iter::once(n(0, Kind::Append, Role::Root).ran(150.0, 1.0)).chain(members)));
}

#[test]
fn a_chain_of_gathers_and_bitmaps() {
    let kinds = [Kind::Gather, Kind::BitmapHeapScan, Kind::BitmapAnd, Kind::HashJoin];
    timed(&plan((0..10_000).map(|depth| {
        let role = if depth == 0 { Role::Root } else { Role::Outer };
        n(depth, kinds[depth % 4].clone(), role).ran(20_000.0 - depth as f64, 1.0).with(|node| node.parallel = true)
    })));
}

/// At each of 5,000 levels an InitPlan that a filter far below asks for, and a CTE of the same name as all others.
#[test]
fn sub_plans_at_every_level() {
    let mut lines = Vec::new();
    for depth in 0..5_000 {
        let role = if depth == 0 { Role::Root } else { Role::Outer };
        let filter = format!("(a = $0) AND (b = ${depth})");
        lines.push(n(depth, Kind::CteScan, role).on("c").ran(5_000.0, 1.0).text(Key::Filter, &filter));
        let label = format!("InitPlan 1 (returns ${})", depth % 7);
        lines.push(n(depth + 1, Kind::Result, Role::InitPlan).ran(0.5, 1.0).called(&label));
        lines.push(n(depth + 1, Kind::CteScan, Role::Cte).ran(0.1, 1.0).on("c").called("CTE c"));
    }
    timed(&plan(lines));
}

#[test]
fn many_init_plans_that_nobody_names() {
    let label = |number: usize| format!("InitPlan {number}");
    let sides = (0..10_000).map(|number| n(1, Kind::Result, Role::InitPlan).ran(0.001, 1.0).called(&label(number)));
    let members = (0..10_000).map(|_| n(1, Kind::SeqScan, Role::Member).ran(0.001, 1.0));
    timed(&plan(std::iter::once(n(0, Kind::Append, Role::Root).ran(20.0, 1.0)).chain(sides).chain(members)));
}
