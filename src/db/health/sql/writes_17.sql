SELECT pg_catalog.json_build_object(
    'checkpoints_timed', c.num_timed,
    'checkpoints_requested', c.num_requested,
    'checkpoint_buffers', c.buffers_written,
    'cleaned_buffers', b.buffers_clean,
    'cleaning_stopped', b.maxwritten_clean,
    'counted_s', nullif(greatest(extract(epoch FROM clock_timestamp() - c.stats_reset)::bigint, -1), -1))::text
FROM pg_catalog.pg_stat_checkpointer c, pg_catalog.pg_stat_bgwriter b
