-- Relations of this database that are locked, or about to be, so that reading their size or an expression about them would wait.
SELECT coalesce(array_agg(DISTINCT relation)::text, '{}')
FROM pg_locks
WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
