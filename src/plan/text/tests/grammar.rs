use super::super::grammar::{LineKind, classify, row_count};

#[test]
fn what_a_line_is_the_beginning_of() {
    let cases = [
        (LineKind::Node, "Seq Scan on t"),
        (LineKind::Node, "  ->  Hash Join"),
        (LineKind::Node, "        ->  Parallel Hash Right Anti Join  (cost=0.00..1.00 rows=1 width=4)"),
        (LineKind::Node, "Hash Join (actual rows=1 loops=1)"),
        (LineKind::Node, "Result"),
        (LineKind::Node, "  ->  Index Scan Backward using a on \"b c\" d (never executed)"),
        (LineKind::Node, "Finalize GroupAggregate  (cost=0.00..1.00 rows=1 width=4)"),
        (LineKind::Node, "HashSetOp Except All"),
        (LineKind::Node, "Insert on t"),
        (LineKind::Node, "Async Foreign Scan on public.ft a"),
        (LineKind::Node, "->  Custom Scan (Citus Adaptive)"),
        (LineKind::Node, "  ->  Task"),
        (LineKind::Node, "Gather Motion 3:1  (slice1; segments: 3)  (cost=0.00..431.00 rows=1 width=4)"),
        (LineKind::Node, "XN Hash Join DS_BCAST_INNER  (cost=0.00..1.00 rows=1 width=4)"),
        (LineKind::Property, "  Filter: (a = 1)"),
        (LineKind::Property, "Sort Key: a"),
        (LineKind::Property, "  Hash Cond: (a.x = b.x)"),
        (LineKind::Property, "  I/O Timings: shared read=1.000"),
        (LineKind::Property, "  Vectorized Filter: (a > 1)"),
        (LineKind::Property, "  Sampling: bernoulli ('10'::real)"),
        (LineKind::Header, "  InitPlan 1 (returns $0)"),
        (LineKind::Header, "  SubPlan any_1"),
        (LineKind::Header, "  CTE my cte"),
        (LineKind::Header, "  Worker 0:  actual time=0.1..0.2 rows=1 loops=1"),
        (LineKind::Header, "Planning:"),
        (LineKind::Header, "Planning Time: 0.100 ms"),
        (LineKind::Header, "Trigger for constraint c: time=0.100 calls=1"),
        (LineKind::Header, "JIT:"),
        (LineKind::Footer, "(12 rows)"),
        (LineKind::Footer, "(1 ligne)"),
        (LineKind::Footer, "(12 строк)"),
        (LineKind::Footer, "(12개 행)"),
        (LineKind::Footer, "(12 行)"),
        (LineKind::Footer, "Time: 1.234 ms"),
        (LineKind::Other, "(a = 1)"),
        (LineKind::Other, "width=4) (actual time=0.1..0.2 rows=1 loops=1)"),
        (LineKind::Other, "-> 'key') = 'x'::jsonb)"),
        (LineKind::Other, "SELECT * FROM t"),
        (LineKind::Other, ""),
        (LineKind::Other, "loops=1)"),
    ];
    for (kind, line) in cases {
        assert_eq!(classify(line), kind, "{line}");
    }
    assert_eq!(row_count("(12개 행)"), Some(12));
}
