SET lock_timeout = '5s';
ALTER TABLE d ADD COLUMN note text;
