SELECT pg_catalog.json_build_object(
    'name', s.slot_name,
    'kind', s.slot_type,
    'database', s.database,
    'active', s.active,
    'temporary', s.temporary,
    'wal_status', s.wal_status,
    'retained_bytes', nullif(greatest(pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
             ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn), -1), -1)::bigint,
    'safe_bytes', s.safe_wal_size,
    'xmin_age', pg_catalog.age(s.xmin),
    'catalog_xmin_age', pg_catalog.age(s.catalog_xmin),
    'inactive_s', nullif(greatest(extract(epoch FROM clock_timestamp() - (to_jsonb(s) ->> 'inactive_since')::timestamptz)::bigint, -1), -1),
    'synced', coalesce((to_jsonb(s) ->> 'synced')::boolean, false),
    'invalidation', to_jsonb(s) ->> 'invalidation_reason')::text
FROM pg_catalog.pg_replication_slots s
ORDER BY s.slot_name
