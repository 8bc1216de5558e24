-- Parallel workers stand behind their leader. pg_blocking_pids is asked only of those that wait.
SELECT pg_catalog.json_build_object(
    'pid', a.pid,
    'database', a.datname,
    'user', a.usename,
    'application', nullif(a.application_name, ''),
    'kind', a.backend_type,
    'state', a.state,
    'wait_type', a.wait_event_type,
    'wait_event', a.wait_event,
    'transaction_s', nullif(greatest(extract(epoch FROM clock_timestamp() - a.xact_start)::bigint, -1), -1),
    'query_s', CASE WHEN a.state = 'active' THEN nullif(greatest(extract(epoch FROM clock_timestamp() - a.query_start)::bigint, -1), -1) END,
    'state_s', nullif(greatest(extract(epoch FROM clock_timestamp() - a.state_change)::bigint, -1), -1),
    'xmin_age', pg_catalog.age(a.backend_xmin),
    'writes', a.backend_xid IS NOT NULL,
    'blocked_by', CASE WHEN a.wait_event_type = 'Lock' THEN pg_catalog.to_json(pg_catalog.pg_blocking_pids(a.pid)) ELSE '[]'::json END,
    'query', nullif(left(a.query, 4000), ''))::text
FROM pg_catalog.pg_stat_activity a
WHERE a.pid <> pg_catalog.pg_backend_pid()
  AND a.backend_type IN ('client backend', 'autovacuum worker', 'walsender', 'logical replication worker', 'background worker')
  AND (a.xact_start IS NOT NULL OR a.state LIKE 'idle in transaction%' OR a.wait_event_type = 'Lock')
ORDER BY a.xact_start, a.pid
LIMIT 500
