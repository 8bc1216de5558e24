SELECT pg_catalog.json_build_object(
    'lag_bytes', nullif(greatest(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()), -1), -1)::bigint,
    'last_transaction_s', nullif(greatest(extract(epoch FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::bigint, -1), -1),
    'receiving', EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver))::text
WHERE pg_catalog.pg_is_in_recovery()
