-- What a text from outside must not use, or must not be executed with: one row a name. Objects that initdb made have an oid
-- below 16384 (src/include/access/transam.h, FirstNormalObjectId). $1: extensions whose functions only compute.
WITH trusted(classid, objid) AS MATERIALIZED (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND e.extname = ANY ($1::text[])
),
functions(oid) AS MATERIALIZED (
    SELECT p.oid
    FROM pg_catalog.pg_proc p
    WHERE p.oid >= 16384
      AND NOT EXISTS (SELECT FROM trusted t WHERE t.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND t.objid = p.oid)
),
casts AS MATERIALIZED (
    SELECT c.castsource, c.casttarget
    FROM pg_catalog.pg_cast c
    WHERE c.castfunc IN (SELECT f.oid FROM functions f)
)
SELECT 'function', p.proname::text, NULL::text
FROM pg_catalog.pg_proc p
WHERE p.oid IN (SELECT f.oid FROM functions f)
UNION
SELECT 'attribute', p.proname::text, NULL
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
WHERE p.oid IN (SELECT f.oid FROM functions f) AND (t.typtype = 'c' OR t.typname = 'record')
UNION
SELECT 'operator', o.oprname::text, NULL
FROM pg_catalog.pg_operator o
WHERE o.oprcode::oid IN (SELECT f.oid FROM functions f)
UNION
SELECT 'type', t.typname::text, NULL
FROM casts c
JOIN pg_catalog.pg_type t ON t.oid IN (c.castsource, c.casttarget)
UNION
SELECT 'relation', r.relname::text, 'has a column of the type ' || t.typname
FROM casts c
JOIN pg_catalog.pg_type t ON t.oid IN (c.castsource, c.casttarget) AND t.oid >= 16384
JOIN pg_catalog.pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0
JOIN pg_catalog.pg_class r ON r.oid = a.attrelid
UNION
SELECT 'volatile', p.proname::text, NULL
FROM pg_catalog.pg_proc p
WHERE p.provolatile = 'v' AND p.oid NOT IN (SELECT f.oid FROM functions f)
UNION
SELECT 'view', v.relname::text, pg_catalog.pg_get_viewdef(v.oid)
FROM pg_catalog.pg_class v
WHERE v.relkind = 'v' AND v.oid >= 16384
  AND NOT EXISTS (SELECT FROM trusted t WHERE t.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND t.objid = v.oid)
UNION
SELECT 'policy', r.relname::text, 'SELECT ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid)
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class r ON r.oid = p.polrelid
WHERE p.polqual IS NOT NULL
