-- Enums and domains: name, `enum` or the base type; of a domain its constraints, with whether they are validated.
SELECT format_type(t.oid, NULL),
       CASE t.typtype WHEN 'e' THEN 'enum' ELSE format_type(t.typbasetype, t.typtypmod) END,
       CASE WHEN t.typtype = 'd' THEN coalesce((
           SELECT json_object_agg(k.name, k.validated)
           FROM (SELECT conname::text AS name, convalidated AS validated FROM pg_constraint
                 WHERE contypid = t.oid AND contype = 'c'
                 UNION ALL SELECT 'NOT NULL', true WHERE t.typnotnull) k), '{}'::json)::text END
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
