SELECT w.name, a.default_version::text, e.extversion::text, n.nspname::text
FROM (VALUES ('hypopg'), ('pg_stat_statements')) w(name)
LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = w.name
LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
