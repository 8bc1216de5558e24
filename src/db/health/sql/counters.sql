SELECT pg_catalog.json_build_object(
    'commits', d.xact_commit,
    'rollbacks', d.xact_rollback,
    'blocks_read', d.blks_read,
    'blocks_hit', d.blks_hit,
    'temp_files', d.temp_files,
    'temp_bytes', d.temp_bytes,
    'deadlocks', d.deadlocks,
    'conflicts', d.conflicts,
    'checksum_failures', d.checksum_failures,
    'sessions', (j.row ->> 'sessions')::bigint,
    'session_ms', (j.row ->> 'session_time')::float8::bigint,
    'active_ms', (j.row ->> 'active_time')::float8::bigint,
    'idle_in_transaction_ms', (j.row ->> 'idle_in_transaction_time')::float8::bigint,
    'sessions_abandoned', (j.row ->> 'sessions_abandoned')::bigint,
    'sessions_fatal', (j.row ->> 'sessions_fatal')::bigint,
    'sessions_killed', (j.row ->> 'sessions_killed')::bigint)::text
FROM pg_catalog.pg_stat_database d
CROSS JOIN LATERAL (SELECT to_jsonb(d) AS row) j
WHERE d.datname = current_database()
