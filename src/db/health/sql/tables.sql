-- The size of a relation is not asked while somebody holds it, or queues for it, exclusively: the question would wait.
WITH locked AS MATERIALIZED (
    SELECT DISTINCT l.relation FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
), vacuumed AS MATERIALIZED (
    SELECT p.relid FROM pg_catalog.pg_stat_progress_vacuum p WHERE p.datname = current_database()
), analyzed AS MATERIALIZED (
    SELECT p.relid FROM pg_catalog.pg_stat_progress_analyze p WHERE p.datname = current_database()
)
SELECT CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' ||
       CASE WHEN c.relname ~ '[."]' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END,
    pg_catalog.json_build_object(
    'seq_scans', coalesce(s.seq_scan, 0),
    'index_scans', coalesce(s.idx_scan, 0),
    'inserted', coalesce(s.n_tup_ins, 0),
    'updated', coalesce(s.n_tup_upd, 0),
    'hot_updated', coalesce(s.n_tup_hot_upd, 0),
    'deleted', coalesce(s.n_tup_del, 0),
    'live_rows', coalesce(s.n_live_tup, 0),
    'dead_rows', coalesce(s.n_dead_tup, 0),
    'seq_rows', coalesce(s.seq_tup_read, 0),
    'index_rows', coalesce(s.idx_tup_fetch, 0),
    'modified', s.n_mod_since_analyze,
    'inserted_since_vacuum', s.n_ins_since_vacuum,
    'newpage_updated', (j.row ->> 'n_tup_newpage_upd')::bigint,
    'vacuums', s.vacuum_count,
    'autovacuums', s.autovacuum_count,
    'analyzes', s.analyze_count,
    'autoanalyzes', s.autoanalyze_count,
    'last_vacuum_s', nullif(greatest(extract(epoch FROM clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))::bigint, -1), -1),
    'last_analyze_s', nullif(greatest(extract(epoch FROM clock_timestamp() - greatest(s.last_analyze, s.last_autoanalyze))::bigint, -1), -1),
    'last_seq_scan_s', nullif(greatest(extract(epoch FROM clock_timestamp() - (j.row ->> 'last_seq_scan')::timestamptz)::bigint, -1), -1),
    'last_index_scan_s', nullif(greatest(extract(epoch FROM clock_timestamp() - (j.row ->> 'last_idx_scan')::timestamptz)::bigint, -1), -1),
    'in_vacuum', c.oid IN (SELECT v.relid FROM vacuumed v),
    'in_analyze', c.oid IN (SELECT a.relid FROM analyzed a),
    'pages', CASE WHEN c.relkind <> 'p' THEN c.relpages END,
    'main_bytes', CASE WHEN c.relkind <> 'p' AND c.oid NOT IN (SELECT l.relation FROM locked l WHERE l.relation IS NOT NULL)
                       THEN pg_catalog.pg_relation_size(c.oid, 'main') END,
    'toast_bytes', CASE WHEN t.oid IS NOT NULL AND c.oid NOT IN (SELECT l.relation FROM locked l WHERE l.relation IS NOT NULL)
                        THEN pg_catalog.pg_relation_size(t.oid, 'main') END,
    'xid_age', CASE WHEN c.relkind <> 'p' THEN greatest(pg_catalog.age(c.relfrozenxid), pg_catalog.age(t.relfrozenxid)) END,
    'multixact_age', CASE WHEN c.relkind <> 'p'
                          THEN greatest(pg_catalog.mxid_age(c.relminmxid), pg_catalog.mxid_age(t.relminmxid)) END)::text,
    array(SELECT o FROM unnest(c.reloptions) o UNION ALL SELECT 'toast.' || o FROM unnest(t.reloptions) o)::text[],
    -- Before 14 what was never counted was 0.
    CASE WHEN c.reltuples > 0 OR (c.reltuples = 0 AND current_setting('server_version_num')::int >= 140000) THEN c.reltuples::float8 END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
CROSS JOIN LATERAL (SELECT to_jsonb(s) AS row) j
WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
