use super::super::tests::documents;
use super::super::{All, pieces, rows};
use super::*;
use crate::plan::model::Plan;
use crate::plan::text;

const PLAN: &str = "\
Nested Loop  (cost=0.00..140.75 rows=1 width=2) (actual time=0.543..0.543 rows=0 loops=1)
  Join Filter: (o.customer = c.id)
  ->  Seq Scan on orders o  (cost=0.00..137.50 rows=1 width=4) (actual time=0.542..0.542 rows=0 loops=1)
        Filter: (note = ')'::text)
        Rows Removed by Filter: 5000
  ->  Seq Scan on customers c  (cost=0.00..2.00 rows=100 width=6) (never executed)
Planning Time: 0.480 ms
Execution Time: 0.608 ms
";

fn format(input: &str) -> Option<Format> {
    lines(input, 1).map(|(format, _)| format)
}

#[test]
fn lines_are_cut_where_nothing_quoted_goes_over_their_end() {
    let Some((_, Lines::Cut(7, cuts))) = lines(PLAN, 7) else { panic!("a plan as the server wrote it") };
    let cut: Vec<(usize, &str)> =
        cuts.iter().map(|cut| (cut.column as usize, &PLAN[cut.start as usize..cut.end as usize])).collect();
    let expected: Vec<(usize, &str)> =
        PLAN.lines().map(|line| (line.len() - line.trim_start().len(), line.trim_start())).collect();
    assert_eq!(cut, expected);
    // Both kinds are even, and still the name that the last one opens goes on.
    let odd = "Result\n  Filter: (a = 'b\" 'c\")\n";
    assert!(matches!(lines(odd, 1), Some((Format::Text, Lines::From(1)))));
    assert_eq!(format("Append\n  ->  Recursive Union\n        ->  Result\n"), Some(Format::Text));
    assert_eq!(format("Append\n  ->  Seq Scan on\n"), None);
}

#[test]
fn what_the_server_wrote_is_clean() {
    assert_eq!(format(PLAN), Some(Format::Text));
    assert_eq!(format("[\n  {\n    \"Plan\": {\n    }\n  }\n]\n"), Some(Format::Json));
    assert_eq!(format("{\n  \"Query Text\": \"x\",\n  \"Plan\": {\n  }\n}"), Some(Format::Json));
    assert_eq!(format("[{\"Plan\": {}}]"), Some(Format::Json));
}

#[test]
fn clean_plans_stand_by_themselves_among_others() {
    let json = "[\n  {\n    \"Plan\": {\n    }\n  }\n]\n";
    let input = format!("{PLAN}\n{PLAN}\n\n\n{json}\nSELECT 1\n\n{PLAN}\n{PLAN}\n(8 rows)\n");
    let parts: Vec<Part> = parts(&input).collect();
    let lines: Vec<(u32, Option<u32>)> = parts
        .iter()
        .map(|part| match part {
            Part::Clean { line, .. } => (*line, None),
            Part::Mixed(mixed) => (mixed.line, mixed.last),
        })
        .collect();
    assert_eq!(lines, [(1, None), (10, None), (21, None), (28, Some(30)), (39, None)]);
    for part in &parts {
        let (Part::Clean { line, text, .. } | Part::Mixed(Mixed { line, text, .. })) = part;
        assert_eq!(input.lines().nth(*line as usize - 1), text.lines().next());
    }
}

#[test]
fn plans_without_costs_and_with_sub_plans_are_clean() {
    let plan = "Seq Scan on a\n  Filter: (SubPlan 1)\n  SubPlan 1\n    ->  Limit\n          ->  Seq Scan on b\n";
    assert_eq!(format(plan), Some(Format::Text));
    let update = "Update on p  (cost=0.00..9.00 rows=1 width=9)\n  Update on p1 p_1\n  ->  Append  (cost=1.00..2.00 rows=1 width=4)\n";
    assert_eq!(format(update), Some(Format::Text));
}

#[test]
fn anything_else_is_not() {
    for input in [
        PLAN.replace("rows=0 loops", "rows=0\nloops"),
        PLAN.replace("  Join", "\tJoin"),
        PLAN.replace('\n', "\r\n"),
        PLAN.replace("..", "…"),
        PLAN.replace("')'", "'a\n  B'"),
        format!("{PLAN}(8 rows)\n"),
        format!("{PLAN}{PLAN}"),
        format!(" {PLAN}"),
        format!("QUERY PLAN|{PLAN}"),
        "[\n  {\n    \"Plan\": {\n    }\n  }\n]\n[\n  {\n    \"Plan\": {\n    }\n  }\n]\n".into(),
        "[       +\n  {     +\n    \"Plan\": {}+\n  }\n]".into(),
        "{\"query_block\": {}}".into(),
        "Result".into(),
        "Result\n".into(),
        "Seq Scan on\n  Filter: (a)".into(),
        "Seq Scan on a\n  ->  Index Scan using\n  b on c".into(),
        String::new(),
    ] {
        assert_eq!(format(&input), None, "{input}");
    }
}

const OTHERS: [&str; 4] = [
    "\
Limit
  InitPlan 1 (returns $0)
    ->  Aggregate
          ->  Index Only Scan using orders_pkey on orders
                Index Cond: (id < 10)
  ->  Seq Scan on orders o
        Filter: ((id > $0) AND (SubPlan 2))
        SubPlan 2
          ->  CTE Scan on recent
Settings: work_mem = '1MB', jit = 'off'
",
    "\
Update on parts  (cost=0.00..27.00 rows=0 width=0) (actual rows=0 loops=1)
  Update on parts_north parts_1
  Update on parts_south parts_2
  ->  Append  (cost=0.00..27.00 rows=2 width=10) (actual rows=2 loops=1)
        ->  Seq Scan on parts_north parts_1  (cost=0.00..13.50 rows=1 width=10) (actual rows=1 loops=1)
              Filter: (k = 'a b'::text)
        ->  Seq Scan on parts_south parts_2  (cost=0.00..13.50 rows=1 width=10) (never executed)
Planning:
  Buffers: shared hit=12
Planning Time: 0.100 ms
Trigger parts_log on parts: time=0.100 calls=2
Execution Time: 0.608 ms
",
    "Result\n  One-Time Filter: false\n",
    "[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Result\"\n    }\n  }\n]\n",
];

/// Without this module.
fn slowly(input: &str) -> Vec<Plan> {
    let rows = rows(input, 1);
    let mut plans = Vec::new();
    let mut all = All { sink: |document| plans.extend(text::parse(&document)), found: false, warnings: Vec::new() };
    all.take(pieces(&rows, 0), &rows);
    plans
}

fn quickly(input: &str) -> Vec<Plan> {
    documents(input).0.iter().filter_map(text::parse).collect()
}

/// Cut, broken and joined anywhere, lines lost, doubled, exchanged, moved.
fn damaged(plan: &str) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().collect();
    let whole = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let mut all = Vec::new();
    for at in 1..plan.len() {
        all.push(plan[..at].to_owned());
        all.push(format!("{}\n{}", &plan[..at], &plan[at..]));
        all.push(format!("{}\n\n{}", &plan[..at], &plan[at..]));
        all.push(format!("{}{}", &plan[..at], &plan[at + 1..]));
    }
    for at in 0..lines.len() {
        let mut other = lines.clone();
        other.remove(at);
        all.push(whole(&other));
        other.insert(at, lines[at]);
        other.insert(at, lines[at]);
        all.push(whole(&other));
        for blanks in [1, 2, 6] {
            let further = format!("{:blanks$}{}", "", lines[at]);
            let left = lines[at].strip_prefix(&" ".repeat(blanks)).unwrap_or(lines[at]);
            for moved in [further.as_str(), left] {
                let mut other = lines.clone();
                other[at] = moved;
                all.push(whole(&other));
            }
        }
        let mut other = lines.clone();
        other.swap(at, (at + 1) % lines.len());
        all.push(whole(&other));
    }
    all
}

#[test]
fn the_quick_way_reads_what_the_slow_way_reads() {
    let mut quick = 0;
    let mut unlike = Vec::new();
    for plan in OTHERS.iter().take(3).chain([&PLAN]) {
        for damaged in damaged(plan) {
            if format(&damaged) == Some(Format::Text) {
                quick += 1;
                unlike.extend((quickly(&damaged) != slowly(&damaged)).then_some(damaged));
            }
        }
    }
    assert!(quick > 1000, "{quick}");
    assert!(unlike.is_empty(), "{}, e.g.\n{}", unlike.len(), unlike[..unlike.len().min(8)].join("\n====\n"));
}

#[test]
fn among_others_too() {
    let mut unlike = Vec::new();
    // The open quote of damaged JSON would take the next plan in.
    for damaged in OTHERS.iter().take(3).chain([&PLAN]).flat_map(|plan| damaged(plan)).step_by(5) {
        for input in [
            format!("{damaged}\n{PLAN}"),
            format!("{PLAN}\n{damaged}\n{PLAN}\n{PLAN}"),
            format!("SELECT 1\n{damaged}\n{PLAN}\n{}", OTHERS[0]),
        ] {
            unlike.extend((quickly(&input) != slowly(&input)).then_some(input));
        }
    }
    assert!(unlike.is_empty(), "{}, e.g.\n{}", unlike.len(), unlike[..unlike.len().min(8)].join("\n====\n"));
}

#[test]
fn records_between_blank_lines_are_one_plan() {
    let input = PLAN.lines().map(|line| format!("QUERY PLAN|{line}\n")).collect::<Vec<_>>().join("\n");
    assert_eq!(quickly(&input).len(), 1);
    assert_eq!(quickly(&input), slowly(&input));
}

#[test]
fn an_input_without_words_is_no_plan_and_takes_no_time() {
    use crate::plan::model::Kind;
    assert!(Kind::NAMES.iter().all(|name| has_words(name)));
    for line in ["x\n", "'\n", "\"[\n", "|\n", "[\n", "abc (1) {\n"] {
        let (many, few) = (line.repeat(1_000_000), line.repeat(100));
        let (plans, warnings) = documents(&many);
        assert_eq!((plans.len(), warnings.len()), (0, 1));
        assert_eq!(warnings, documents(&few).1);
    }
}
