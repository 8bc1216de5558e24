SET lock_timeout = '2s';
CREATE INDEX orders_currency_idx ON orders (currency);
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
