SELECT pg_catalog.json_build_object(
    'wal_bytes', w.wal_bytes::bigint,
    'wal_full_pages', w.wal_fpi,
    'wal_records', w.wal_records,
    'wal_buffers_full', w.wal_buffers_full,
    'wal_counted_s', nullif(greatest(extract(epoch FROM clock_timestamp() - w.stats_reset)::bigint, -1), -1))::text
FROM pg_catalog.pg_stat_wal w
