use super::{document, messages, parse};

/// 16.14
const PLAN: &str = "Merge Join  (cost=323.60..489.95 rows=4000 width=35) (actual time=0.673..1.715 rows=3000 loops=1)
  Merge Cond: (a.id = p.id)
  Buffers: shared hit=54
  ->  Index Scan using a_pkey on a  (cost=0.29..659.29 rows=20000 width=22) (actual time=0.003..0.298 rows=3001 loops=1)
        Buffers: shared hit=30
  ->  Sort  (cost=323.32..333.32 rows=4000 width=13) (actual time=0.667..0.801 rows=3000 loops=1)
        Sort Key: p.id
        Sort Method: quicksort  Memory: 214kB
        Buffers: shared hit=24
        ->  Append  (cost=0.00..84.00 rows=4000 width=13) (actual time=0.003..0.372 rows=3000 loops=1)
              Buffers: shared hit=24
              ->  Seq Scan on p1 p_1  (cost=0.00..24.00 rows=1500 width=13) (actual time=0.003..0.063 rows=1000 loops=1)
                    Filter: (v <> 'x'::text)
                    Buffers: shared hit=9
              ->  Seq Scan on p2 p_2  (cost=0.00..24.00 rows=1500 width=13) (actual time=0.002..0.064 rows=1000 loops=1)
                    Filter: (v <> 'x'::text)
                    Buffers: shared hit=9
              ->  Seq Scan on p3 p_3  (cost=0.00..16.00 rows=1000 width=13) (actual time=0.004..0.065 rows=1000 loops=1)
                    Filter: (v <> 'x'::text)
                    Buffers: shared hit=6
Planning:
  Buffers: shared hit=3
Planning Time: 0.084 ms
Execution Time: 1.806 ms
";

fn is_node(line: &str) -> bool {
    line.contains("(cost=")
}

#[test]
fn a_node_that_is_missing_or_twice_is_noticed() {
    assert_eq!(messages(PLAN), []);
    let lines: Vec<&str> = PLAN.lines().collect();
    for at in (0..lines.len()).filter(|&at| is_node(lines[at])) {
        let mut without = lines.clone();
        without.remove(at);
        assert_ne!(messages(&without.join("\n")), [], "without line {}", at + 1);
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert_ne!(messages(&twice.join("\n")), [], "line {} twice", at + 1);
    }
}

#[test]
fn a_line_that_moved_or_was_cut_is_noticed() {
    let lines: Vec<&str> = PLAN.lines().collect();
    for at in 1..lines.len() - 4 {
        for by in [1, 3, 6] {
            let moved = format!("{}{}", " ".repeat(by), lines[at]);
            let mut all = lines.clone();
            all[at] = &moved;
            assert_ne!(messages(&all.join("\n")), [], "line {} by {by}", at + 1);
        }
        for length in (lines[at].len() / 2)..lines[at].len() {
            // What is still a whole word may be what the server wrote.
            if is_node(lines[at]) || lines[at].contains("Cond") || lines[at].contains("Filter") {
                let mut all = lines.clone();
                all[at] = &lines[at][..length];
                assert_ne!(messages(&all.join("\n")), [], "{}", all[at]);
            }
        }
    }
}

#[test]
fn the_rest_is_missing() {
    let lines: Vec<&str> = PLAN.lines().collect();
    for end in 1..lines.len() {
        let found = messages(&lines[..end].join("\n"));
        // Whether the three partitions are all shows by the rows; a plan without its last lines is one without SUMMARY.
        assert_eq!(found.is_empty(), (18..=22).contains(&end), "{end} lines: {found:?}");
    }
    for start in 1..lines.len() - 4 {
        if let Some(plan) = super::super::parse(&document(&lines[start..].join("\n"))) {
            assert_ne!(plan.warnings, [], "from line {}", start + 1);
        }
    }
}

#[test]
fn the_client_counted_other_lines() {
    let mut counted = document(PLAN);
    counted.rows = Some(24);
    assert_eq!(super::super::parse(&counted).expect("has nodes").warnings, []);
    counted.rows = Some(25);
    let warnings = super::super::parse(&counted).expect("has nodes").warnings;
    assert_eq!(warnings[0].message, "the client printed 25 lines, here are 24");
}

#[test]
fn a_literal_that_is_cut_does_not_swallow_what_follows() {
    let cut = PLAN.replacen("'x'::text)", "'x", 1);
    let plan = parse(&cut);
    assert_eq!(plan.nodes.len(), 7);
    assert_eq!(plan.warnings[0].line, 13);
    let twice = PLAN.replace("'x'::text)", "'x");
    assert_eq!(parse(&twice).nodes.len(), 7);
}

#[test]
fn a_second_plan_is_named() {
    let two = format!("{PLAN}{PLAN}");
    let plan = parse(&two);
    assert_eq!(plan.nodes.len(), 7);
    assert_eq!((plan.warnings[0].line, &*plan.warnings[0].message), (25, "a second plan begins: it was not read"));
}

#[test]
fn a_part_of_a_plan_is_read_as_such() {
    let lines: Vec<&str> = PLAN.lines().collect();
    let part = parse(&lines[5..].join("\n"));
    assert_eq!((part.nodes.len(), part.nodes[0].title()), (5, "Sort".to_owned()));
    assert!(part.warnings[0].message.starts_with("the plan's first lines are missing"));
    let siblings = parse(&lines[3..].join("\n"));
    assert_eq!((siblings.nodes.len(), siblings.nodes[0].children.len()), (7, 2));
}

#[test]
fn the_first_node_below_the_root_is_missing() {
    let found = messages(
        "Limit (actual rows=10 loops=1)\n        ->  Sort (actual rows=10 loops=1)\n              Sort Key: a\n              ->  Seq Scan on a (actual rows=20 loops=1)",
    );
    assert_ne!(found, []);
    assert_ne!(messages("Insert on t\n  ->  Result\n  ->  Result"), []);
    for cut in ["Index S", "Parallel Has", "Index Scan using a_pk", "Seq Scan on", "Seq Scan", "Hash Right An"] {
        assert_ne!(messages(&format!("Append\n  ->  {cut}")), [], "{cut}");
    }
}
