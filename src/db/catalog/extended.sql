-- Extended statistics: one row a table. Those on expressions are left out while their table is locked: they cannot be read then.
SELECT e.stxrelid::int8, json_agg(json_build_object(
    'name', CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' ||
            CASE WHEN e.stxname ~ '[."]' THEN '"' || replace(e.stxname, '"', '""') || '"' ELSE e.stxname::text END,
    'columns', coalesce((SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(e.stxkeys::int2[]) WITH ORDINALITY u (num, at)
                         JOIN pg_attribute a ON a.attrelid = e.stxrelid AND a.attnum = u.num), '[]'::json),
    'expressions', coalesce(to_json({expressions}), '[]'::json),
    'kinds', (SELECT coalesce(json_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv'
                                             WHEN 'e' THEN 'expressions' ELSE k::text END ORDER BY k), '[]'::json)
              FROM unnest(e.stxkind) k)) ORDER BY n.nspname, e.stxname)::text
FROM pg_statistic_ext e
JOIN pg_namespace n ON n.oid = e.stxnamespace
WHERE e.stxrelid <> ALL ($1::text::oid[])
GROUP BY e.stxrelid
