SELECT pg_catalog.json_build_object(
    'checkpoints_timed', b.checkpoints_timed,
    'checkpoints_requested', b.checkpoints_req,
    'checkpoint_buffers', b.buffers_checkpoint,
    'cleaned_buffers', b.buffers_clean,
    'cleaning_stopped', b.maxwritten_clean,
    'counted_s', nullif(greatest(extract(epoch FROM clock_timestamp() - b.stats_reset)::bigint, -1), -1))::text
FROM pg_catalog.pg_stat_bgwriter b
