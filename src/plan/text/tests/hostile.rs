use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::document;
use crate::plan::model::Plan;

fn timed(text: &str) -> Option<Plan> {
    let start = Instant::now();
    let plan = super::super::parse(&document(text));
    // Debug builds on busy machines: a quadratic parser takes minutes.
    assert!(start.elapsed() < Duration::from_secs(60), "{:?} for {} bytes", start.elapsed(), text.len());
    plan
}

#[test]
fn deep_and_wide_trees_are_linear() {
    // Indentation alone is 6.7 MB of this.
    let mut deep = String::from("Result\n");
    for depth in 0..1_500 {
        deep.push_str(&format!("{}->  Result\n", " ".repeat(2 + depth * 6)));
    }
    let plan = timed(&deep).expect("has nodes");
    assert_eq!((plan.nodes.len(), plan.warnings.len()), (1_501, 0));
    assert_eq!(plan.nodes[1_500].parent, Some(1_499));
    let wide = format!("Append\n{}", "  ->  Seq Scan on t\n        Filter: (a = 1)\n".repeat(100_000));
    let plan = timed(&wide).expect("has nodes");
    assert_eq!((plan.nodes[0].children.len(), plan.warnings.len()), (100_000, 0));
}

#[test]
fn damaged_quotes_are_linear() {
    let open = format!("Append\n{}", "  Filter: (a = 'x\n".repeat(50_000));
    timed(&open);
    let long = format!("Result\n  Filter: ({}\nSettings: a = '{}", "'\"".repeat(500_000), "', ".repeat(500_000));
    timed(&long);
    let many = format!("Result\n{}", "  Filter: (a)\n".repeat(100_000));
    timed(&many);
    let workers: String = (0..20_000).map(|n| format!("  Worker {n}:  actual rows=1 loops=1\n")).collect();
    timed(&format!("Result\n{workers}"));
    let block = format!("Result\nBlock:\n{}", "  line\n".repeat(100_000));
    timed(&block);
}

const LINES: [&str; 24] = [
    "Hash Join  (cost=1.00..2.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=1)",
    "Append",
    "->  Seq Scan on \"a b\" c  (cost=1.00..2.00 rows=1 width=4)",
    "->  Index Scan using i on t (never executed)",
    "->  Task",
    "->  ",
    "Custom Scan (",
    "Filter: (a = 'b'::text)",
    "Filter: (a = 'b",
    "Sort Method: quicksort  Memory: 25kB",
    "Buckets: 1 (originally ",
    "Buffers: shared hit=1, =, temp",
    "InitPlan 1 (returns $0)",
    "CTE x",
    "SubPlan 99999999999999999999",
    "Worker 0:  actual time=",
    "Worker 4294967296:",
    "JIT:",
    "Planning:",
    "Settings: a = 'b', c = '",
    "Trigger for constraint x: time=1 calls=",
    "Query Text: select 1",
    "Execution Time: 1 ms",
    "(1 row)",
];

/// Nodes refer to each other as they must: children come after their parents, each has one.
fn check(text: &str) -> Result<(), TestCaseError> {
    super::super::grammar::classify(text);
    let Some(plan) = super::super::parse(&document(text)) else { return Ok(()) };
    for (id, node) in plan.nodes.iter().enumerate() {
        prop_assert_eq!(node.parent.is_none(), id == 0);
        for &child in &node.children {
            prop_assert!(child > id && plan.nodes[child].parent == Some(id));
        }
    }
    let listed: usize = plan.nodes.iter().map(|node| node.children.len()).sum();
    prop_assert_eq!(listed + 1, plan.nodes.len());
    prop_assert!(plan.warnings.len() < 32);
    Ok(())
}

proptest! {
    #[test]
    fn any_text(text in "\\PC*|(?s).{0,200}") {
        check(&text)?;
    }

    #[test]
    fn any_order_of_lines(lines in proptest::collection::vec((0usize..30, 0usize..LINES.len()), 0..30)) {
        let text: Vec<String> = lines.iter().map(|(column, line)| format!("{}{}", " ".repeat(*column), LINES[*line])).collect();
        check(&text.join("\n"))?;
    }

    #[test]
    fn plans_with_bytes_changed(at in 0usize..2000, with in any::<char>(), length in 0usize..40) {
        let plan: Vec<char> = super::workers::SORT.chars().collect();
        let at = at % plan.len();
        let end = (at + length).min(plan.len());
        let text: String = plan[..at].iter().chain([&with]).chain(&plan[end..]).collect();
        check(&text)?;
    }
}
