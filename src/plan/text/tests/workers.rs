use super::{clean, text_of};
use crate::plan::model::{Key, Value};

/// 15.18, with JIT and VERBOSE; a part of the plan.
pub(super) const SORT: &str = "Sort  (cost=758.17..758.19 rows=7 width=12) (actual time=8.337..8.339 rows=2 loops=3)
  Output: v, (PARTIAL count(*))
  Sort Key: b.v
  Sort Method: quicksort  Memory: 25kB
  Buffers: shared hit=397
  Worker 0:  actual time=0.022..0.022 rows=0 loops=1
    Sort Method: quicksort  Memory: 26kB
    JIT:
      Functions: 5
      Options: Inlining false, Optimization false, Expressions true, Deforming true
      Timing: Generation 0.254 ms, Inlining 0.000 ms, Optimization 0.000 ms, Emission 0.000 ms, Total 0.254 ms
    Buffers: shared hit=7
  Worker 1:  Sort Method: quicksort  Memory: 27kB
  ->  Partial HashAggregate  (cost=758.00..758.07 rows=7 width=12) (actual time=8.320..8.322 rows=2 loops=3)
        Output: v, PARTIAL count(*)
        Group Key: b.v
        Batches: 1  Memory Usage: 24kB
        Worker 0:  actual time=0.002..0.003 rows=0 loops=1
          Batches: 1  Memory Usage: 23kB
        ->  Parallel Seq Scan on public.b  (cost=0.00..633.00 rows=25000 width=4) (actual time=0.004..0.894 rows=20000 loops=3)
              Output: id, aid, v, t
              Worker 0:  actual time=0.001..0.001 rows=0 loops=1
";

#[test]
fn lines_of_workers() {
    let plan = clean(SORT);
    let sort = &plan.nodes[0];
    assert_eq!(sort.usage.buffers.shared.hit, 397.0);
    assert_eq!(sort.number(&Key::SortSpaceUsed), Some(25.0));
    assert_eq!(sort.workers.len(), 2);
    let first = &sort.workers[0];
    assert_eq!((first.number, first.actual.map(|actual| actual.total_ms)), (0, Some(Some(0.022))));
    assert_eq!(first.usage.buffers.shared.hit, 7.0);
    assert_eq!(first.properties[1].value, Value::Number(26.0));
    let jit = first.jit.clone().expect("has one");
    assert_eq!((jit.functions, jit.expressions, jit.inlining), (5.0, true, false));
    assert_eq!((jit.generation_ms, jit.total_ms), (Some(0.254), Some(0.254)));
    assert_eq!((sort.workers[1].number, sort.workers[1].actual), (1, None));
    assert_eq!(sort.workers[1].properties[1].value, Value::Number(27.0));
    let aggregate = &plan.nodes[1];
    assert_eq!(aggregate.number(&Key::PeakMemoryUsage), Some(24.0));
    assert_eq!(aggregate.workers[0].properties[1].value, Value::Number(23.0));
    assert_eq!(text_of(&plan.nodes[2], &Key::Output), Some("id, aid, v, t"));
    assert_eq!(plan.nodes[2].parent, Some(1));
    assert!(plan.has.verbose);
}
