-- Publications: one row each.
SELECT json_build_object(
    'name', p.pubname,
    'all_tables', p.puballtables,
    'tables', coalesce((
        SELECT json_agg(CASE WHEN n.nspname ~ '[."]' THEN '"' || replace(n.nspname, '"', '""') || '"' ELSE n.nspname::text END || '.' ||
                        CASE WHEN c.relname ~ '[."]' THEN '"' || replace(c.relname, '"', '""') || '"' ELSE c.relname::text END
                        ORDER BY n.nspname, c.relname)
        FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.prpubid = p.oid), '[]'::json),
    'schemas', {published_schemas},
    'updates', p.pubupdate,
    'deletes', p.pubdelete)::text
FROM pg_publication p ORDER BY p.pubname
