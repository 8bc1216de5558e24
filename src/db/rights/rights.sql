SELECT current_user::text,
       r.rolsuper,
       pg_catalog.pg_is_in_recovery(),
       ARRAY(SELECT g.rolname::text
             FROM pg_catalog.pg_roles g
             WHERE g.rolname IN ('pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_read_all_data')
               AND pg_catalog.pg_has_role(g.oid, 'USAGE'))
FROM pg_catalog.pg_roles r
WHERE r.rolname = current_user
