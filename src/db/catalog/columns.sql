-- One row a relation of $2: its columns in order.
SELECT a.attrelid::int8, json_agg(json_build_object(
    'name', a.attname,
    'type_name', format_type(a.atttypid, a.atttypmod),
    -- From 18 on a NOT NULL that is NOT VALID sets attnotnull too.
    'not_null', a.attnotnull AND k.conrelid IS NULL,
    'default', CASE WHEN d.adrelid <> ALL ($1::text::oid[]) THEN pg_get_expr(d.adbin, d.adrelid) END,
    'generated', a.attgenerated <> '',
    'virtual_generated', a.attgenerated = 'v',
    'identity', a.attidentity <> '',
    'collation', CASE WHEN a.attcollation <> t.typcollation THEN co.collname END
    ) ORDER BY a.attnum)::text
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated AND k.conkey = ARRAY[a.attnum]
WHERE a.attrelid = ANY ($2::text::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY a.attrelid
