-- One row a relation with a name in $1: what pg_stats says of each column that the role may read. Of a parent the rows of the whole tree,
-- which is what a query meets.
SELECT c.oid::int8, json_object_agg(s.attname, json_build_object(
    'null_fraction', s.null_frac,
    'average_width', s.avg_width,
    'n_distinct', s.n_distinct,
    'correlation', s.correlation,
    'most_common_frequencies', coalesce(to_json(s.most_common_freqs), '[]'::json)))::text
FROM (SELECT DISTINCT ON (schemaname, tablename, attname) * FROM pg_stats
      WHERE tablename = ANY ($1::text[]::name[])
      ORDER BY schemaname, tablename, attname, inherited DESC) s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
GROUP BY c.oid
