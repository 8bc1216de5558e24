SET lock_timeout = '2s';
CREATE INDEX orders_coupon_id_idx ON orders (coupon_id);
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
