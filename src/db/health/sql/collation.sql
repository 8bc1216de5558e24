SELECT d.datname::text, pg_catalog.pg_database_collation_actual_version(d.oid)
FROM pg_catalog.pg_database d
WHERE d.datname = current_database()
