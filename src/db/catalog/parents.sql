-- Partitions and inheritance: child, parent (the first, where a table inherits from several).
SELECT DISTINCT ON (inhrelid) inhrelid::int8, inhparent::int8 FROM pg_inherits ORDER BY inhrelid, inhseqno
