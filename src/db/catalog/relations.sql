-- One row a table, view, materialized view or foreign table: oid, schema, name, what stands in pg_class.
SELECT c.oid::int8, n.nspname::text, c.relname::text, json_build_object(
    'kind', CASE WHEN c.relkind = 'p' THEN 'partitioned' WHEN c.relispartition AND c.relkind <> 'f' THEN 'partition'
                 WHEN c.relkind = 'v' THEN 'view' WHEN c.relkind = 'm' THEN 'materialized_view'
                 WHEN c.relkind = 'f' THEN 'foreign' ELSE 'table' END,
    'partition_key', CASE WHEN c.relkind = 'p' AND c.oid <> ALL ($1::text::oid[]) THEN pg_get_partkeydef(c.oid) END,
    'partition_bound', CASE WHEN c.relispartition AND c.oid <> ALL ($1::text::oid[]) THEN pg_get_expr(c.relpartbound, c.oid) END,
    'row_security', c.relrowsecurity,
    'row_security_forced', c.relforcerowsecurity,
    'unlogged', c.relpersistence = 'u',
    'unfilled', c.relkind = 'm' AND NOT c.relispopulated,
    'parameters', coalesce((
        SELECT json_object_agg(prefix || split_part(o, '=', 1), substr(o, strpos(o, '=') + 1))
        FROM (SELECT '' AS prefix, unnest(c.reloptions) AS o
              UNION ALL
              SELECT 'toast.', unnest(t.reloptions)) each), '{}'::json),
    'commented', EXISTS (SELECT FROM pg_description d
                         WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0),
    'query', CASE WHEN c.relkind IN ('v', 'm') AND NOT EXISTS (
                      SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                      WHERE w.ev_class = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1::text::oid[]))
                  THEN pg_get_viewdef(c.oid) END,
    -- Never analysed is 0 before Postgres 14 and -1 since; a view has no rows of its own.
    'rows', CASE WHEN c.relkind IN ('r', 'p', 'm', 'f') AND c.reltuples >= 0 THEN c.reltuples END
)::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
