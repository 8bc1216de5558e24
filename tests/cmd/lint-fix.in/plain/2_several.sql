-- What this release brings.

ALTER TABLE a ADD COLUMN note text;
CREATE INDEX a_m ON a (m);
-- Nobody reads it any more.
-- sqlsift: allow migration/drop_column because its last reader went in March
ALTER TABLE a DROP COLUMN n;
