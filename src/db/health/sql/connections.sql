-- A role without pg_read_all_stats sees neither the kind nor the state of another role's session.
WITH client AS MATERIALIZED (
    SELECT a.datname, a.usename, a.application_name, a.state, a.backend_type IS NULL AS hidden
    FROM pg_catalog.pg_stat_activity a
    WHERE a.backend_type = 'client backend' OR (a.backend_type IS NULL AND a.datid IS NOT NULL)
), holder AS (
    SELECT coalesce(c.application_name, '') AS application, coalesce(c.usename, '') AS "user", coalesce(c.datname, '') AS database,
           count(*) AS sessions, count(*) FILTER (WHERE c.state = 'idle') AS idle
    FROM client c GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 10
)
SELECT pg_catalog.json_build_object(
    'max', current_setting('max_connections')::bigint,
    'reserved', current_setting('superuser_reserved_connections')::bigint
                + coalesce(current_setting('reserved_connections', true)::bigint, 0),
    'used', (SELECT count(*) FROM client),
    'states', (SELECT coalesce(json_object_agg(s.state, s.sessions), '{}'::json)
               FROM (SELECT coalesce(c.state, 'unknown') AS state, count(*) AS sessions FROM client c GROUP BY 1) s),
    'holders', (SELECT coalesce(json_agg(h), '[]'::json) FROM holder h))::text,
    (SELECT count(*) FROM client WHERE hidden)
