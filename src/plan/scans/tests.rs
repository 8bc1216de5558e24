use super::*;

/// Logged by Postgres 15.18 (the captured shop).
const TEXT: &str = "Limit  (cost=2990.76..2990.81 rows=20 width=30) (actual time=38.553..38.556 rows=20 loops=1)
  Buffers: shared hit=1331
  ->  Sort  (cost=2990.76..3005.77 rows=6004 width=30) (actual time=38.549..38.551 rows=20 loops=1)
        Sort Key: created_at DESC, id DESC
        Sort Method: top-N heapsort  Memory: 27kB
        Buffers: shared hit=1331
        ->  Seq Scan on orders  (cost=0.00..2831.00 rows=6004 width=30) (actual time=0.021..37.927 rows=6017 loops=1)
              Filter: (status = 'cancelled'::text)
              Rows Removed by Filter: 113987
              Buffers: shared hit=1331
";

#[test]
fn a_plan_in_text() {
    let facts = scans(TEXT);
    assert_eq!(facts.iter().map(|fact| fact.node.as_str()).collect::<Vec<_>>(), ["Sort", "Seq Scan"]);
    assert_eq!(facts[0].sort_key.as_deref(), Some("created_at DESC, id DESC"));
    assert_eq!((facts[0].sort_method.as_deref(), facts[0].disk_kb), (Some("top-N heapsort"), None));
    let scan = &facts[1];
    assert_eq!(scan.relation.as_deref(), Some("orders"));
    assert_eq!(scan.filter.as_deref(), Some("(status = 'cancelled'::text)"));
    assert_eq!((scan.plan_rows, scan.rows, scan.loops), (Some(6004.0), Some(6017.0), Some(1.0)));
    assert_eq!(scan.rows_removed_by_filter, Some(113_987.0));
}

#[test]
fn text_and_json_of_one_plan_have_one_shape() {
    let json = r#"{ "Plan": {"Node Type": "Limit", "Parallel Aware": false, "Plans": [
        {"Node Type": "Sort", "Sort Key": ["created_at DESC", "id DESC"], "Sort Method": "external merge",
         "Sort Space Used": 4096, "Sort Space Type": "Disk", "Plans": [
            {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "orders", "Filter": "(status = 'x'::text)",
             "Actual Rows": 6017, "Actual Loops": 1, "Rows Removed by Filter": 113987}]}]}}"#;
    assert_eq!(shape(json), shape(TEXT));
    let facts = scans(json);
    assert_eq!(facts[0].disk_kb, Some(4096));
    assert_eq!(facts[0].sort_key, scans(TEXT)[0].sort_key);
    assert_eq!(facts[1].rows_removed_by_filter, Some(113_987.0));
    assert_ne!(shape(json), shape(&TEXT.replace("Seq Scan", "Parallel Seq Scan")));
}

#[test]
fn names_of_nodes() {
    let text = r#"Nested Loop Left Join  (cost=0.42..8.46 rows=1 width=8)
  ->  Index Scan Backward using "My Idx" on "My Tab" t  (cost=0.42..8.44 rows=1 width=8)
        Index Cond: (id = 1)
        Filter: (a ~~ '->  Seq Scan on fake  (cost=0.00..1.00 rows=1 width=1)'::text)
  ->  Bitmap Heap Scan on public.b  (cost=1.00..2.00 rows=3 width=4) (actual time=1.000..2.000 rows=2.50 loops=4)
        Recheck Cond: (x = 5)
        ->  Bitmap Index Scan on b_x  (cost=0.00..1.00 rows=3 width=0) (never executed)
              Index Cond: (x = 5)
  ->  CTE Scan on c  (cost=0.00..1.00 rows=3 width=0)
  ->  HashAggregate  (cost=0.00..1.00 rows=3 width=0) (actual time=1.0..2.0 rows=1 loops=1)
        Batches: 5  Memory Usage: 8241kB  Disk Usage: 4128kB"#;
    let facts = scans(text);
    let read = |fact: &ScanFact| (fact.node.clone(), fact.relation.clone(), fact.index.clone());
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(read(&facts[0]), ("Index Scan Backward".to_owned(), some("My Tab"), some("My Idx")));
    assert_eq!(read(&facts[1]), ("Bitmap Heap Scan".to_owned(), some("public.b"), None));
    assert_eq!((facts[1].rows, facts[1].loops), (Some(2.5), Some(4.0)));
    assert_eq!(read(&facts[2]), ("Bitmap Index Scan".to_owned(), None, some("b_x")));
    assert_eq!((facts[2].rows, facts[2].loops), (Some(0.0), Some(0.0)));
    assert_eq!((facts[3].node.as_str(), facts[3].disk_kb), ("HashAggregate", Some(4128)));
    assert_eq!(facts.len(), 4);
}

#[test]
fn what_is_no_plan_gives_nothing() {
    for body in ["", "{", "<explain>", "hello", "[]", "{\"Plan\": 5}", "->", "  (cost="] {
        assert_eq!(scans(body), [], "{body}");
    }
    assert_eq!(shape("{}"), 0);
}
