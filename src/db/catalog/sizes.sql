-- Bytes of tables: heap with TOAST and maps, and with indexes. One row a relation that has storage.
SELECT c.oid::int8, pg_table_size(c.oid)::int8, pg_total_relation_size(c.oid)::int8
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.oid <> ALL ($1::text::oid[])
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
