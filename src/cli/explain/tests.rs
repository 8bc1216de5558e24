//! Plans as text in, the table and the JSON out: what must hold whatever the plan is.

mod hostile;

use super::examine::{Asked, examine};
use super::reading::{Given, Read};
use crate::cli::analyze::catalog;
use crate::cli::redact;
use crate::config::Config;
use crate::plan::read::read;
use crate::report::model::{Location, Report};
use crate::report::render::palette::Palette;
use crate::report::render::table::{Drawing, Fold, Lines, View, render_plans};
use crate::report::render::{json, table};
use crate::rules::context::Worth;

const WHOLE: Drawing = Drawing { lines: Lines::Unicode, fold: Fold::Nothing };

fn examined(text: &str) -> super::examine::Examined {
    asked(text, Asked::Each)
}

fn asked(text: &str, asked: Asked) -> super::examine::Examined {
    let plans = read(text.as_bytes()).plans.into_iter().map(|plan| {
        let place = Location { path: "plan.txt".into(), line: plan.line.into(), ..Location::default() };
        Given { plan, database: String::new(), place }
    });
    let read = Read { plans: plans.collect(), ..Read::default() };
    examine(read, catalog::Given::default(), Config::none(None), Worth::ANYTHING, asked)
}

fn report(text: &str) -> Report {
    examined(text).report
}

fn drawn(report: &Report, width: usize, drawing: Drawing) -> String {
    render_plans(report, &View { width, top: 10, palette: Palette::plain() }, drawing)
}

/// Lines of the tree: from the head of the columns (or the first node) to the next blank line.
fn tree(text: &str) -> Vec<&str> {
    let mut lines = text.lines().skip_while(|line| !line.contains("self ms") && !line.contains("self cost"));
    lines.by_ref().take_while(|line| !line.is_empty()).collect()
}

const SORT: &str = include_str!("../../../fixtures/plans/examples/sessions.txt");
const REPORT: &str = include_str!("../../../fixtures/plans/examples/revenue-report.txt");
const ORDERS: &str = include_str!("../../../fixtures/plans/examples/disputed-orders.txt");
const DELETE: &str = include_str!("../../../fixtures/plans/examples/delete-addresses.txt");

#[test]
fn a_tree_fits_every_width() {
    for text in [SORT, REPORT, ORDERS, DELETE] {
        let report = report(text);
        for width in [60, 80, 100, 140] {
            for lines in [Lines::Unicode, Lines::Ascii] {
                let table = drawn(&report, width, Drawing { lines, fold: Fold::Nothing });
                let tree = tree(&table);
                assert!(tree.len() > report.plans[0].nodes.len(), "{table}");
                for line in &tree {
                    assert!(line.chars().count() <= width, "{width}: {line}\n{table}");
                }
                assert!(lines == Lines::Unicode || tree.iter().all(|line| line.is_ascii()), "{table}");
            }
        }
    }
}

#[test]
fn figures_of_the_report_are_those_of_the_plan() {
    let report = report(SORT);
    let plan = &report.plans[0];
    assert!(plan.query.as_deref().is_some_and(|q| q.starts_with("SELECT session_id")), "{:?}", plan.query);
    assert_eq!(plan.execution_ms, Some(644.333));
    assert!(plan.options.analyze && plan.options.buffers && plan.options.io_timing && !plan.options.verbose);
    assert_eq!(plan.rerun, None);
    let aggregate = &plan.nodes[2];
    assert_eq!((aggregate.number, aggregate.parent, aggregate.title.as_str()), (3, Some(2), "HashAggregate"));
    assert_eq!(aggregate.estimate_direction.as_deref(), Some("under"));
    let scan = &plan.nodes[3];
    assert_eq!(scan.own_usage.buffers.map(|b| b.shared_hit_blocks), Some(3030.0));
    // An aggregate's blocks of its own are the temporary ones.
    assert_eq!(aggregate.own_usage.buffers.map(|b| (b.shared_hit_blocks, b.temp_written_blocks)), Some((0.0, 1255.0)));
    let own: f64 = plan.nodes.iter().filter_map(|n| n.self_ms).sum();
    assert!((own - plan.root_ms.unwrap()).abs() <= plan.tolerance_ms.max(0.01), "{own} of {:?}", plan.root_ms);
}

#[test]
fn a_finding_stands_at_its_node_with_its_number() {
    let text = "Sort  (cost=9..10 rows=200000 width=65) (actual time=48.000..64.000 rows=200000 loops=1)\n  Sort Key: created_at\n  \
                Sort Method: external merge  Disk: 14688kB\n  ->  Seq Scan on events  (cost=0.00..4.00 rows=200000 width=65) \
                (actual time=0.006..12.930 rows=200000 loops=1)\nExecution Time: 71.025 ms\n";
    let report = report(text);
    let found = report.findings.iter().position(|f| f.rule == "plan/disk_sort").expect("the sort went to disk");
    assert_eq!(report.plans[0].nodes[0].findings, [report.findings[found].id.clone()]);
    let table = drawn(&report, 100, WHOLE);
    assert!(table.contains(&format!("►{} 1  Sort", found + 1)), "{table}");
    assert!(table.contains("external merge on disk 14,688 kB"), "{table}");
    assert!(table.contains("51.1 ms, 72 %"), "{table}");
}

#[test]
fn the_trigger_that_took_all_the_time_is_said_first() {
    let table = drawn(&report(DELETE), 100, WHOLE);
    let most = table.lines().find(|line| line.starts_with("most")).expect("a line");
    assert!(most.contains("in the trigger for constraint orders_shipping_address_id_fkey"), "{most}");
}

#[test]
fn a_plan_that_was_not_executed_says_what_to_run() {
    let table = drawn(&report("Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)\n"), 100, WHOLE);
    assert!(table.contains("all figures are the planner's estimates"), "{table}");
    assert!(table.contains("<the query>;"), "{table}");
    assert!(table.contains("rows est."), "{table}");
    let writes = report(
        "Update on t  (cost=0.00..35.50 rows=0 width=0)\n  ->  Seq Scan on t  (cost=0.00..35.50 rows=2550 width=4)\n",
    );
    assert!(
        writes.plans[0].rerun.as_deref().is_some_and(|line| line.starts_with("BEGIN; ") && line.ends_with("ROLLBACK;"))
    );
    assert!(drawn(&report("Seq Scan on t\n  Filter: (a = 1)\n"), 100, WHOLE).contains("has no costs either"));
}

/// `depth` nodes, each below the one before.
fn chain(depth: usize) -> String {
    let mut text = String::new();
    for level in 0..depth {
        let indent = if level == 0 { String::new() } else { format!("{:width$}->  ", "", width = 6 * level - 4) };
        let ms = depth - level;
        let node = if level + 1 < depth { format!("Subquery Scan on q{level}") } else { "Seq Scan on t".into() };
        text.push_str(&format!(
            "{indent}{node}  (cost=0.00..{ms}.00 rows=1 width=4) (actual time=0.001..{ms}.000 rows=1 loops=1)\n"
        ));
    }
    text
}

#[test]
fn deep_trees_stay_readable() {
    for depth in [12, 40, 400] {
        let report = report(&chain(depth));
        assert_eq!(report.plans[0].nodes.len(), depth);
        let table = drawn(&report, 80, WHOLE);
        let tree = tree(&table);
        assert!(tree.iter().all(|line| line.chars().count() <= 80), "{table}");
        assert!(tree.iter().filter(|line| line.contains("Subquery Scan on q")).count() == depth - 1, "{table}");
    }
}

#[test]
fn what_is_folded_is_counted() {
    let mut text =
        String::from("Append  (cost=0.00..100.00 rows=900 width=4) (actual time=0.1..500.000 rows=900 loops=1)\n");
    for part in 0..900 {
        let ms = if part == 450 { 400.0 } else { 0.04 };
        text.push_str(&format!(
            "  ->  Seq Scan on p_{part}  (cost=0.00..1.00 rows=1 width=4) (actual time=0.001..{ms:.3} rows=1 loops=1)\n"
        ));
    }
    let report = report(&text);
    let table = drawn(&report, 100, Drawing { fold: Fold::Small, ..WHOLE });
    assert!(table.contains("… 450 nodes, 18 ms together (--all shows them)"), "{table}");
    assert!(table.contains("… 449 nodes, 18 ms together (--all shows them)"), "{table}");
    assert!(table.contains("Seq Scan on p_450"), "{table}");
    assert!(!drawn(&report, 100, WHOLE).contains("--all shows"));
}

#[test]
fn hostile_text_reaches_no_terminal() {
    const EVIL: &str = "\u{1b}]0;owned\u{7}\u{202e}\u{9b}2J";
    let text = format!(
        "Seq Scan on \"{EVIL}\"  (cost=0.00..35.50 rows=2550 width=4) (actual time=0.1..40.000 rows=1 loops=1)\n  Filter: (a = \
         '{EVIL}'::text)\n  {EVIL}: {EVIL}\nSettings: search_path = '{EVIL}'\nTrigger {EVIL}: time=30.000 calls=1\nExecution Time: 80.000 ms\n"
    );
    for drawing in [WHOLE, Drawing { fold: Fold::Small, ..WHOLE }] {
        let table = drawn(&report(&text), 100, drawing);
        let bad = table.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(bad, None, "{table}");
    }
}

#[test]
fn a_redacted_plan_shows_no_literal() {
    let text = "EXPLAIN ANALYZE SELECT * FROM orders WHERE note = 'S3CRETquery' AND card = 4111222233334444;\n\
                Foreign Scan on orders  (cost=0.00..35.50 rows=2550 width=4) (actual time=0.1..400.000 rows=1 loops=1)\n  \
                Output: 'S3CREToutput'::text\n  Filter: ((note = 'S3CRETfilter'::text) AND (card = '4111222233334444'::bigint))\n  \
                Rows Removed by Filter: 119999\n  Remote SQL: SELECT a FROM t WHERE b = 'S3CRETremote'\n  Node: host=198.51.100.77 port=5432\n\
                Execution Time: 400.000 ms\n";
    let mut examined = examined(text);
    assert!(json::render(&examined.report).contains("S3CRETremote"), "the fixture holds what it hides");
    redact::report(&mut examined.report, &examined.secrets);
    let view = View { width: 100, top: 10, palette: Palette::plain() };
    for shown in
        [json::render(&examined.report), drawn(&examined.report, 100, WHOLE), table::render(&examined.report, &view)]
    {
        for secret in ["S3CRET", "4111222233334444", "198.51.100.77"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    assert!(drawn(&examined.report, 100, WHOLE).contains("Filter: ((note = ?::text)"));
}

#[test]
fn plans_of_one_shape_are_told_apart() {
    let report = report(&format!("{ORDERS}\n{ORDERS}"));
    let ids: Vec<&str> = report.plans.iter().map(|p| p.id.as_str()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn two_plans_stand_side_by_side() {
    const INDEXED: &str = include_str!("../../../fixtures/plans/examples/disputed-orders-indexed.txt");
    let report = asked(&format!("{ORDERS}\n{INDEXED}"), Asked::Comparison).report;
    let comparison = report.comparison.as_ref().expect("two plans");
    assert_eq!(
        (comparison.verdict.as_str(), comparison.basis.as_str(), comparison.same_shape),
        ("faster", "ms", false)
    );
    let numbers = |of: fn(&crate::report::model::PlanPair) -> Option<u64>| {
        let mut numbers: Vec<u64> = comparison.nodes.iter().filter_map(of).collect();
        numbers.sort_unstable();
        numbers
    };
    // Each node of both plans stands there once.
    assert_eq!(numbers(|pair| pair.old), [1, 2, 3, 4, 5]);
    assert_eq!(numbers(|pair| pair.new), [1, 2, 3, 4]);
    for width in [60, 80, 100, 140] {
        for lines in [Lines::Unicode, Lines::Ascii] {
            let table = drawn(&report, width, Drawing { lines, fold: Fold::Small });
            let shown: Vec<&str> = table
                .lines()
                .skip_while(|line| !line.contains("  old new"))
                .take_while(|line| !line.is_empty())
                .collect();
            assert!(shown.len() > comparison.nodes.len(), "{table}");
            assert!(shown.iter().all(|line| line.chars().count() <= width), "{width}\n{table}");
            assert!(lines == Lines::Unicode || !table.contains('→'), "{table}");
            assert!(shown.iter().any(|line| line.starts_with("-   2")), "the sort is gone:\n{table}");
        }
    }
}
