-- Bytes of tables: heap with TOAST and maps, and with indexes. One row a relation that has storage.
SELECT c.oid::int8, pg_table_size(c.oid)::int8, pg_total_relation_size(c.oid)::int8
FROM pg_class c
WHERE c.oid = ANY ($2::text::oid[]) AND c.relkind IN ('r', 'm') AND c.oid <> ALL ($1::text::oid[])
