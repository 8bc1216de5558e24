SELECT pg_catalog.json_build_object(
    'created', e.oid IS NOT NULL,
    'loaded', current_setting('pg_stat_statements.max', true) IS NOT NULL,
    'available', EXISTS (SELECT FROM pg_catalog.pg_available_extensions x WHERE x.name = 'pg_stat_statements'),
    'max', current_setting('pg_stat_statements.max', true)::bigint,
    'track', current_setting('pg_stat_statements.track', true),
    'track_planning', current_setting('pg_stat_statements.track_planning', true)::boolean,
    'query_id', current_setting('compute_query_id', true))::text,
    quote_ident(n.nspname)
FROM (SELECT) nothing
LEFT JOIN pg_catalog.pg_extension e ON e.extname = 'pg_stat_statements'
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
