-- Functions and procedures that belong to no extension, in the order in which they were made.
SELECT n.nspname::text, p.proname::text, pg_get_function_arguments(p.oid), l.lanname::text, p.prosecdef,
       EXISTS (SELECT FROM unnest(p.proconfig) one WHERE one LIKE 'search\_path=%'),
       p.provolatile = 'v'
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY p.oid
