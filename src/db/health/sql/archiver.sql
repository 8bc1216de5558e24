SELECT pg_catalog.json_build_object(
    'archived', a.archived_count,
    'failed', a.failed_count,
    'last_archived_s', nullif(greatest(extract(epoch FROM clock_timestamp() - a.last_archived_time)::bigint, -1), -1),
    'last_failed_s', nullif(greatest(extract(epoch FROM clock_timestamp() - a.last_failed_time)::bigint, -1), -1),
    'last_failed_file', a.last_failed_wal)::text
FROM pg_catalog.pg_stat_archiver a
WHERE current_setting('archive_mode') <> 'off'
