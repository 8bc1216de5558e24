-- Limits that are those of the type are left out.
WITH kind (oid, last, first) AS (
    VALUES ('int2'::regtype, 32767::bigint, -32768::bigint),
           ('int4'::regtype, 2147483647, -2147483648),
           ('int8'::regtype, 9223372036854775807, -9223372036854775808)
)
SELECT CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' ||
       CASE WHEN c.relname ~ '[."]' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END,
    pg_catalog.json_build_object(
    'type_name', format_type(q.seqtypid, NULL),
    'max_value', CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0 THEN kind.last ELSE -1 END THEN q.seqmax END,
    'min_value', CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 ELSE kind.first END THEN q.seqmin END,
    'increment', q.seqincrement,
    'cycle', q.seqcycle,
    'last_value', CASE WHEN may.read THEN pg_catalog.pg_sequence_last_value(c.oid) END,
    'unreadable', NOT may.read,
    'owner', (SELECT json_build_array(
                  CASE WHEN tn.nspname ~ '[."]' THEN '"' || replace(tn.nspname, '"', '""') || '"' ELSE tn.nspname::text END || '.' ||
                  CASE WHEN t.relname ~ '[."]' THEN '"' || replace(t.relname, '"', '""') || '"' ELSE t.relname::text END,
                  a.attname)
              FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
              JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
              JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
              LIMIT 1))::text
FROM pg_catalog.pg_sequence q
JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN kind ON kind.oid = q.seqtypid
CROSS JOIN LATERAL (SELECT has_sequence_privilege(c.oid, 'SELECT, USAGE') AS read) may
WHERE c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
