-- Bytes of indexes: table, index name, bytes.
SELECT i.indrelid::int8, c.relname::text, pg_relation_size(c.oid)::int8
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
WHERE i.indrelid = ANY ($2::text::oid[]) AND i.indexrelid <> ALL ($1::text::oid[]) AND i.indrelid <> ALL ($1::text::oid[])
