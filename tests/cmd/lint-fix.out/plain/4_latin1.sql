ALTER TABLE a ADD COLUMN "café" text;
