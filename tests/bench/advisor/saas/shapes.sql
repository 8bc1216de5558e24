-- One kind of index each: the name, and behind the bar what serves it well (several, with & between them, where it takes several).

-- equality | CREATE INDEX ON users (external_ref)
SELECT id, name FROM users WHERE external_ref = 'e60ff37b-63c3-16cf-6c15-2fbc90bd6e39';
-- equalities | CREATE INDEX ON orders (tenant_id, country, status)
SELECT id, total FROM orders WHERE status = 'paid' AND country = 'PL' AND tenant_id = 17;
-- sort_nulls_last | CREATE INDEX ON users (tenant_id, last_login DESC NULLS LAST)
SELECT id, name, last_login FROM users WHERE tenant_id = 3 ORDER BY last_login DESC NULLS LAST LIMIT 20;
-- equality_range | CREATE INDEX ON orders (user_id, created_at)
SELECT id, total, status FROM orders WHERE user_id = 4711 AND created_at >= '2025-01-01 00:00+00' ORDER BY created_at DESC;
-- keyset | CREATE INDEX ON messages (created_at, id)
SELECT id, body FROM messages WHERE (created_at, id) < ('2025-03-01 00:00+00', 100) ORDER BY created_at DESC, id DESC LIMIT 50;
-- keyset_of_one | CREATE INDEX ON messages (thread_id, created_at, id)
SELECT id, body FROM messages WHERE thread_id = 77 AND (created_at, id) < ('2025-03-01 00:00+00', 100)
ORDER BY created_at DESC, id DESC LIMIT 20;
-- index_only | CREATE INDEX ON orders (tenant_id, created_at) INCLUDE (total)
SELECT sum(total) FROM orders WHERE tenant_id = 5 AND created_at >= '2024-09-01 00:00+00' AND created_at < '2025-03-01 00:00+00';
-- soft_delete | CREATE INDEX ON users (tenant_id, name) WHERE deleted_at IS NULL
SELECT id, name, email FROM users WHERE tenant_id = 2 AND deleted_at IS NULL ORDER BY name LIMIT 50;
-- rare_status | CREATE INDEX ON orders (created_at) WHERE status = 'pending'
SELECT id, tenant_id, created_at FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 100;
-- lower_email | CREATE INDEX ON users (lower(email))
SELECT id, name FROM users WHERE lower(email) = lower('user4711@example.com');
-- prefix | CREATE INDEX ON products (sku text_pattern_ops)
SELECT id, name FROM products WHERE sku LIKE 'SKU-A3F%';
-- inside | CREATE INDEX ON products USING gin (name gin_trgm_ops)
SELECT id, name FROM products WHERE name ILIKE '%a3f91%';
-- json_contains | CREATE INDEX ON products USING gin (attributes jsonb_path_ops)
SELECT id, name FROM products WHERE attributes @> '{"colour": "c17", "weight": 5}';
-- json_key | CREATE INDEX ON products USING gin (attributes)
SELECT id, name FROM products WHERE attributes ? 'k17';
-- json_value | CREATE INDEX ON orders ((meta ->> 'coupon'))
SELECT id, total FROM orders WHERE meta ->> 'coupon' = 'C4711';
-- array_contains | CREATE INDEX ON products USING gin (tags)
SELECT id, name FROM products WHERE tags @> ARRAY['tag17'];
-- array_overlaps | CREATE INDEX ON products USING gin (tags)
SELECT id, name FROM products WHERE tags && ARRAY['tag1200', 'tag1300'];
-- text_search | CREATE INDEX ON products USING gin (words)
SELECT id, name FROM products WHERE words @@ to_tsquery('english', 'thing17 & part317');
-- text_search_expression | CREATE INDEX ON messages USING gin (to_tsvector('english', body))
SELECT id, thread_id FROM messages WHERE to_tsvector('english', body) @@ plainto_tsquery('english', 'word17 term217');
-- appended | CREATE INDEX ON audit_log USING brin (at)
SELECT count(*) FROM audit_log WHERE at >= '2024-09-01 00:00+00' AND at < '2024-09-02 00:00+00';
-- child | CREATE INDEX ON order_items (order_id)
SELECT o.id, o.status, i.product_id, i.quantity FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.id = 4711;
-- semi_join | CREATE INDEX ON orders (user_id) WHERE status = 'pending' & CREATE INDEX ON users (tenant_id)
SELECT u.id, u.email FROM users u WHERE u.tenant_id = 9
  AND EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id AND o.status = 'pending');
-- anti_join | CREATE INDEX ON order_items (product_id) & CREATE INDEX ON products (tenant_id)
SELECT p.id, p.name FROM products p WHERE p.tenant_id = 9 AND NOT EXISTS (SELECT 1 FROM order_items i WHERE i.product_id = p.id);
-- distinct_on | CREATE INDEX ON sessions (user_id, expires_at DESC)
SELECT DISTINCT ON (user_id) user_id, expires_at, agent FROM sessions WHERE user_id = ANY ('{5,17,99,4711}') ORDER BY user_id, expires_at DESC;
-- latest | CREATE INDEX ON audit_log (actor_id, at)
SELECT max(at) FROM audit_log WHERE actor_id = 4711;
-- newest_of_each | CREATE INDEX ON audit_log (actor_id, at)
SELECT actor_id, min(at), max(at) FROM audit_log GROUP BY actor_id;
-- in_list | CREATE INDEX ON invoices (number)
SELECT id, amount FROM invoices WHERE number IN ('INVc4ca4238a0b923820dcc509a6f75849b', 'INVc81e728d9d4c2f636f067f89cc14862c', 'INVx');
-- either | CREATE INDEX ON transfers (from_account) & CREATE INDEX ON transfers (to_account)
SELECT id, amount, note FROM transfers WHERE from_account = 777 OR to_account = 777;
-- partitioned | CREATE INDEX ON measurements (device_id, metric, at)
SELECT at, value FROM measurements WHERE device_id = 77 AND metric = 'm3' ORDER BY at DESC LIMIT 10;
-- truncated_date | CREATE INDEX ON invoices (date_trunc('day', issued_at))
SELECT id, number FROM invoices WHERE date_trunc('day', issued_at) = '2024-05-05';
-- date_of_timestamp | CREATE INDEX ON orders (((created_at AT TIME ZONE 'UTC')::date))
SELECT count(*), sum(total) FROM orders WHERE (created_at AT TIME ZONE 'UTC')::date = '2024-11-11';
-- overlap | CREATE INDEX ON bookings USING gist (during)
SELECT id, room_id FROM bookings WHERE during && tstzrange('2024-05-05 10:00+00', '2024-05-05 11:00+00');
-- top | CREATE INDEX ON products (price)
SELECT id, name, price FROM products ORDER BY price DESC LIMIT 10;
-- top_of_each | CREATE INDEX ON orders (tenant_id, total)
SELECT t.id, best.id, best.total FROM tenants t
  CROSS JOIN LATERAL (SELECT o.id, o.total FROM orders o WHERE o.tenant_id = t.id ORDER BY o.total DESC LIMIT 3) best
WHERE t.plan = 'enterprise';
-- count_filter | CREATE INDEX ON jobs (queue) INCLUDE (state)
SELECT count(*) FILTER (WHERE state = 'failed'), count(*) FROM jobs WHERE queue = 'q17';
-- update_by | CREATE INDEX ON jobs (handle)
UPDATE jobs SET state = 'done' WHERE handle = '47bce5c74f589f4867dbd57e9ca9f808';
-- delete_by | CREATE INDEX ON sessions (expires_at)
DELETE FROM sessions WHERE expires_at < '2025-06-01 02:00+00';
-- of_tenant | CREATE INDEX ON products (tenant_id, sku)
SELECT id, name, price FROM products WHERE tenant_id = 4 AND sku = 'SKU-1679E1';
-- uuid_token | CREATE INDEX ON sessions (token)
SELECT user_id FROM sessions WHERE token = 'f1a80f30-4c58-a7ee-6f8b-7b91b3b9ca2f';
-- citext | CREATE INDEX ON users (nick)
SELECT id, name FROM users WHERE nick = 'NICK4711';
-- lower_of_tenant | CREATE INDEX ON users (tenant_id, lower(name))
SELECT id FROM users WHERE tenant_id = 3 AND lower(name) = 'name 1679091c5a880faf6fb5e6087eb1b2dc';
-- queue | CREATE INDEX ON jobs (run_at) WHERE state <> 'done'
SELECT id, payload FROM jobs WHERE state <> 'done' AND run_at <= '2025-03-01 00:00+00' ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED;
-- flag | CREATE INDEX ON jobs (id) WHERE locked
SELECT id, handle FROM jobs WHERE locked;
-- unread | CREATE INDEX ON messages (author_id) WHERE NOT is_read
SELECT count(*) FROM messages WHERE author_id = 77 AND NOT is_read;
-- unpaid | CREATE INDEX ON invoices (due) WHERE paid_at IS NULL
SELECT id, tenant_id, amount FROM invoices WHERE paid_at IS NULL AND due < '2024-03-01';
-- not_null | CREATE INDEX ON orders (id) WHERE refund_id IS NOT NULL
SELECT id, refund_id, total FROM orders WHERE refund_id IS NOT NULL;
-- mixed_order | CREATE INDEX ON jobs (queue, priority DESC, run_at)
SELECT id, handle FROM jobs WHERE queue = 'q3' ORDER BY priority DESC, run_at ASC LIMIT 10;
-- coalesce | CREATE INDEX ON invoices (coalesce(parent_id, 0))
SELECT id, number FROM invoices WHERE coalesce(parent_id, 0) = 4707;
-- between | CREATE INDEX ON orders (total)
SELECT id, total FROM orders WHERE total BETWEEN 499.90 AND 500;
-- room_overlap | CREATE INDEX ON bookings (room_id)
SELECT id FROM bookings WHERE room_id = 17 AND during @> timestamptz '2024-05-05 10:00+00';
-- suffix | CREATE INDEX ON invoices USING gin (number gin_trgm_ops)
SELECT id FROM invoices WHERE number LIKE '%75849b';
-- any_of_user | CREATE INDEX ON orders (user_id)
SELECT user_id, count(*), sum(total) FROM orders WHERE user_id IN (5, 17, 4711) GROUP BY user_id;
