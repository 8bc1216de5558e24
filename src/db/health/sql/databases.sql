-- `datcollversion` is there since 15.
SELECT pg_catalog.json_build_object(
    'name', d.datname,
    'xid_age', pg_catalog.age(d.datfrozenxid),
    'multixact_age', pg_catalog.mxid_age(d.datminmxid),
    'template', d.datistemplate,
    'collation_version', to_jsonb(d) ->> 'datcollversion')::text
FROM pg_catalog.pg_database d
ORDER BY d.datname
