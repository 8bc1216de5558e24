-- The server and the database: one row. Runs with the role's own search_path.
SELECT json_build_object(
    'origin', 'server',
    'server_version', pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
    'taken_at', (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::pg_catalog.int8,
    'database', pg_catalog.current_database(),
    'search_path', pg_catalog.current_schemas(false),
    'extensions', (SELECT coalesce(pg_catalog.json_agg(extname ORDER BY extname), '[]'::pg_catalog.json)
                   FROM pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.<>) 'plpgsql'),
    'settings', (SELECT pg_catalog.json_object_agg(name, pg_catalog.current_setting(name) ORDER BY name)
                 FROM pg_catalog.pg_settings
                 WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY[
                     'TimeZone', 'autovacuum', 'default_statistics_target', 'default_text_search_config', 'effective_cache_size', 'effective_io_concurrency', 'jit',
                     'maintenance_work_mem', 'max_connections', 'max_parallel_workers_per_gather', 'random_page_cost',
                     'seq_page_cost', 'shared_buffers', 'track_io_timing', 'work_mem']))
)::pg_catalog.text
