-- A small SaaS: primary keys, what is unique by nature, and foreign keys; no other index. Rows are drawn with a fixed seed.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS citext;
SELECT setseed(0.42);

CREATE TABLE tenants (id bigint PRIMARY KEY, name text NOT NULL, plan text NOT NULL);
INSERT INTO tenants SELECT i, 'Tenant ' || i, CASE WHEN i % 200 = 0 THEN 'enterprise' ELSE 'team' END FROM generate_series(1::bigint, 2000) i;

CREATE TABLE users (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, email text NOT NULL, nick citext NOT NULL, name text NOT NULL,
    external_ref uuid NOT NULL, locale text NOT NULL, last_login timestamptz, deleted_at timestamptz, about text NOT NULL
);
INSERT INTO users SELECT i, 1 + (random() ^ 2 * 1999)::int, 'User' || i || '@Example.com', 'Nick' || i, 'Name ' || md5(i::text),
    md5('u' || i)::uuid, (ARRAY['en', 'de', 'fr', 'es'])[1 + i % 4],
    CASE WHEN random() < 0.6 THEN timestamptz '2025-06-01 00:00+00' - random() * interval '300 days' END,
    CASE WHEN random() < 0.7 THEN timestamptz '2025-06-01 00:00+00' - random() * interval '300 days' END, repeat('about ', 12)
FROM generate_series(1::bigint, 200000) i;

CREATE TABLE orders (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, user_id bigint NOT NULL, status text NOT NULL,
    total numeric(10,2) NOT NULL, created_at timestamptz NOT NULL, placed_at timestamp NOT NULL, reference text NOT NULL,
    country text NOT NULL, refund_id bigint, meta jsonb NOT NULL
);
INSERT INTO orders SELECT i, 1 + (random() ^ 2 * 1999)::int, 1 + (random() * 199999)::int,
    CASE WHEN i % 250 = 0 THEN 'pending' WHEN i % 3 = 0 THEN 'paid' ELSE 'shipped' END, round((random() * 500)::numeric, 2),
    t, t AT TIME ZONE 'UTC', 'R-' || lpad((i * 7919 % 400009)::text, 8, '0'),
    (ARRAY['DE', 'FR', 'US', 'GB', 'IT', 'ES', 'PL', 'NL'])[1 + (random() * 7)::int], CASE WHEN i % 400 = 7 THEN i END,
    jsonb_build_object('coupon', 'C' || (i % 20000), 'source', 'web', 'note', repeat('n', 60))
FROM (SELECT i, timestamptz '2024-06-01 00:00+00' + (i * 7919 % 400009) * interval '78 seconds' t FROM generate_series(1::bigint, 400000) i) s;

CREATE TABLE products (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, sku text NOT NULL, name text NOT NULL, tags text[] NOT NULL,
    attributes jsonb NOT NULL, price numeric(10,2) NOT NULL, body text NOT NULL, words tsvector NOT NULL
);
INSERT INTO products SELECT i, 1 + (random() * 1999)::int, 'SKU-' || upper(substr(md5(i::text), 1, 6)), 'Product ' || md5('p' || i),
    ARRAY['tag' || i % 1000, 'tag' || 1000 + i % 777], jsonb_build_object('colour', 'c' || i % 500, 'weight', i % 97, 'k' || i % 300, true),
    round((random() * 900)::numeric, 2), body, to_tsvector('english', body)
FROM (SELECT i, 'thing' || i % 900 || ' part' || i % 1100 || ' ' || repeat('lorem ', 8) AS body FROM generate_series(1::bigint, 100000) i) s;

CREATE TABLE order_items (
    id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE, product_id bigint NOT NULL, quantity int NOT NULL
);
INSERT INTO order_items SELECT i, 1 + (random() * 399999)::int, 1 + (random() * 89999)::int, 1 + i % 5 FROM generate_series(1::bigint, 700000) i;

CREATE TABLE audit_log (id bigint PRIMARY KEY, at timestamptz NOT NULL, actor_id bigint NOT NULL, action text NOT NULL, detail text NOT NULL);
INSERT INTO audit_log SELECT i, timestamptz '2024-01-01 00:00+00' + i * interval '35 seconds', i * 31 % 5003, 'a' || i % 40, repeat('d', 50)
FROM generate_series(1::bigint, 1200000) i;

CREATE TABLE bookings (id bigint PRIMARY KEY, room_id int NOT NULL, during tstzrange NOT NULL, note text NOT NULL);
INSERT INTO bookings SELECT i, i % 400, tstzrange(s, s + interval '90 minutes'), repeat('b', 40)
FROM (SELECT i, timestamptz '2024-01-01 00:00+00' + (i * 7919 % 150001) * interval '5 minutes' s FROM generate_series(1::bigint, 150000) i) x;

CREATE TABLE measurements (device_id int NOT NULL, metric text NOT NULL, at timestamptz NOT NULL, value double precision NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE measurements_1 PARTITION OF measurements FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00');
CREATE TABLE measurements_2 PARTITION OF measurements FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-03-01 00:00+00');
CREATE TABLE measurements_3 PARTITION OF measurements FOR VALUES FROM ('2025-03-01 00:00+00') TO ('2025-04-01 00:00+00');
INSERT INTO measurements SELECT i * 31 % 2003, 'm' || i % 6, timestamptz '2025-01-01 00:00+00' + (i * 7919 % 300007) * interval '25 seconds', random()
FROM generate_series(1::bigint, 300000) i;

CREATE TABLE jobs (
    id bigint PRIMARY KEY, queue text NOT NULL, state text NOT NULL, priority int NOT NULL, run_at timestamptz NOT NULL, handle text NOT NULL,
    locked boolean NOT NULL, payload text NOT NULL
);
INSERT INTO jobs SELECT i, 'q' || (random() * 60)::int, CASE WHEN i % 300 = 0 THEN 'ready' WHEN i % 307 = 0 THEN 'failed' ELSE 'done' END,
    i % 10, timestamptz '2025-01-01 00:00+00' + (i * 7919 % 250007) * interval '40 seconds', md5('h' || i), i % 500 = 3, repeat('p', 60)
FROM generate_series(1::bigint, 250000) i;

CREATE TABLE messages (
    id bigint PRIMARY KEY, thread_id bigint NOT NULL, author_id bigint NOT NULL, body text NOT NULL, is_read boolean NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO messages SELECT i, i * 31 % 3001, i * 37 % 9001, 'word' || i % 2000 || ' term' || i % 1700 || ' hello world', i % 50 > 0,
    timestamptz '2025-01-01 00:00+00' + (i * 7919 % 200003) * interval '60 seconds' FROM generate_series(1::bigint, 200000) i;

CREATE TABLE invoices (
    id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, number text NOT NULL, issued_at timestamp NOT NULL, due date NOT NULL,
    paid_at timestamptz, amount numeric(10,2) NOT NULL, parent_id bigint, note text NOT NULL
);
INSERT INTO invoices SELECT i, 1 + (random() * 1999)::int, 'INV' || md5(i::text), t, t::date + 30,
    CASE WHEN i % 100 > 0 THEN t + interval '9 days' END, round((random() * 900)::numeric, 2), CASE WHEN i % 9 = 0 THEN i % 20000 END, repeat('i', 60)
FROM (SELECT i, timestamp '2024-01-01' + (i * 7919 % 150001) * interval '5 minutes' t FROM generate_series(1::bigint, 150000) i) s;

CREATE TABLE transfers (id bigint PRIMARY KEY, from_account bigint NOT NULL, to_account bigint NOT NULL, amount int NOT NULL, note text NOT NULL);
INSERT INTO transfers SELECT i, (random() * 40000)::int, (random() * 40000)::int, i % 999, repeat('t', 50) FROM generate_series(1::bigint, 300000) i;

CREATE TABLE sessions (id bigint PRIMARY KEY, token uuid NOT NULL, user_id bigint NOT NULL, expires_at timestamptz NOT NULL, agent text NOT NULL);
INSERT INTO sessions SELECT i, md5('s' || i)::uuid, (random() * 100000)::int,
    timestamptz '2025-06-01 00:00+00' + (i * 7919 % 200003) * interval '20 seconds', repeat('a', 60) FROM generate_series(1::bigint, 200000) i;

CREATE TABLE places (id bigint PRIMARY KEY, name text NOT NULL, at point NOT NULL);
INSERT INTO places SELECT i, 'Place ' || i, point(random() * 1000, random() * 1000) FROM generate_series(1::bigint, 100000) i;
