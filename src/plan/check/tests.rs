use std::borrow::Cow;

use super::super::document::{Document, Lines};
use super::super::model::Format;
use super::super::text;

fn warnings(text: &str) -> Vec<(u32, String)> {
    let document = Document {
        format: Format::Text,
        text: Cow::Borrowed(text),
        lines: Lines::From(1),
        query: None,
        rows: None,
        warnings: Vec::new(),
    };
    let plan = text::parse(&document).expect("has nodes");
    plan.warnings.into_iter().map(|warning| (warning.line, warning.message.into_owned())).collect()
}

/// Captured from 15.18, with one node edited in each case.
const APPEND: &str = "Append  (cost=0.00..46.50 rows=2000 width=11) (actual time=0.005..0.325 rows=2000 loops=1)
  ->  Seq Scan on p1 p_1  (cost=0.00..18.25 rows=1000 width=11) (actual time=0.005..0.123 rows=1000 loops=1)
        Filter: (k < 20)
  ->  Seq Scan on p2 p_2  (cost=0.00..18.25 rows=1000 width=11) (actual time=0.003..0.118 rows=1000 loops=1)
        Filter: (k < 20)";

#[test]
fn figures_that_contradict_each_other() {
    let cases = [
        ("", "", None),
        ("0.325 rows=2000", "0.325 rows=1000", Some("Append gave 1000 rows, but what is below it 2000")),
        ("rows=2000 loops", "rows=3000 loops", Some("Append gave 3000 rows, but what is below it only 2000")),
        ("actual time=0.005..0.325", "actual time=0.505..0.325", Some("the actual figures of Append are impossible")),
        ("cost=0.00..46.50", "cost=90.00..46.50", Some("the estimate of Append is impossible")),
        ("0.003..0.118", "0.003..118.0", Some("Seq Scan took longer than Append above it")),
    ];
    for (from, to, expected) in cases {
        let found = warnings(&APPEND.replacen(from, to, 1));
        assert_eq!(found.first().map(|(_, message)| message.as_str()), expected, "{from} -> {to}");
    }
    let childless = "Append (actual rows=5 loops=1)\n  Subplans Removed: 2";
    assert_eq!(warnings(childless)[0].1, "Append gave 5 rows, but what is below it only 0");
    let never = APPEND.replacen("actual time=0.005..0.325 rows=2000 loops=1", "never executed", 1);
    assert_eq!(warnings(&never)[0].1, "Append was never executed, but a plan below it was");
}

#[test]
fn a_number_of_plans_that_no_planner_gives() {
    let cases = [
        ("Hash Join\n  ->  Seq Scan on a", Some("Hash Join has 1 of 2 plans below it")),
        ("Limit\n  Filter: (a = 1)", Some("Limit has 0 of 1 plans below it")),
        ("Seq Scan on a\n  ->  Seq Scan on b", Some("Seq Scan cannot have 1 plans below it")),
        ("Seq Scan on a\n  InitPlan 1\n    ->  Seq Scan on b", None),
        ("Append\n  Subplans Removed: 2", None),
    ];
    for (text, expected) in cases {
        assert_eq!(warnings(text).first().map(|(_, message)| message.as_str()), expected, "{text}");
    }
}
