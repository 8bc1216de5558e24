use super::builder::n;
use super::{of, own};
use crate::plan::figures::Skew;
use crate::plan::model::{Actual, Key, Kind, NodeUsage, Role, Worker};

fn worker(number: u32, ms: f64, rows: f64, loops: f64) -> Worker {
    let actual = Some(Actual { startup_ms: Some(0.0), total_ms: Some(ms), rows, loops });
    Worker { number, actual, usage: NodeUsage::default(), jit: None, properties: Vec::new() }
}

/// Three processes took 90 ms each: 90 ms by the clock, not 270.
#[test]
fn work_of_all_processes_is_divided() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(100.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(90.0, 3.0).with(|node| node.parallel = true),
    ]);
    own(&found, [10.0, 90.0]);
    assert_eq!((found.nodes[1].processes, found.nodes[1].divisor), (3.0, 3.0));
}

/// One process builds the bitmap (60 ms) while two wait: it keeps its time.
#[test]
fn a_bitmap_that_one_process_built_is_not_divided() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(100.0, 1.0),
        n(1, Kind::BitmapHeapScan, Role::Outer).ran(90.0, 3.0).with(|node| node.parallel = true),
        n(2, Kind::BitmapIndexScan, Role::Outer).ran(60.0, 1.0),
    ]);
    own(&found, [10.0, 30.0, 60.0]);
    assert_eq!((found.nodes[2].processes, found.nodes[2].divisor), (1.0, 1.0));
}

/// The workers came when the bitmap of 60 ms was done: the heap scan shows (70 + 10 + 10) / 3 = 30 ms.
#[test]
fn workers_that_come_late_do_not_wait() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(80.0, 1.0),
        n(1, Kind::BitmapHeapScan, Role::Outer).ran(30.0, 3.0).with(|node| node.parallel = true),
        n(2, Kind::BitmapIndexScan, Role::Outer).ran(60.0, 1.0),
    ]);
    own(&found, [50.0, 0.0, 30.0]);
    assert_eq!(found.overlap_ms, 0.0);
}

/// The inner side ran in one of four processes, which nobody waited for: it is a quarter of what the join took in the mean.
#[test]
fn a_side_that_one_process_ran_is_divided_like_its_parent() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(50.0, 1.0),
        n(1, Kind::NestedLoop, Role::Outer).ran(10.0, 4.0),
        n(2, Kind::SeqScan, Role::Outer).ran(2.0, 4.0).with(|node| node.parallel = true),
        n(2, Kind::IndexScan, Role::Inner).ran(8.0, 2.0),
    ]);
    own(&found, [40.0, 4.0, 2.0, 4.0]);
    assert_eq!(found.nodes[3].processes, 2.0);
}

/// A Gather that ran ten times, each time with its two workers: 30 loops of its child.
#[test]
fn a_gather_inside_a_loop() {
    let found = of([
        n(0, Kind::NestedLoop, Role::Root).ran(200.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(10.0, 1.0),
        n(1, Kind::Gather, Role::Inner).ran(15.0, 10.0),
        n(2, Kind::SeqScan, Role::Outer).ran(12.0, 30.0).with(|node| node.parallel = true),
    ]);
    own(&found, [40.0, 10.0, 30.0, 120.0]);
}

/// Children of a Parallel Append run beside each other: 90 and 60 ms of two processes are 75 ms by the clock.
#[test]
fn a_parallel_append_shares_out_its_children() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(100.0, 1.0),
        n(1, Kind::Append, Role::Outer).ran(76.0, 2.0).with(|node| node.parallel = true),
        n(2, Kind::SeqScan, Role::Member).ran(90.0, 1.0),
        n(2, Kind::SeqScan, Role::Member).ran(60.0, 1.0),
    ]);
    own(&found, [24.0, 1.0, 45.0, 30.0]);
    assert_eq!((found.nodes[2].processes, found.nodes[2].divisor), (1.0, 2.0));
}

#[test]
fn a_single_copy_is_one_process() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(10.0, 1.0).number(Key::WorkersLaunched, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(8.0, 1.0),
    ]);
    own(&found, [2.0, 8.0]);
}

/// 30 ms in the leader, 90 ms in the first worker, none in the second (launched and idle): the Gather waited for 90 ms.
#[test]
fn with_lines_per_worker_the_slowest_counts() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(95.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(40.0, 3.0).rows(10.0, 40.0).with(|node| {
            node.parallel = true;
            node.workers = vec![worker(0, 90.0, 100.0, 1.0), worker(1, 0.0, 0.0, 1.0)].into();
        }),
    ]);
    own(&found, [5.0, 90.0]);
    // 90 ms over the mean of 40; 100 rows over the mean of 40.
    assert_eq!(found.nodes[1].skew, Some(Skew { time: Some(2.25), rows: 2.5 }));
}

/// The Gather was left alone after its first row, at 10 ms; one of its workers filled its queue for 20 ms.
#[test]
fn a_worker_that_nobody_waited_for_fits_into_its_gather() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(10.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(7.0, 3.0).with(|node| {
            node.workers = vec![worker(0, 20.0, 1.0, 1.0), worker(1, 0.5, 1.0, 1.0)].into();
        }),
    ]);
    own(&found, [0.0, 10.0]);
}

/// A worker's sub-plan is the worker's time: 3 processes, 30 calls.
#[test]
fn a_subplan_in_a_workers_filter() {
    let found = of([
        n(0, Kind::Gather, Role::Root).ran(40.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(35.0, 3.0).with(|node| node.parallel = true),
        n(2, Kind::Aggregate, Role::SubPlan).ran(2.0, 30.0).called("SubPlan 1"),
    ]);
    own(&found, [5.0, 15.0, 20.0]);
}

/// Seen on version 12: the workers' end is on the Gather's clock, not on its parent's (834.7 ms over 850.9 ms).
#[test]
fn a_child_that_shows_more_than_its_parent_gets_what_the_parent_has() {
    let found = of([
        n(0, Kind::Aggregate, Role::Root).ran(834.7, 1.0),
        n(1, Kind::Gather, Role::Outer).ran(850.9, 1.0),
        n(2, Kind::Aggregate, Role::Outer).ran(425.45, 3.0),
    ]);
    own(&found, [0.0, 417.35, 417.35]);
    assert!((found.overlap_ms - 16.2).abs() < 1e-9);
}
