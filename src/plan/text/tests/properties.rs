use super::clean;
use crate::plan::model::{Key, Value};

fn properties(kind: &str, line: &str) -> Vec<(Key, Value)> {
    let plan = clean(&format!("{kind}\n  {line}"));
    plan.nodes[0].properties.iter().map(|property| (property.key.clone(), property.value.clone())).collect()
}

fn number(key: Key, number: f64) -> (Key, Value) {
    (key, Value::Number(number))
}

fn text(key: Key, text: &str) -> (Key, Value) {
    (key, Value::Text(text.into()))
}

/// Lines of 13 to 18; `Estimates` and `Prefetch` are announced for 19.
#[test]
fn lines_that_hold_several() {
    let cases: [(&str, Vec<(Key, Value)>); 17] = [
        (
            "Sort Method: external merge  Disk: 1234kB",
            vec![
                text(Key::SortMethod, "external merge"),
                number(Key::SortSpaceUsed, 1234.0),
                text(Key::SortSpaceType, "Disk"),
            ],
        ),
        ("Sort Method: still in progress", vec![text(Key::SortMethod, "still in progress")]),
        (
            "Buckets: 1024 (originally 512)  Batches: 4 (originally 1)  Memory Usage: 9kB",
            vec![
                number(Key::HashBuckets, 1024.0),
                number(Key::OriginalHashBuckets, 512.0),
                number(Key::HashBatches, 4.0),
                number(Key::OriginalHashBatches, 1.0),
                number(Key::PeakMemoryUsage, 9.0),
            ],
        ),
        (
            "Buckets: 1024  Batches: 1  Memory Usage: 40kB",
            vec![
                number(Key::HashBuckets, 1024.0),
                number(Key::OriginalHashBuckets, 1024.0),
                number(Key::HashBatches, 1.0),
                number(Key::OriginalHashBatches, 1.0),
                number(Key::PeakMemoryUsage, 40.0),
            ],
        ),
        (
            "Planned Partitions: 4  Batches: 5  Memory Usage: 8241kB  Disk Usage: 4128kB",
            vec![
                number(Key::PlannedPartitions, 4.0),
                number(Key::HashAggBatches, 5.0),
                number(Key::PeakMemoryUsage, 8241.0),
                number(Key::DiskUsage, 4128.0),
            ],
        ),
        ("Batches: 1  Memory Usage: 24kB", vec![number(Key::HashAggBatches, 1.0), number(Key::PeakMemoryUsage, 24.0)]),
        ("Heap Blocks: exact=12 lossy=3", vec![number(Key::ExactHeapBlocks, 12.0), number(Key::LossyHeapBlocks, 3.0)]),
        ("Heap Blocks: lossy=3", vec![number(Key::LossyHeapBlocks, 3.0)]),
        (
            "Full-sort Groups: 2  Sort Method: quicksort  Average Memory: 27kB  Peak Memory: 28kB",
            vec![
                number(Key::FullSortGroups, 2.0),
                text(Key::FullSortMethods, "quicksort"),
                number(Key::FullSortAverageMemory, 27.0),
                number(Key::FullSortPeakMemory, 28.0),
            ],
        ),
        (
            "Pre-sorted Groups: 3  Sort Methods: top-N heapsort, external merge  Average Disk: 60kB  Peak Disk: 70kB",
            vec![
                number(Key::PresortedGroups, 3.0),
                text(Key::PresortedMethods, "top-N heapsort, external merge"),
                number(Key::PresortedAverageDisk, 60.0),
                number(Key::PresortedPeakDisk, 70.0),
            ],
        ),
        (
            "Hits: 90  Misses: 10  Evictions: 1  Overflows: 2  Memory Usage: 3kB",
            vec![
                number(Key::CacheHits, 90.0),
                number(Key::CacheMisses, 10.0),
                number(Key::CacheEvictions, 1.0),
                number(Key::CacheOverflows, 2.0),
                number(Key::PeakMemoryUsage, 3.0),
            ],
        ),
        (
            "Storage: Memory  Maximum Storage: 17kB",
            vec![text(Key::Storage, "Memory"), number(Key::MaximumStorage, 17.0)],
        ),
        (
            "Tuples: inserted=1 updated=2 skipped=3",
            vec![number(Key::TuplesInserted, 1.0), number(Key::TuplesUpdated, 2.0), number(Key::TuplesSkipped, 3.0)],
        ),
        (
            "Sampling: bernoulli ('10'::real) REPEATABLE ('1'::double precision)",
            vec![
                text(Key::SamplingMethod, "bernoulli"),
                text(Key::SamplingParameters, "'10'::real"),
                text(Key::RepeatableSeed, "'1'::double precision"),
            ],
        ),
        (
            "Estimates: capacity=10 distinct keys=20 lookups=30 hit percent=40.50%",
            vec![
                number(Key::EstimatedCapacity, 10.0),
                number(Key::EstimatedDistinctKeys, 20.0),
                number(Key::EstimatedLookups, 30.0),
                number(Key::EstimatedHitPercent, 40.5),
            ],
        ),
        (
            "Prefetch: avg=2.00 max=8 capacity=16",
            vec![
                number(Key::AveragePrefetchDistance, 2.0),
                number(Key::MaxPrefetchDistance, 8.0),
                number(Key::PrefetchCapacity, 16.0),
            ],
        ),
        ("Disabled: true", vec![(Key::Disabled, Value::Flag(true))]),
    ];
    for (line, expected) in cases {
        assert_eq!(properties("Result", line), expected, "{line}");
    }
}

#[test]
fn unknown_properties_are_kept() {
    assert_eq!(properties("Result", "Index Searches: 3"), [number(Key::IndexSearches, 3.0)]);
    assert_eq!(properties("Result", "Plan Node ID: 7"), [number(Key::of("Plan Node ID"), 7.0)]);
    assert_eq!(properties("Result", "Foreign File: /it's/here"), [text(Key::of("Foreign File"), "/it's/here")]);
    assert_eq!(
        properties("Custom Scan (X)", "Vectorized Filter: (a > 1)"),
        [text(Key::of("Vectorized Filter"), "(a > 1)")]
    );
}

#[test]
fn blocks_times_and_wal() {
    let plan = clean(
        "Result
  Buffers: shared hit=1 read=2 dirtied=3 written=4, local hit=5 read=6 dirtied=7 written=8, temp read=9 written=10
  I/O Timings: shared read=1.500 write=2.500, local read=3.500 write=4.500, temp read=5.500 write=6.500
  WAL: records=1 fpi=2 bytes=3 buffers full=4",
    );
    let usage = &plan.nodes[0].usage;
    let (shared, local) = (usage.buffers.shared, usage.buffers.local);
    assert_eq!((shared.hit, shared.read, shared.dirtied, shared.written), (1.0, 2.0, 3.0, 4.0));
    assert_eq!((local.hit, local.read, local.dirtied, local.written), (5.0, 6.0, 7.0, 8.0));
    assert_eq!((usage.buffers.temp_read, usage.buffers.temp_written), (9.0, 10.0));
    let io = usage.io();
    assert_eq!((io.shared_read, io.shared_write, io.local_read, io.local_write), (1.5, 2.5, 3.5, 4.5));
    assert_eq!((io.temp_read, io.temp_write), (5.5, 6.5));
    let wal = usage.wal();
    assert_eq!((wal.records, wal.fpi, wal.bytes, wal.buffers_full), (1.0, 2.0, 3.0, 4.0));
    let wal = clean("Result\n  WAL: records=1 fpi=2 fpi bytes=5 bytes=3").nodes[0].usage.wal().to_owned();
    assert_eq!((wal.fpi, wal.fpi_bytes, wal.bytes), (2.0, 5.0, 3.0));
    assert!(plan.has.buffers && plan.has.wal && plan.has.io_timing);
    for shape in ["read=1.500 write=2.500", "shared/local read=1.500 write=2.500, temp read=5.500"] {
        let io = clean(&format!("Result\n  I/O Timings: {shape}")).nodes[0].usage.io().to_owned();
        assert_eq!((io.shared_read, io.shared_write), (1.5, 2.5), "{shape}");
    }
}

/// 16.14: a literal with newlines that looks like a plan.
#[test]
fn a_literal_of_several_lines() {
    let plan = clean(
        "Seq Scan on \"we ird(t) on x\"  (cost=0.00..2.25 rows=1 width=6)
  Filter: (\"c -> d\" = 'first line
  ->  Seq Scan on x  (cost=1.00..2.00 rows=1 width=1)
it''s (open'::text)",
    );
    assert_eq!(plan.nodes.len(), 1);
    let expected =
        "(\"c -> d\" = 'first line\n  ->  Seq Scan on x  (cost=1.00..2.00 rows=1 width=1)\nit''s (open'::text)";
    assert_eq!(super::text_of(&plan.nodes[0], &Key::Filter), Some(expected));
}

/// 13.23: the tables of an Update on a partitioned table.
#[test]
fn tables_that_are_written() {
    let plan = clean(
        "Update on public.p
  Update on public.p1 p_1
  Update on public.p2 p_2
  ->  Seq Scan on public.p1 p_1
        Output: p_1.id, 'x'::text
  ->  Seq Scan on public.p2 p_2
        Output: p_2.id, 'x'::text",
    );
    let targets: Vec<&Value> = plan.nodes[0].properties.iter().map(|property| &property.value).collect();
    assert_eq!(targets, [&Value::Text("public.p1 p_1".into()), &Value::Text("public.p2 p_2".into())]);
    assert_eq!(plan.nodes.len(), 3);
}

/// 16.14
#[test]
fn grouping_sets() {
    let plan = clean(
        "MixedAggregate
  Hash Key: b.v, b.t
  Group Key: ()
  Sort Key: b.t
    Group Key: b.t
  ->  Seq Scan on b",
    );
    let keys: Vec<&str> = plan.nodes[0].properties.iter().map(|property| property.key.name()).collect();
    assert_eq!(keys, ["Hash Key", "Group Key", "Sort Key", "Group Key"]);
}
