-- Shapes whose constants pg_stat_statements does not keep: the name, and behind the bar what serves them well, or the word that the reason has to name.

-- json_value | CREATE INDEX ON orders ((meta ->> 'coupon'))
SELECT id, total FROM orders WHERE meta ->> 'coupon' = 'C4711';
-- json_value_of_tenant | CREATE INDEX ON orders (tenant_id, (meta ->> 'coupon'))
SELECT id, total FROM orders WHERE tenant_id = 17 AND meta ->> 'coupon' = 'C4711';
-- json_value_in | CREATE INDEX ON orders ((meta ->> 'coupon'))
SELECT id, total FROM orders WHERE meta ->> 'coupon' IN ('C4711', 'C17');
-- json_path_text | CREATE INDEX ON orders ((meta #>> '{coupon}'))
SELECT id FROM orders WHERE meta #>> '{coupon}' = 'C4712';
-- json_number | CREATE INDEX ON products (((attributes ->> 'weight')::int)) & reason
SELECT id FROM products WHERE (attributes ->> 'weight')::int = 55 AND price < 10;
-- json_contains | CREATE INDEX ON products USING gin (attributes jsonb_path_ops)
SELECT id, name FROM products WHERE attributes @> '{"colour": "c17", "weight": 5}';
-- json_key | CREATE INDEX ON products USING gin (attributes)
SELECT id, name FROM products WHERE attributes ? 'k17';
-- array_contains | CREATE INDEX ON products USING gin (tags)
SELECT id, name FROM products WHERE tags @> ARRAY['tag17'];
-- array_contains_cast | CREATE INDEX ON products USING gin (tags)
SELECT id, name FROM products WHERE tags @> '{tag17}'::text[];
-- array_any | reason: @>
SELECT id, name FROM products WHERE 'tag17' = ANY (tags);
-- truncated_date | CREATE INDEX ON invoices (date_trunc('day', issued_at))
SELECT id, number FROM invoices WHERE date_trunc('day', issued_at) = '2024-05-05';
-- truncated_month | CREATE INDEX ON invoices (date_trunc('month', issued_at))
SELECT id FROM invoices WHERE date_trunc('month', issued_at) = '2024-05-01';
-- truncated_zoned | reason: date_trunc
SELECT id FROM orders WHERE date_trunc('day', created_at) = '2024-11-11';
-- date_of_zoned | CREATE INDEX ON orders (((created_at AT TIME ZONE 'UTC')::date))
SELECT count(*), sum(total) FROM orders WHERE (created_at AT TIME ZONE 'UTC')::date = '2024-11-11';
-- date_of | CREATE INDEX ON invoices ((issued_at::date))
SELECT id FROM invoices WHERE issued_at::date = '2024-05-05';
-- year_of | reason: extract
SELECT id FROM invoices WHERE extract(year FROM issued_at) = 2023;
-- search_expression | CREATE INDEX ON messages USING gin (to_tsvector('english', body))
SELECT id, thread_id FROM messages WHERE to_tsvector('english', body) @@ plainto_tsquery('english', 'word17 term217');
-- search_column | CREATE INDEX ON products USING gin (words)
SELECT id, name FROM products WHERE words @@ to_tsquery('english', 'thing17 & part317');
-- search_websearch | CREATE INDEX ON products USING gin (words)
SELECT id, name FROM products WHERE words @@ websearch_to_tsquery('thing18 part318');
-- coalesce | CREATE INDEX ON invoices (coalesce(parent_id, 0))
SELECT id, number FROM invoices WHERE coalesce(parent_id, 0) = 4707;
-- coalesce_time | reason: coalesce
SELECT id FROM users WHERE coalesce(last_login, '2000-01-01 00:00+00') = '2025-01-01 00:00+00';
-- lower_is | CREATE INDEX ON users (lower(email))
SELECT id, name FROM users WHERE lower(email) = 'user4711@example.com';
-- lower_like | CREATE INDEX ON users USING gin (lower(name) gin_trgm_ops)
SELECT id, name FROM users WHERE lower(name) LIKE 'name 1679%';
-- prefix | CREATE INDEX ON products (sku text_pattern_ops) & gin
SELECT id, name FROM products WHERE sku LIKE 'SKU-A3F%';
-- inside | CREATE INDEX ON products USING gin (name gin_trgm_ops)
SELECT id, name FROM products WHERE name ILIKE '%a3f91%';
-- pattern | CREATE INDEX ON products USING gin (name gin_trgm_ops)
SELECT id, name FROM products WHERE name ~ 'a3f91';
-- similar | CREATE INDEX ON users USING gin (name gin_trgm_ops)
SELECT id, name FROM users WHERE name % 'Name 1679091c5a880faf6fb5e6087eb1b2dc';
-- similarity | reason: similarity
SELECT id, name FROM users WHERE similarity(name, 'Name 1679091c5a880faf6fb5e6087eb1b2dc') > 0.9;
-- left_of | reason: LIKE
SELECT id FROM orders WHERE left(reference, 6) = 'R-0012';
-- substring_of | reason: substring
SELECT id FROM orders WHERE substring(reference, 3, 8) = '00004711';
-- split | reason: split_part
SELECT id FROM users WHERE split_part(email, '@', 1) = 'User4711';
-- remainder | reason: %
SELECT id FROM transfers WHERE from_account % 1000 = 777 AND amount = 5;
-- arithmetic | reason: 
SELECT id FROM transfers WHERE amount + 1 = 500 AND from_account - 1 = 700;
-- later_than | CREATE INDEX ON sessions (expires_at)
SELECT id FROM sessions WHERE expires_at <= timestamptz '2025-06-02 00:00+00' - interval '20 hours';
-- recent | CREATE INDEX ON audit_log (at)
SELECT id, action FROM audit_log WHERE at >= now() - interval '30 days' ORDER BY at DESC LIMIT 100;
-- moved | reason: plain
SELECT id FROM jobs WHERE run_at + interval '1 hour' < '2025-01-01 02:00+00';
-- in_list | CREATE INDEX ON invoices (number)
SELECT id, amount FROM invoices WHERE number IN ('INVc4ca4238a0b923820dcc509a6f75849b', 'INVc81e728d9d4c2f636f067f89cc14862c', 'INVx');
-- any_array | CREATE INDEX ON transfers (from_account)
SELECT id, amount FROM transfers WHERE from_account = ANY ('{5,17,99}'::bigint[]);
-- nearest | CREATE INDEX ON places USING gist (at)
SELECT id, name FROM places ORDER BY at <-> point(500, 500) LIMIT 5;
-- in_box | CREATE INDEX ON places USING gist (at)
SELECT id, name FROM places WHERE at <@ box '((10,10),(12,12))';
-- overlap | CREATE INDEX ON bookings USING gist (during)
SELECT id, room_id FROM bookings WHERE during && tstzrange('2024-05-05 10:00+00', '2024-05-05 11:00+00');
-- within | CREATE INDEX ON bookings USING gist (during)
SELECT id, room_id FROM bookings WHERE during @> timestamptz '2024-05-05 10:00+00';
-- keyset | CREATE INDEX ON messages (created_at, id)
SELECT id, body FROM messages WHERE (created_at, id) < ('2025-03-01 00:00+00', 100) ORDER BY created_at DESC, id DESC LIMIT 50;
-- keyset_of_one | CREATE INDEX ON messages (thread_id, created_at, id)
SELECT id, body FROM messages WHERE thread_id = 77 AND (created_at, id) < ('2025-03-01 00:00+00', 100)
ORDER BY created_at DESC, id DESC LIMIT 20;
-- soft_delete | CREATE INDEX ON users (tenant_id, name) WHERE deleted_at IS NULL
SELECT id, name, email FROM users WHERE tenant_id = 2 AND deleted_at IS NULL ORDER BY name LIMIT 50;
-- rare_status | CREATE INDEX ON orders (status, created_at)
SELECT id, tenant_id, created_at FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 100;
-- rare_flag | CREATE INDEX ON messages (author_id) WHERE NOT is_read
SELECT count(*) FROM messages WHERE author_id = 77 AND is_read = false;
-- citext | CREATE INDEX ON users (nick)
SELECT id, name FROM users WHERE nick = 'NICK4711';
-- series | CREATE INDEX ON bookings (room_id)
SELECT g, (SELECT count(*) FROM bookings b WHERE b.room_id = g) FROM generate_series(1, 3) g;
-- series_of_days | CREATE INDEX ON sessions (expires_at)
SELECT d, (SELECT count(*) FROM sessions s WHERE s.expires_at >= d AND s.expires_at < d + interval '1 hour')
FROM generate_series(timestamptz '2025-06-05 00:00+00', timestamptz '2025-06-06 00:00+00', interval '6 hours') d;
-- latest_of | CREATE INDEX ON audit_log (actor_id, at)
SELECT DISTINCT ON (actor_id) actor_id, at, action FROM audit_log WHERE actor_id IN (17, 18) ORDER BY actor_id, at DESC;
-- counted_by_case | CREATE INDEX ON jobs (queue) INCLUDE (state)
SELECT sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), count(*) FROM jobs WHERE queue = 'q17';
-- null_or | CREATE INDEX ON transfers (to_account)
SELECT id FROM transfers WHERE to_account = 4711 AND ('x' = 'x' OR amount > 5);
-- casted | CREATE INDEX ON invoices ((id::text)) & reason
SELECT amount FROM invoices WHERE id::text = '4711';
-- concatenated | reason: 
SELECT id FROM jobs WHERE queue || ':' || handle = 'q17:47bce5c74f589f4867dbd57e9ca9f808';
