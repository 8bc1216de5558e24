-- Partitions and inheritance: child, parent; where a table inherits from several, in their order.
SELECT inhrelid::int8, inhparent::int8 FROM pg_inherits ORDER BY inhrelid, inhseqno
