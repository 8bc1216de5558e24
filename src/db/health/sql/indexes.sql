-- DROP INDEX CONCURRENTLY shows in no progress view, but by its lock on the index.
WITH locked AS MATERIALIZED (
    SELECT DISTINCT l.relation, l.mode FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode IN ('AccessExclusiveLock', 'ShareUpdateExclusiveLock') AND l.relation IS NOT NULL
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
), built AS MATERIALIZED (
    SELECT p.index_relid FROM pg_catalog.pg_stat_progress_create_index p
    WHERE p.datname = current_database() AND p.index_relid IS NOT NULL
)
SELECT CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' ||
       CASE WHEN t.relname ~ '[."]' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END,
    c.relname::text,
    pg_catalog.json_build_object(
    'scans', s.idx_scan,
    'last_scan_s', nullif(greatest(extract(epoch FROM clock_timestamp() - (j.row ->> 'last_idx_scan')::timestamptz)::bigint, -1), -1),
    'entries_read', s.idx_tup_read,
    'rows_fetched', s.idx_tup_fetch,
    'entries', CASE WHEN c.reltuples >= 0 AND c.relkind = 'i' THEN c.reltuples::float8 END,
    'valid', i.indisvalid,
    'ready', i.indisready,
    'live', i.indislive,
    'building', i.indexrelid IN (SELECT b.index_relid FROM built b) OR i.indexrelid IN (SELECT l.relation FROM locked l),
    'bytes', CASE WHEN c.relkind = 'i'
                   AND NOT EXISTS (SELECT FROM locked l WHERE l.relation IN (c.oid, t.oid) AND l.mode = 'AccessExclusiveLock')
                  THEN pg_catalog.pg_relation_size(c.oid) END)::text
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
CROSS JOIN LATERAL (SELECT to_jsonb(s) AS row) j
WHERE t.relkind IN ('r', 'm', 'p') AND t.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
