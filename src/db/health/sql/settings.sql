-- By what names a setting may be told: none of them holds a password, a host or a command. `reset_val` is what the session
-- began with; what this program itself set does not show in it.
SELECT pg_catalog.json_build_object(
    'name', s.name,
    'setting', json_build_object(
        'value', coalesce(s.reset_val, ''),
        'unit', s.unit,
        'default', s.boot_val,
        'source', CASE WHEN s.source IN ('session', 'client', 'interactive') THEN 'default' ELSE s.source END,
        'context', s.context,
        'pending_restart', s.pending_restart))::text
FROM pg_catalog.pg_settings s
WHERE s.name ~ ('^(enable_.*|autovacuum.*|vacuum_.*|track_.*|log_(min_.*|statement|statement_.*|lock_waits|temp_files|checkpoints|'
                || 'line_prefix|autovacuum_min_duration|parameter_max_length.*|transaction_sample_rate|duration|connections|disconnections|hostname|destination)|'
                || 'pg_stat_statements\..*|auto_explain\.log_.*|compute_query_id|jit.*|.*_cost|.*_mem|.*_buffers|.*_timeout|'
                || 'fsync|full_page_writes|synchronous_commit|wal_level|wal_compression|wal_keep_size|min_wal_size|max_wal_size|'
                || 'checkpoint_.*|max_connections|max_worker_processes|max_parallel_.*|max_slot_wal_keep_size|max_prepared_transactions|'
                || 'max_standby_.*|hot_standby_feedback|archive_mode|effective_.*|huge_pages|default_statistics_target|'
                || 'hash_mem_multiplier|data_checksums|superuser_reserved_connections|reserved_connections|idle_replication_slot_timeout|'
                || 'bgwriter_.*|shared_memory_size|block_size|plan_cache_mode|session_replication_role|zero_damaged_pages|ignore_.*)$')
   OR s.pending_restart
ORDER BY s.name
