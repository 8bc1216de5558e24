use super::*;
use crate::plan::figures::figures;
use crate::plan::figures::tests::builder::{n, plan};
use crate::plan::model::{Kind, Role};
use crate::plan::read;

fn compared(old: &Plan, new: &Plan) -> Comparison {
    let comparison = compare((old, &figures(old)), (new, &figures(new)));
    let both = |side: fn(&Pair) -> Option<NodeId>| {
        let mut ids: Vec<NodeId> = comparison.nodes.iter().filter_map(side).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(both(|pair| pair.old), (0..old.nodes.len()).collect::<Vec<_>>());
    assert_eq!(both(|pair| pair.new), (0..new.nodes.len()).collect::<Vec<_>>());
    comparison
}

macro_rules! captured {
    ($name:literal) => {{
        let one = |text: &str| {
            let mut reading = read(text.as_bytes());
            assert_eq!((reading.plans.len(), &reading.warnings), (1, &Vec::new()));
            reading.plans.remove(0)
        };
        let old = one(include_str!(concat!("../../../fixtures/plans/compare/", $name, "_old.txt")));
        let new = one(include_str!(concat!("../../../fixtures/plans/compare/", $name, "_new.txt")));
        compared(&old, &new)
    }};
}

fn sentences(comparison: &Comparison) -> Vec<&str> {
    comparison.explanations.iter().map(|explanation| explanation.sentence.as_str()).collect()
}

/// 137.356 ms → 2.498 ms, of which the scan 137.240 → 2.408: 99.98 %.
#[test]
fn an_index() {
    let found = captured!("index");
    assert_eq!(found.headline, "55 times faster: 137 ms → 2.5 ms");
    assert_eq!(
        sentences(&found),
        ["Seq Scan on ticket became Index Scan using ticket_status_idx: 137 ms → 2.4 ms, all of the difference"]
    );
    assert_eq!((found.verdict, found.basis, found.same_shape), (Verdict::Faster, Basis::Time, false));
    // 600 rows were returned, 299,400 thrown away.
    assert_eq!((found.old.rows_read, found.new.rows_read), (Some(300_000.0), Some(600.0)));
    assert_eq!((found.old.blocks, found.new.blocks), (Some(1911.0), Some(603.0)));
    let scan: Vec<(&What, Option<&str>, Option<&str>)> =
        found.nodes[1].changes.iter().map(|c| (&c.what, c.old.as_deref(), c.new.as_deref())).collect();
    let filter = Some("(status = 'open'::text)");
    assert_eq!(
        scan,
        [
            (&What::Kind, Some("Seq Scan"), Some("Index Scan")),
            (&What::Index, None, Some("ticket_status_idx")),
            (&What::Property(Key::IndexCond), None, filter),
            (&What::Property(Key::Filter), filter, None),
        ]
    );
}

/// The sort went to memory and took as long: 658.731 ms and 686.650 ms.
#[test]
fn work_mem_that_made_no_difference() {
    let found = captured!("work_mem");
    assert_eq!(found.verdict, Verdict::Same);
    assert_eq!(found.headline, "no difference beyond noise: 659 ms → 687 ms (the same plan)");
    let setting = Setting { name: "work_mem".to_owned(), old: None, new: Some("64MB".to_owned()) };
    assert_eq!(found.settings, [setting]);
    assert_eq!((found.old.temp_blocks, found.new.temp_blocks), (Some(2212.0), Some(0.0)));
    let sort = found.nodes[0].changes.iter().find(|c| c.what == What::Property(Key::SortMethod)).expect("it changed");
    assert_eq!((sort.old.as_deref(), sort.new.as_deref()), (Some("external merge"), Some("quicksort")));
    // 617.760 - 94.125 = 523.635 ms; 666.178 - 81.234 = 584.944 ms.
    assert_eq!(
        sentences(&found)[0],
        "Sort by price, id DESC sorts by quicksort instead of external merge: 524 ms → 585 ms"
    );
}

/// The join of t and e (418.130 - 108.904 - 74.445 = 234.781 ms) and the hash of e (74.445 - 35.524 = 38.921 ms) gave
/// way to the join of t and b (139.484 - 63.164 - 0.286 = 76.034 ms): 197.668 of 441.345 - 183.862 = 257.483 ms.
#[test]
fn a_join_order() {
    let found = captured!("join_order");
    assert_eq!(found.headline, "2.4 times faster: 441 ms → 184 ms");
    assert_eq!(
        sentences(&found)[0],
        "Tables are joined in another order: Hash Join of t, b instead of Hash Join of t, e: \
         274 ms → 76.0 ms, 77 % of the difference"
    );
    let first = &found.explanations[0];
    assert!((first.delta() + 197.668).abs() < 1e-6, "{}", first.delta());
    // The join on top joins the same three tables: it is the same node, though its hash is another one.
    let top = found.nodes.iter().find(|pair| pair.new == Some(1)).expect("a join");
    assert_eq!(top.old, Some(1));
    assert!(top.changes.iter().any(|c| c.what == What::Property(Key::HashCond)));
    assert_eq!(found.settings[0].name, "join_collapse_limit");
}

fn scan(alias: &str, ms: f64) -> crate::plan::figures::tests::builder::Line {
    n(1, Kind::SeqScan, Role::Outer).ran(ms, 1.0).on(alias)
}

#[test]
fn what_is_gone_and_what_is_new() {
    let old = plan([
        n(0, Kind::Limit, Role::Root).ran(100.0, 1.0),
        n(1, Kind::Sort, Role::Outer).ran(99.0, 1.0).text(Key::SortKey, "created_at"),
        n(2, Kind::SeqScan, Role::Outer).ran(29.0, 1.0).on("t"),
    ]);
    let new = plan([
        n(0, Kind::Limit, Role::Root).ran(30.0, 1.0),
        n(1, Kind::Gather, Role::Outer).ran(29.5, 1.0),
        n(2, Kind::SeqScan, Role::Outer).ran(28.0, 3.0).on("t").with(|node| node.parallel = true),
    ]);
    let found = compared(&old, &new);
    assert_eq!(
        sentences(&found),
        [
            "Sort by created_at is gone: 70.0 ms → 0.0 ms, all of the difference",
            "Gather is new: 0.0 ms → 1.5 ms, against the difference",
            "Seq Scan on t became Parallel Seq Scan: 29.0 ms → 28.0 ms, 1 % of the difference",
        ]
    );
    let order: Vec<_> = found.nodes.iter().map(|pair| (pair.old, pair.new)).collect();
    assert_eq!(order, [(Some(0), Some(0)), (Some(1), None), (None, Some(1)), (Some(2), Some(2))]);
}

/// The bitmap is a part of the scan that it is for.
#[test]
fn a_bitmap_replaces_a_scan() {
    let old = plan([n(0, Kind::Aggregate, Role::Root).ran(50.0, 1.0), scan("t", 49.0)]);
    let new = plan([
        n(0, Kind::Aggregate, Role::Root).ran(10.0, 1.0),
        n(1, Kind::BitmapHeapScan, Role::Outer).ran(9.0, 1.0).on("t"),
        n(2, Kind::BitmapIndexScan, Role::Outer).ran(4.0, 1.0).with(|node| node.index = Some("t_a".into())),
    ]);
    let found = compared(&old, &new);
    assert_eq!(sentences(&found), ["Seq Scan on t became Bitmap Heap Scan: 49.0 ms → 9.0 ms, all of the difference"]);
    assert_eq!(found.explanations[0].new, [1, 2]);
}

/// The aliases are swapped between the sides; each table meets itself, and the Hash that went is the join's.
#[test]
fn a_join_of_another_kind_with_its_sides_swapped() {
    let old = plan([
        n(0, Kind::HashJoin, Role::Root).ran(100.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(40.0, 1.0).on("big"),
        n(1, Kind::Hash, Role::Inner).ran(20.0, 1.0),
        n(2, Kind::SeqScan, Role::Outer).ran(10.0, 1.0).on("few"),
    ]);
    let new = plan([
        n(0, Kind::NestedLoop, Role::Root).ran(15.0, 1.0),
        n(1, Kind::SeqScan, Role::Outer).ran(10.0, 1.0).on("few"),
        n(1, Kind::IndexScan, Role::Inner).ran(0.04, 100.0).on("big").with(|node| node.index = Some("big_pkey".into())),
    ]);
    let found = compared(&old, &new);
    assert_eq!(
        sentences(&found),
        [
            "Hash Join of big, few became Nested Loop: 50.0 ms → 1.0 ms, 58 % of the difference",
            "Seq Scan on big became Index Scan using big_pkey: 40.0 ms → 4.0 ms, 42 % of the difference",
        ]
    );
    let order: Vec<_> = found.nodes.iter().map(|pair| (pair.old, pair.new)).collect();
    assert_eq!(order, [(Some(0), Some(0)), (Some(3), Some(1)), (Some(1), Some(2)), (Some(2), None)]);
}

/// Fewer partitions are read: the joins above are still the same.
#[test]
fn pruned_partitions_do_not_unmatch_what_is_above() {
    let part = |name: &str| n(3, Kind::SeqScan, Role::Member).ran(10.0, 1.0).on(name);
    let tree = |parts: &[&str]| {
        let mut lines = vec![
            n(0, Kind::Aggregate, Role::Root).ran(100.0, 1.0),
            n(1, Kind::HashJoin, Role::Outer).ran(90.0, 1.0),
            n(2, Kind::Append, Role::Outer).ran(50.0, 1.0),
        ];
        lines.extend(parts.iter().map(|name| part(name)));
        lines.push(n(2, Kind::Hash, Role::Inner).ran(5.0, 1.0));
        lines.push(n(3, Kind::SeqScan, Role::Outer).ran(4.0, 1.0).on("dim"));
        plan(lines)
    };
    let found = compared(&tree(&["p1", "p2", "p3"]), &tree(&["p2"]));
    let lone: Vec<_> = found.nodes.iter().filter(|pair| pair.old.is_none() || pair.new.is_none()).collect();
    assert_eq!(lone.iter().map(|pair| (pair.old, pair.new)).collect::<Vec<_>>(), [(Some(3), None), (Some(5), None)]);
}

#[test]
fn small_differences_are_noise() {
    let verdict = |a: f64, b: f64| compared(&plan([scan_root(a)]), &plan([scan_root(b)])).verdict;
    assert_eq!(verdict(0.4, 1.3), Verdict::Same);
    assert_eq!(verdict(100.0, 91.0), Verdict::Same);
    assert_eq!(verdict(100.0, 89.0), Verdict::Faster);
    assert_eq!(verdict(100.0, 112.0), Verdict::Slower);
}

fn scan_root(ms: f64) -> crate::plan::figures::tests::builder::Line {
    n(0, Kind::SeqScan, Role::Root).ran(ms, 1.0).on("t")
}

#[test]
fn without_times_costs_are_compared_and_it_is_said() {
    let old = plan([n(0, Kind::SeqScan, Role::Root).cost(1000.0, 10.0).on("t")]);
    let mut new = plan([n(0, Kind::IndexScan, Role::Root).ran(1.0, 1.0).cost(10.0, 10.0).on("t")]);
    new.has.analyze = true;
    let found = compared(&old, &new);
    assert_eq!(found.basis, Basis::Cost);
    assert_eq!(found.headline, "100 times cheaper by the planner's estimate: cost 1000.00 → cost 10.00");
    assert_eq!(
        found.notes,
        ["only the new plan was executed (EXPLAIN ANALYZE): compared by cost, which is an estimate"]
    );
    assert_eq!(
        sentences(&found),
        ["Seq Scan on t became Index Scan: cost 1000.00 → cost 10.00, all of the difference"]
    );
}

#[test]
fn plans_with_nothing_but_a_shape() {
    let old = plan([n(0, Kind::SeqScan, Role::Root).on("t")]);
    let new = plan([n(0, Kind::IndexScan, Role::Root).on("t")]);
    let found = compared(&old, &new);
    assert_eq!((found.verdict, found.basis), (Verdict::Unknown, Basis::Shape));
    assert_eq!(found.headline, "another plan; nothing measured to compare");
    assert_eq!(sentences(&found), ["Seq Scan on t became Index Scan"]);
    assert_eq!(compared(&plan([]), &new).nodes.len(), 1);
}

#[test]
fn large_and_deep_plans_take_linear_time() {
    let start = std::time::Instant::now();
    let wide = |alias: &str| {
        let members = (0..50_000)
            .map(|number| n(1, Kind::SeqScan, Role::Member).ran(0.001, 1.0).on(&format!("{alias}{}", number % 40_000)));
        plan(std::iter::once(n(0, Kind::Append, Role::Root).ran(90.0, 1.0)).chain(members))
    };
    compared(&wide("p"), &wide("q"));
    let deep = |kinds: [Kind; 3]| {
        plan((0..10_000).map(|depth| {
            let role = if depth == 0 { Role::Root } else { Role::Outer };
            n(depth, kinds[depth % 3].clone(), role).ran(20_000.0 - depth as f64, 1.0)
        }))
    };
    compared(&deep([Kind::Sort, Kind::HashJoin, Kind::Hash]), &deep([Kind::NestedLoop, Kind::BitmapAnd, Kind::Limit]));
    assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
}
