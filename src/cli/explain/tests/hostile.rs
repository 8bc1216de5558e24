//! Arbitrary text and damaged plans from the input to the table: no panic, not even one that a rule's guard would catch.

use proptest::prelude::*;

use super::*;

const WHOLE_PLANS: [&str; 6] = [
    SORT,
    REPORT,
    ORDERS,
    DELETE,
    include_str!("../../../../fixtures/plans/examples/disputed-orders-indexed.txt"),
    include_str!("../../../../fixtures/plans/unverified/citus.txt"),
];

const LINES: [&str; 44] = [
    "Nested Loop  (cost=0.00..1e300 rows=1 width=4) (actual time=0.001..1e300 rows=1e300 loops=1e300)",
    "->  Seq Scan on a  (cost=0.00..35.50 rows=2550 width=4) (actual time=0.010..900.000 rows=1 loops=100)",
    "->  Index Scan using a_b_idx on public.a x  (cost=0.29..8.31 rows=1 width=4) (actual time=1..2 rows=0.50 loops=200000)",
    "->  Hash  (cost=1..2 rows=0 width=0) (actual time=0.000..0.000 rows=0 loops=0)",
    "->  Sort  (cost=9..10 rows=200000 width=65) (actual time=48.000..64.000 rows=200000 loops=1)",
    "->  Gather  (cost=NaN..inf rows=-1 width=4) (actual time=9..1 rows=3 loops=1)",
    "->  Memoize  (cost=1..2 rows=1 width=4) (actual time=1..500 rows=1 loops=900)",
    "->  Bitmap Heap Scan on a  (never executed)",
    "->  Aggregate  (cost=1..2 rows=1 width=4) (actual time=1..500 rows=1 loops=1)",
    "->  Merge Join  (cost=1..2 rows=1 width=4) (actual time=1..500 rows=1 loops=1)",
    "->  Limit  (cost=1..2 rows=1 width=4) (actual time=1..500 rows=1 loops=1)",
    "->  CTE Scan on recent  (cost=1..2 rows=1 width=4) (actual time=1..500 rows=1 loops=1)",
    "->  Function Scan on generate_series  (cost=1..2 rows=1000 width=4) (actual time=1..500 rows=900000 loops=1)",
    "->  Foreign Scan on remote.a  (cost=1..2 rows=1000 width=4) (actual time=1..500 rows=900000 loops=1)",
    "->  Append  (cost=1..2 rows=1000 width=4) (actual time=1..500 rows=900000 loops=1)",
    "->  ModifyTable",
    "Update on a  (cost=1..2 rows=0 width=0) (actual time=1..500 rows=0 loops=1)",
    "CTE recent",
    "InitPlan 1 (returns $0)",
    "SubPlan 1",
    "Filter: ((a = 'x'::text) AND (NOT (hashed SubPlan 1)) OR (b ~~ '%é%'::text))",
    "Filter: ((lower(a.name) = ANY ('{a,b}'::text[])) AND (x > $0) AND ((data ->> 'k'::text) = 'v'::text))",
    "Join Filter: ((a.id = b.id) OR (a.x < b.y))",
    "Hash Cond: (a.id = b.a_id)",
    "Index Cond: ((id >= 1) AND (id <= 9223372036854775807))",
    "Rows Removed by Filter: 99999999999999999999",
    "Rows Removed by Join Filter: 900000",
    "Rows Removed by Index Recheck: 900000",
    "Heap Fetches: 900000",
    "Heap Blocks: exact=1 lossy=90000",
    "Sort Key: a.x DESC, (lower(é))",
    "Sort Method: external merge  Disk: 14688kB",
    "Buckets: 1024 (originally 1024)  Batches: 4096 (originally 1)  Memory Usage: 4097kB",
    "Buffers: shared hit=1 read=900000 dirtied=1 written=90000, temp read=90000 written=90000",
    "WAL: records=900000 fpi=90000 bytes=99999999999",
    "I/O Timings: shared read=900.000 write=9.000",
    "Hits: 1  Misses: 900000  Evictions: 800000  Overflows: 3  Memory Usage: 8kB",
    "Workers Planned: 4",
    "Workers Launched: 0",
    "Worker 0:  actual time=0.1..400.0 rows=99999 loops=1",
    "JIT:\n  Functions: 90\n  Options: Inlining true, Optimization true, Expressions true, Deforming true\n  Timing: Generation 1 ms, Inlining 2 ms, Optimization 400 ms, Emission 300 ms, Total 703 ms",
    "Settings: random_page_cost = '9', enable_seqscan = 'off', work_mem = 'x'",
    "Trigger for constraint a_b_fkey: time=9000.000 calls=12",
    "Planning Time: 900.000 ms\nExecution Time: 1.000 ms",
];

/// Everything that the command does with the text.
fn passes(text: &str) -> Result<(), TestCaseError> {
    for asked_for in [Asked::Each, Asked::Comparison] {
        let mut examined = asked(text, asked_for);
        let failed = examined.report.problems.iter().find(|problem| problem.message.contains("failed inside"));
        prop_assert_eq!(failed, None);
        for (width, lines, fold) in [(40, Lines::Ascii, Fold::Small), (100, Lines::Unicode, Fold::Nothing)] {
            let table = drawn(&examined.report, width, Drawing { lines, fold });
            let escaped = !table.contains('\u{1b}');
            prop_assert!(escaped, "an escape sequence reaches the terminal");
        }
        redact::report(&mut examined.report, &examined.secrets);
        let read: Result<serde_json::Value, _> = serde_json::from_str(&json::render(&examined.report));
        prop_assert!(read.is_ok());
    }
    Ok(())
}

fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at % (text.len() + 1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn any_lines(lines in prop::collection::vec((0usize..7, prop::sample::select(LINES.to_vec())), 0..24), query in any::<bool>()) {
        let above = if query { "EXPLAIN ANALYZE SELECT DISTINCT a.* FROM a JOIN b USING (id) WHERE lower(x) = 'S' ORDER BY 1 OFFSET 9000;\n" } else { "" };
        let mut text = String::from(above);
        for (at, (level, line)) in lines.iter().enumerate() {
            let line = if at == 0 { line.trim_start_matches("->  ") } else { line };
            text.push_str(&format!("{:width$}{line}\n", "", width = if at == 0 { 0 } else { level * 6 + 2 }));
        }
        passes(&text)?;
    }

    #[test]
    fn damaged_plans(plan in prop::sample::select(WHOLE_PLANS.to_vec()), cuts in [any::<u16>(); 3].prop_map(|c| c.map(usize::from)), noise in "[\\[\\]{}\"',:\n<>|()0-9. é-]{0,4}") {
        let mut cuts = cuts.map(|at| boundary(plan, at));
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        passes(&format!("{}{noise}{}", &plan[..a], &plan[b..]))?;
        passes(&format!("{}{}{noise}{}{}", &plan[..a], &plan[b..c], &plan[a..b], &plan[c..]))?;
    }

    #[test]
    fn numbers_of_all_sizes(plan in prop::sample::select(WHOLE_PLANS.to_vec()), at in any::<u16>(), number in prop::sample::select(vec!["0", "-1", "1e308", "99999999999999999999", "NaN", "0.0000001", "inf", ""])) {
        // One run of digits is another number.
        let at = boundary(plan, at.into());
        let start = at + plan[at..].find(|c: char| c.is_ascii_digit()).unwrap_or(plan.len() - at);
        let end = start + plan[start..].find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(plan.len() - start);
        passes(&format!("{}{number}{}", &plan[..start], &plan[end..]))?;
    }

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        passes(&text)?;
        passes(&format!("Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)\n  Filter: {text}\n"))?;
    }
}

/// All rules run on each input; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}
