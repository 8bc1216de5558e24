-- Of tables, since the statistics were reset.
SELECT s.relid::int8, json_build_object(
    'seq_scans', s.seq_scan, 'index_scans', coalesce(s.idx_scan, 0), 'inserted', s.n_tup_ins,
    'updated', s.n_tup_upd, 'hot_updated', s.n_tup_hot_upd, 'deleted', s.n_tup_del,
    'live_rows', s.n_live_tup, 'dead_rows', s.n_dead_tup)::text
FROM pg_stat_user_tables s
WHERE s.relid = ANY ($2::text::oid[])
