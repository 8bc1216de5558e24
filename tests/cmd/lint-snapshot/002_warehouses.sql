SET lock_timeout = '2s';
CREATE INDEX warehouses_name_idx ON warehouses (name);
ALTER TABLE warehouses ADD CONSTRAINT warehouses_name_check CHECK (name <> '');
