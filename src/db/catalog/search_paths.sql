-- Each role that may log in: the search_path that its sessions in this database begin with, as it is written. The most specific
-- setting counts: of role and database, of the role, of the database, of all (process_settings in postinit.c).
SELECT r.rolname::text, coalesce(s.path, base.path)
FROM pg_roles r
CROSS JOIN (
    SELECT CASE WHEN source IN ('database', 'user', 'database user', 'client', 'session') THEN boot_val ELSE reset_val END AS path
    FROM pg_settings WHERE name = 'search_path') base
LEFT JOIN LATERAL (
    SELECT substr(one, length('search_path=') + 1) AS path
    FROM pg_db_role_setting d CROSS JOIN unnest(d.setconfig) one
    WHERE d.setrole IN (r.oid, 0) AND one LIKE 'search\_path=%'
      AND d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    ORDER BY d.setrole = 0, d.setdatabase = 0 LIMIT 1) s ON true
WHERE r.rolcanlogin
