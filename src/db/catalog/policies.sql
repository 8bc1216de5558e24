-- One row a table: its row security policies.
SELECT p.polrelid::int8, json_agg(json_build_object(
    'name', p.polname,
    'permissive', p.polpermissive,
    'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
                             ELSE 'all' END,
    'roles', coalesce((SELECT json_agg(r.rolname ORDER BY u.at) FROM unnest(p.polroles) WITH ORDINALITY u (num, at)
                       JOIN pg_roles r ON r.oid = u.num), '[]'::json),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)::text
FROM pg_policy p
WHERE p.polrelid <> ALL ($1::text::oid[])
GROUP BY p.polrelid
