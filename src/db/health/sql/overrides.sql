SELECT concat_ws(' ', 'role ' || r.rolname, 'database ' || d.datname) || ': ' || split_part(c.config, '=', 1),
       substr(c.config, strpos(c.config, '=') + 1)
FROM pg_catalog.pg_db_role_setting s
CROSS JOIN LATERAL unnest(s.setconfig) c (config)
LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
WHERE (s.setdatabase = 0 OR d.datname = current_database())
  AND split_part(c.config, '=', 1) ~ '^(enable_.*|.*_cost|.*_mem|.*_timeout|jit.*|plan_cache_mode|log_min_duration_.*|synchronous_commit|session_replication_role)$'
