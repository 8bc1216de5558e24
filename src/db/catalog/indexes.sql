-- One row a table of $2: its indexes. One with an expression is left out while its table is locked: the expression cannot be read then.
WITH key AS (
    SELECT i.indexrelid, json_agg(json_build_object(
        'text', coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, g.n, true)),
        'expression', a.attname IS NULL,
        'descending', i.indoption[g.n - 1] & 1 = 1,
        'nulls_first', i.indoption[g.n - 1] & 2 = 2,
        'opclass', CASE WHEN NOT oc.opcdefault THEN oc.opcname END,
        'collation', CASE WHEN i.indcollation[g.n - 1] <> coalesce(a.attcollation, i.indcollation[g.n - 1]) THEN co.collname END
        ) ORDER BY g.n) AS keys
    FROM pg_index i
    CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) g (n)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[g.n - 1] AND a.attnum <> 0
    LEFT JOIN pg_opclass oc ON oc.oid = i.indclass[g.n - 1]
    LEFT JOIN pg_collation co ON co.oid = i.indcollation[g.n - 1]
    WHERE i.indrelid = ANY ($2::text::oid[])
      AND (i.indrelid <> ALL ($1::text::oid[]) OR i.indexprs IS NULL AND i.indpred IS NULL)
    GROUP BY i.indexrelid
)
SELECT i.indrelid::int8, json_agg(json_build_object(
    'name', c.relname,
    'method', am.amname,
    'keys', key.keys,
    'include', coalesce((SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY u (num, at)
                         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.num
                         WHERE u.at > i.indnkeyatts), '[]'::json),
    'unique', i.indisunique,
    'nulls_not_distinct', {nulls_not_distinct},
    'predicate', pg_get_expr(i.indpred, i.indrelid),
    'valid', i.indisvalid AND i.indislive,
    'constraint', EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
    'scans', s.idx_scan) ORDER BY c.relname)::text,
    max(c.relname::text) FILTER (WHERE i.indisreplident)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am am ON am.oid = c.relam
JOIN key ON key.indexrelid = i.indexrelid
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
WHERE i.indrelid = ANY ($2::text::oid[])
GROUP BY i.indrelid
