-- The statistics of a database carry no time until they are first reset (15 and later); those of the archiver and the background
-- writer begin with the cluster and again after a crash, which loses all of them.
SELECT pg_catalog.json_build_object(
    'standby', pg_catalog.pg_is_in_recovery(),
    'uptime_s', extract(epoch FROM clock_timestamp() - pg_catalog.pg_postmaster_start_time())::bigint,
    'counted_s', greatest(extract(epoch FROM clock_timestamp() - coalesce(
        (SELECT d.stats_reset FROM pg_catalog.pg_stat_database d WHERE d.datname = current_database()),
        greatest((SELECT a.stats_reset FROM pg_catalog.pg_stat_archiver a),
                 (SELECT b.stats_reset FROM pg_catalog.pg_stat_bgwriter b))))::bigint, 0))::text
