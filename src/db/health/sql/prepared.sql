SELECT pg_catalog.json_build_object(
    'name', p.gid,
    'database', p.database,
    'owner', p.owner,
    'age_s', nullif(greatest(extract(epoch FROM clock_timestamp() - p.prepared)::bigint, -1), -1),
    'xid_age', pg_catalog.age(p.transaction))::text
FROM pg_catalog.pg_prepared_xacts p
ORDER BY p.prepared, p.gid
