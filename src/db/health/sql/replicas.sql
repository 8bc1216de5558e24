SELECT pg_catalog.json_build_object(
    'name', coalesce(nullif(r.application_name, ''), r.pid::text),
    'state', r.state,
    'sync_state', r.sync_state,
    'lag_bytes', nullif(greatest(pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
             ELSE pg_catalog.pg_current_wal_lsn() END, r.replay_lsn), -1), -1)::bigint,
    'lag_s', extract(epoch FROM r.replay_lag)::bigint,
    'xmin_age', pg_catalog.age(r.backend_xmin))::text
FROM pg_catalog.pg_stat_replication r
ORDER BY r.application_name, r.pid
