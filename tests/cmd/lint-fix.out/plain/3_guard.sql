SET lock_timeout = '5s';
CREATE INDEX IF NOT EXISTS a_note ON a (note);
