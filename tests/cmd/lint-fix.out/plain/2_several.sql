-- What this release brings.

SET lock_timeout = '5s';
ALTER TABLE a ADD COLUMN note text;
RESET lock_timeout;
CREATE INDEX CONCURRENTLY a_m ON a (m);
SET lock_timeout = '5s';
-- Nobody reads it any more.
-- sqlsift: allow migration/drop_column because its last reader went in March
ALTER TABLE a DROP COLUMN n;
