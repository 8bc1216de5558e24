-- One row a table of $2: its constraints.
SELECT k.conrelid::int8, json_agg(json_build_object(
    'name', k.conname,
    'kind', CASE k.contype
        WHEN 'p' THEN '"primary_key"'::json
        WHEN 'u' THEN '"unique"'::json
        WHEN 'x' THEN '"exclusion"'::json
        WHEN 'n' THEN '"not_null"'::json
        WHEN 'c' THEN json_build_object('check', json_build_object('expression', pg_get_expr(k.conbin, k.conrelid)))
        WHEN 'f' THEN json_build_object('foreign_key', json_build_object(
            'references', quoted.name,
            'referenced_columns', (SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(k.confkey) WITH ORDINALITY u (num, at)
                                   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num))) END,
    'columns', coalesce((SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY u (num, at)
                         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num), '[]'::json),
    'deferrable', k.condeferrable,
    'match_full', k.contype = 'f' AND k.confmatchtype = 'f',
    'validated', k.convalidated,
    -- Since Postgres 18.
    'enforced', coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)) ORDER BY k.conname)::text
FROM pg_constraint k
LEFT JOIN pg_constraint whole ON whole.oid = k.conparentid
LEFT JOIN pg_class fc ON fc.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace
LEFT JOIN LATERAL (
    -- A part of the name that holds a dot or a quote is quoted, so that it can be read back.
    SELECT CASE WHEN fn.nspname ~ '[."]' THEN '"' || replace(fn.nspname, '"', '""') || '"' ELSE fn.nspname::text END || '.' ||
           CASE WHEN fc.relname ~ '[."]' THEN '"' || replace(fc.relname, '"', '""') || '"' ELSE fc.relname::text END AS name
    ) quoted ON true
WHERE k.conrelid = ANY ($2::text::oid[])
  AND (k.contype IN ('p', 'u', 'x', 'c', 'f') OR k.contype = 'n' AND NOT k.convalidated)
  -- A foreign key to a partitioned table has a row of its own for each partition there.
  AND (k.contype <> 'f' OR whole.conrelid IS DISTINCT FROM k.conrelid)
  AND (k.contype <> 'c' OR k.conrelid <> ALL ($1::text::oid[]))
GROUP BY k.conrelid
