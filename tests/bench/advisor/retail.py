"""A retailer with three channels (the 24 tables of a well-known decision-support schema, primary keys only), and long analytical queries over it.

    retail.py schema           SQL that makes the tables and their rows
    retail.py queries FOLDER   one file a query: CTEs, ROLLUP, windows, unions, correlated sub-queries. The same in every run."""

import sys

DIMENSIONS = """
CREATE TABLE date_dim (d_date_sk int PRIMARY KEY, d_date date, d_month_seq int, d_week_seq int, d_dow int, d_year int, d_moy int, d_dom int, d_qoy int, d_day_name char(9), d_weekend char(1));
INSERT INTO date_dim SELECT 2450000 + i, d, (extract(year FROM d) * 12 + extract(month FROM d) - 22800)::int, i / 7, extract(dow FROM d), extract(year FROM d), extract(month FROM d),
    extract(day FROM d), extract(quarter FROM d), to_char(d, 'Day'), CASE WHEN extract(dow FROM d) IN (0, 6) THEN 'Y' ELSE 'N' END
FROM (SELECT i, date '1990-01-01' + i AS d FROM generate_series(0, 20000) i) s;
CREATE TABLE time_dim (t_time_sk int PRIMARY KEY, t_hour int, t_minute int, t_shift char(20), t_meal_time char(20));
INSERT INTO time_dim SELECT i, i / 3600, i / 60 % 60, 's' || i / 28800, CASE WHEN i / 3600 IN (7, 8) THEN 'breakfast' WHEN i / 3600 IN (18, 19) THEN 'dinner' END FROM generate_series(0, 86399) i;
CREATE TABLE item (i_item_sk int PRIMARY KEY, i_item_id char(16), i_item_desc varchar(200), i_current_price numeric(7,2), i_wholesale_cost numeric(7,2), i_brand_id int, i_brand char(50),
    i_class char(50), i_category_id int, i_category char(50), i_manufact_id int, i_manufact char(50), i_size char(20), i_color char(20), i_units char(10), i_manager_id int);
INSERT INTO item SELECT i, 'IT' || i / 2, md5(i::text) || md5('d' || i), round((random() * 100)::numeric, 2), round((random() * 80)::numeric, 2), 1000 + i % 700, 'brand ' || i % 700, 'class ' || i % 100,
    i % 10, (ARRAY['Books', 'Home', 'Music', 'Sports', 'Shoes', 'Women', 'Men', 'Children', 'Jewelry', 'Electronics'])[1 + i % 10], (random() * 999)::int, 'manufact ' || i % 1000,
    (ARRAY['small', 'medium', 'large', 'N/A'])[1 + i % 4], 'color ' || i % 92, 'unit ' || i % 21, 1 + i % 100 FROM generate_series(1, 18000) i;
CREATE TABLE customer_address (ca_address_sk int PRIMARY KEY, ca_city varchar(60), ca_county varchar(30), ca_state char(2), ca_zip char(10), ca_country varchar(20), ca_gmt_offset numeric(5,2));
INSERT INTO customer_address SELECT i, 'City ' || i % 900, 'County ' || i % 1800, (ARRAY['TX','CA','NY','GA','IL','WA','OH','VA','KS','TN','IN','MO'])[1 + (random() ^ 1.5 * 11)::int],
    lpad((i * 7919 % 99999)::text, 5, '0'), 'United States', -5 - i % 4 FROM generate_series(1::bigint, 50000) i;
CREATE TABLE customer_demographics (cd_demo_sk int PRIMARY KEY, cd_gender char(1), cd_marital_status char(1), cd_education_status char(20), cd_purchase_estimate int, cd_credit_rating char(10), cd_dep_count int);
INSERT INTO customer_demographics SELECT i, (ARRAY['M','F'])[1 + i % 2], (ARRAY['M','S','D','W','U'])[1 + i / 2 % 5], (ARRAY['Primary','Secondary','College','2 yr Degree','4 yr Degree','Advanced Degree','Unknown'])[1 + i / 10 % 7],
    500 + i % 20 * 500, (ARRAY['Low Risk','Good','High Risk','Unknown'])[1 + i / 70 % 4], i / 280 % 7 FROM generate_series(1, 200000) i;
CREATE TABLE household_demographics (hd_demo_sk int PRIMARY KEY, hd_income_band_sk int, hd_buy_potential char(15), hd_dep_count int, hd_vehicle_count int);
INSERT INTO household_demographics SELECT i, 1 + i % 20, (ARRAY['>10000','5001-10000','1001-5000','501-1000','0-500','Unknown'])[1 + i % 6], i % 10, i % 6 - 1 FROM generate_series(1, 7200) i;
CREATE TABLE income_band (ib_income_band_sk int PRIMARY KEY, ib_lower_bound int, ib_upper_bound int);
INSERT INTO income_band SELECT i, i * 10000 - 9999, i * 10000 FROM generate_series(1, 20) i;
CREATE TABLE customer (c_customer_sk int PRIMARY KEY, c_customer_id char(16), c_current_cdemo_sk int, c_current_hdemo_sk int, c_current_addr_sk int, c_first_name char(20), c_last_name char(30),
    c_birth_month int, c_birth_year int, c_birth_country varchar(20), c_preferred_cust_flag char(1));
INSERT INTO customer SELECT i, 'CU' || i, 1 + (random() * 199999)::int, 1 + (random() * 7199)::int, 1 + (random() * 49999)::int, 'First' || i % 5000, 'Last' || i % 9000, 1 + i % 12, 1924 + i % 69,
    'COUNTRY ' || i % 200, CASE WHEN i % 2 = 0 THEN 'Y' ELSE 'N' END FROM generate_series(1, 100000) i;
CREATE TABLE store (s_store_sk int PRIMARY KEY, s_store_id char(16), s_store_name varchar(50), s_number_employees int, s_county varchar(30), s_state char(2), s_market_id int, s_gmt_offset numeric(5,2), s_zip char(10), s_city varchar(60));
INSERT INTO store SELECT i, 'ST' || i, (ARRAY['ought','able','ese','bar'])[1 + i % 4], 200 + i * 7 % 100, 'County ' || i % 9, (ARRAY['TN','GA','TX'])[1 + i % 3], i % 10, -5 - i % 2, lpad((i * 791)::text, 5, '0'), 'City ' || i % 7 FROM generate_series(1, 60) i;
CREATE TABLE warehouse (w_warehouse_sk int PRIMARY KEY, w_warehouse_name varchar(20), w_warehouse_sq_ft int, w_state char(2), w_county varchar(30));
INSERT INTO warehouse SELECT i, 'W' || i, i * 90000, 'TN', 'County ' || i FROM generate_series(1, 6) i;
CREATE TABLE ship_mode (sm_ship_mode_sk int PRIMARY KEY, sm_type char(30), sm_carrier char(20));
INSERT INTO ship_mode SELECT i, 'type ' || i % 5, 'carrier ' || i FROM generate_series(1, 20) i;
CREATE TABLE reason (r_reason_sk int PRIMARY KEY, r_reason_desc char(100));
INSERT INTO reason SELECT i, 'reason ' || i FROM generate_series(1, 35) i;
CREATE TABLE promotion (p_promo_sk int PRIMARY KEY, p_channel_dmail char(1), p_channel_email char(1), p_channel_tv char(1), p_channel_event char(1));
INSERT INTO promotion SELECT i, CASE WHEN i % 2 = 0 THEN 'Y' ELSE 'N' END, 'N', CASE WHEN i % 3 = 0 THEN 'Y' ELSE 'N' END, 'N' FROM generate_series(1, 300) i;
CREATE TABLE call_center (cc_call_center_sk int PRIMARY KEY, cc_name varchar(50), cc_manager varchar(40), cc_county varchar(30));
INSERT INTO call_center SELECT i, 'call ' || i, 'manager ' || i, 'County ' || i FROM generate_series(1, 6) i;
CREATE TABLE catalog_page (cp_catalog_page_sk int PRIMARY KEY, cp_catalog_page_id char(16), cp_type varchar(100));
INSERT INTO catalog_page SELECT i, 'CP' || i, 'type ' || i % 3 FROM generate_series(1, 11000) i;
CREATE TABLE web_page (wp_web_page_sk int PRIMARY KEY, wp_type char(50), wp_char_count int);
INSERT INTO web_page SELECT i, 'type ' || i % 7, 1000 + i * 97 % 7000 FROM generate_series(1, 60) i;
CREATE TABLE web_site (web_site_sk int PRIMARY KEY, web_site_id char(16), web_name varchar(50), web_company_name char(50));
INSERT INTO web_site SELECT i, 'WS' || i, 'site ' || i / 5, (ARRAY['pri','able','ation'])[1 + i % 3] FROM generate_series(1, 30) i;
CREATE TABLE inventory (inv_date_sk int, inv_item_sk int, inv_warehouse_sk int, inv_quantity_on_hand int, PRIMARY KEY (inv_date_sk, inv_item_sk, inv_warehouse_sk));
INSERT INTO inventory SELECT 2453000 + w * 7, i * 2, 1 + i % 6, (random() * 900)::int FROM generate_series(0, 120) w, generate_series(1, 9000) i;
"""

# Channel: prefix, table, rows, returns, what stands for its place.
CHANNELS = {
    "ss": ("store_sales", 900000, "sr", "store_returns", "store", "s"),
    "cs": ("catalog_sales", 450000, "cr", "catalog_returns", "call_center", "cc"),
    "ws": ("web_sales", 250000, "wr", "web_returns", "web_site", "web"),
}
PLACE = {"ss": ("ss_store_sk", 60), "cs": ("cs_call_center_sk", 6), "ws": ("ws_web_site_sk", 30)}
PLACE_KEY = {"ss": ("s_store_sk", "s_store_name"), "cs": ("cc_call_center_sk", "cc_name"), "ws": ("web_site_sk", "web_name")}
BUYER = {"ss": "ss_customer_sk", "cs": "cs_bill_customer_sk", "ws": "ws_bill_customer_sk"}
ADDRESS = {"ss": "ss_addr_sk", "cs": "cs_bill_addr_sk", "ws": "ws_bill_addr_sk"}
ORDER = {"ss": "ss_ticket_number", "cs": "cs_order_number", "ws": "ws_order_number"}
DEMOGRAPHICS = {"ss": "ss_cdemo_sk", "cs": "cs_bill_cdemo_sk", "ws": "ws_bill_cdemo_sk"}


def facts(p):
    table, rows, r, returns, _, _ = CHANNELS[p]
    place, places = PLACE[p]
    money = ["wholesale_cost", "list_price", "sales_price", "ext_discount_amt", "ext_sales_price", "ext_list_price", "net_paid", "net_profit"]
    print(f"""
CREATE TABLE {table} ({p}_sold_date_sk int, {p}_sold_time_sk int, {p}_ship_date_sk int, {p}_item_sk int, {BUYER[p]} int, {DEMOGRAPHICS[p]} int, {p}_hdemo_sk int, {ADDRESS[p]} int, {place} int,
    {p}_promo_sk int, {p}_warehouse_sk int, {p}_ship_mode_sk int, {p}_web_page_sk int, {ORDER[p]} bigint, {p}_quantity int, {", ".join(f"{p}_{m} numeric(7,2)" for m in money)}, PRIMARY KEY ({p}_item_sk, {ORDER[p]}));
INSERT INTO {table} SELECT CASE WHEN random() < 0.98 THEN d END, (random() ^ 0.5 * 86399)::int, d + 2 + (random() * 100)::int, 1 + i % 18000, CASE WHEN random() < 0.97 THEN 1 + (random() * 99999)::int END,
    1 + (random() * 199999)::int, 1 + (random() * 7199)::int, 1 + (random() * 49999)::int, 1 + (random() * {places - 1})::int, 1 + (random() * 299)::int, 1 + (random() * 5)::int, 1 + (random() * 19)::int,
    1 + (random() * 59)::int, i / 10, 1 + (random() * 99)::int, {", ".join("round((random() * 300)::numeric, 2)" for _ in money)}
FROM (SELECT i, 2453000 + (random() * 1820)::int AS d FROM generate_series(1, {rows}) i) s;
CREATE TABLE {returns} ({r}_returned_date_sk int, {r}_item_sk int, {r}_customer_sk int, {r}_addr_sk int, {r}_place_sk int, {r}_reason_sk int, {ORDER[p].replace(p + "_", r + "_")} bigint, {r}_return_quantity int,
    {r}_return_amt numeric(7,2), {r}_fee numeric(7,2), {r}_net_loss numeric(7,2), PRIMARY KEY ({r}_item_sk, {ORDER[p].replace(p + "_", r + "_")}));
INSERT INTO {returns} SELECT {p}_sold_date_sk + (random() * 90)::int, {p}_item_sk, {BUYER[p]}, {ADDRESS[p]}, {place}, 1 + (random() * 34)::int, {ORDER[p]}, 1 + (random() * {p}_quantity)::int,
    {p}_sales_price, round((random() * 100)::numeric, 2), round((random() * 300)::numeric, 2) FROM {table} WHERE {p}_item_sk % 10 = {ORDER[p]} % 10;""")


def sales(p, **more):
    """Names of a channel for the templates."""
    table, _, r, returns, place, _ = CHANNELS[p]
    key, shown = PLACE_KEY[p]
    return dict(p=p, sales=table, r=r, returns=returns, place=place, place_sk=PLACE[p][0], place_key=key, shown=shown, buyer=BUYER[p], address=ADDRESS[p],
                order=ORDER[p], r_order=ORDER[p].replace(p + "_", r + "_"), demographics=DEMOGRAPHICS[p], **more)


OF_A_CHANNEL = [
    """SELECT i_brand_id, i_brand, d_year, sum({p}_ext_sales_price) AS price FROM date_dim, {sales}, item
WHERE d_date_sk = {p}_sold_date_sk AND {p}_item_sk = i_item_sk AND i_manufact_id = 436 AND d_moy = 12 GROUP BY d_year, i_brand, i_brand_id ORDER BY d_year, price DESC, i_brand_id LIMIT 100""",
    """SELECT i_item_id, avg({p}_quantity), avg({p}_list_price), avg({p}_sales_price) FROM {sales}, customer_demographics, date_dim, item, promotion
WHERE {p}_sold_date_sk = d_date_sk AND {p}_item_sk = i_item_sk AND {demographics} = cd_demo_sk AND {p}_promo_sk = p_promo_sk AND cd_gender = 'F' AND cd_marital_status = 'W'
  AND cd_education_status = 'Primary' AND (p_channel_email = 'N' OR p_channel_event = 'N') AND d_year = 2000 GROUP BY i_item_id ORDER BY i_item_id LIMIT 100""",
    """WITH returned AS (SELECT {r}_customer_sk AS who, {r}_place_sk AS place, sum({r}_return_amt) AS total FROM {returns}, date_dim
    WHERE {r}_returned_date_sk = d_date_sk AND d_year = 2000 GROUP BY {r}_customer_sk, {r}_place_sk)
SELECT c_customer_id FROM returned a, {place}, customer WHERE a.total > (SELECT avg(total) * 1.2 FROM returned b WHERE a.place = b.place) AND {place_key} = a.place AND a.who = c_customer_sk
ORDER BY c_customer_id LIMIT 100""",
    """SELECT i_category, i_class, i_item_id, sum({p}_ext_sales_price) AS revenue, sum({p}_ext_sales_price) * 100 / sum(sum({p}_ext_sales_price)) OVER (PARTITION BY i_class) AS ratio
FROM {sales}, item, date_dim WHERE {p}_item_sk = i_item_sk AND i_category IN ('Sports', 'Books', 'Home') AND {p}_sold_date_sk = d_date_sk AND d_date BETWEEN '1999-02-22' AND '1999-03-24'
GROUP BY i_item_id, i_class, i_category ORDER BY i_category, i_class, i_item_id, ratio""",
    """SELECT {shown}, i_category, grouping(i_category), sum({p}_net_profit) AS profit, rank() OVER (PARTITION BY grouping({shown}) ORDER BY sum({p}_net_profit) DESC) AS place
FROM {sales}, date_dim, item, {place} WHERE d_date_sk = {p}_sold_date_sk AND i_item_sk = {p}_item_sk AND {place_key} = {place_sk} AND d_year = 2001 AND d_qoy = 2
GROUP BY ROLLUP ({shown}, i_category) ORDER BY place LIMIT 100""",
    """SELECT ca_state, count(*) AS n FROM customer_address a, customer c, {sales} s, date_dim d, item i
WHERE a.ca_address_sk = c.c_current_addr_sk AND c.c_customer_sk = s.{buyer} AND s.{p}_sold_date_sk = d.d_date_sk AND s.{p}_item_sk = i.i_item_sk
  AND d.d_month_seq = (SELECT DISTINCT d_month_seq FROM date_dim WHERE d_year = 2000 AND d_moy = 1)
  AND i.i_current_price > 1.2 * (SELECT avg(j.i_current_price) FROM item j WHERE j.i_category = i.i_category) GROUP BY ca_state HAVING count(*) >= 10 ORDER BY n LIMIT 100""",
    """SELECT c_last_name, c_first_name, s.{order}, count(*), sum(s.{p}_net_paid) FROM {sales} s JOIN customer ON s.{buyer} = c_customer_sk JOIN household_demographics ON s.{p}_hdemo_sk = hd_demo_sk
WHERE hd_vehicle_count > 2 AND hd_buy_potential = '>10000' AND s.{p}_sold_date_sk IN (SELECT d_date_sk FROM date_dim WHERE d_dom BETWEEN 1 AND 3 AND d_year = 1999)
GROUP BY c_last_name, c_first_name, s.{order} ORDER BY c_last_name, 4 DESC LIMIT 100""",
    """WITH yearly AS (SELECT c_customer_id AS id, c_last_name AS last_name, d_year AS year, sum({p}_ext_list_price - {p}_ext_discount_amt) AS total FROM customer, {sales}, date_dim
    WHERE c_customer_sk = {buyer} AND {p}_sold_date_sk = d_date_sk AND d_year IN (1999, 2000) GROUP BY c_customer_id, c_last_name, d_year)
SELECT b.id, b.last_name FROM yearly a, yearly b WHERE a.id = b.id AND a.year = 1999 AND b.year = 2000 AND a.total > 0 AND b.total / a.total > 1.5 ORDER BY b.id LIMIT 100""",
    """SELECT i_item_id, s.{p}_quantity, x.{r}_return_quantity FROM {sales} s, {returns} x, item, date_dim sold, date_dim back
WHERE sold.d_moy = 4 AND sold.d_year = 1999 AND sold.d_date_sk = s.{p}_sold_date_sk AND s.{p}_item_sk = x.{r}_item_sk AND s.{order} = x.{r_order} AND i_item_sk = s.{p}_item_sk
  AND x.{r}_returned_date_sk = back.d_date_sk AND back.d_moy BETWEEN 4 AND 7 AND back.d_year = 1999 ORDER BY i_item_id LIMIT 100""",
    """SELECT sum({p}_quantity) FROM {sales}, customer_demographics, customer_address, date_dim WHERE {p}_sold_date_sk = d_date_sk AND d_year = 2000
  AND ((cd_demo_sk = {demographics} AND cd_marital_status = 'D' AND cd_education_status = 'College' AND {p}_sales_price BETWEEN 50 AND 100)
    OR (cd_demo_sk = {demographics} AND cd_marital_status = 'S' AND cd_education_status = 'Unknown' AND {p}_sales_price BETWEEN 150 AND 200))
  AND {address} = ca_address_sk AND ca_state IN ('TX', 'OH', 'KS')""",
    """SELECT sum({p}_ext_discount_amt) AS excess FROM {sales}, item, date_dim WHERE i_manufact_id = 977 AND i_item_sk = {p}_item_sk AND d_date BETWEEN '2000-01-27' AND '2000-04-26' AND d_date_sk = {p}_sold_date_sk
  AND {p}_ext_discount_amt > (SELECT 1.3 * avg(o.{p}_ext_discount_amt) FROM {sales} o, date_dim e WHERE o.{p}_item_sk = i_item_sk AND e.d_date BETWEEN '2000-01-27' AND '2000-04-26' AND e.d_date_sk = o.{p}_sold_date_sk)""",
    """SELECT count(DISTINCT s.{order}), sum(s.{p}_net_profit) FROM {sales} s, date_dim, customer_address WHERE d_date BETWEEN '1999-02-01' AND '1999-04-02' AND s.{p}_ship_date_sk = d_date_sk
  AND s.{address} = ca_address_sk AND ca_state = 'IL' AND EXISTS (SELECT 1 FROM {sales} o WHERE s.{order} = o.{order} AND s.{p}_warehouse_sk <> o.{p}_warehouse_sk)
  AND NOT EXISTS (SELECT 1 FROM {returns} x WHERE s.{order} = x.{r_order})""",
    """SELECT w_warehouse_name, sm_type, sum(CASE WHEN {p}_ship_date_sk - {p}_sold_date_sk <= 30 THEN 1 ELSE 0 END), sum(CASE WHEN {p}_ship_date_sk - {p}_sold_date_sk > 90 THEN 1 ELSE 0 END)
FROM {sales}, warehouse, ship_mode, date_dim WHERE d_month_seq BETWEEN 1194 AND 1205 AND {p}_ship_date_sk = d_date_sk AND {p}_warehouse_sk = w_warehouse_sk AND {p}_ship_mode_sk = sm_ship_mode_sk
GROUP BY w_warehouse_name, sm_type ORDER BY 1, 2 LIMIT 100""",
    """WITH monthly AS (SELECT i_category, i_brand, {shown}, d_year, d_moy, sum({p}_sales_price) AS sold,
      avg(sum({p}_sales_price)) OVER (PARTITION BY i_category, i_brand, {shown}, d_year) AS mean, rank() OVER (PARTITION BY i_category, i_brand, {shown} ORDER BY d_year, d_moy) AS n
    FROM item, {sales}, date_dim, {place} WHERE {p}_item_sk = i_item_sk AND {p}_sold_date_sk = d_date_sk AND {place_sk} = {place_key} AND (d_year = 2000 OR (d_year = 1999 AND d_moy = 12))
    GROUP BY i_category, i_brand, {shown}, d_year, d_moy)
SELECT a.*, b.sold AS before FROM monthly a JOIN monthly b ON a.i_category = b.i_category AND a.i_brand = b.i_brand AND a.{shown} = b.{shown} AND a.n = b.n + 1
WHERE a.d_year = 2000 AND a.mean > 0 AND abs(a.sold - a.mean) / a.mean > 0.1 ORDER BY a.sold - a.mean LIMIT 100""",
    """SELECT c_customer_id, (SELECT count(*) FROM {sales} WHERE {buyer} = c_customer_sk) AS bought, (SELECT max({r}_return_amt) FROM {returns} WHERE {r}_customer_sk = c_customer_sk) AS most
FROM customer, customer_address WHERE c_current_addr_sk = ca_address_sk AND ca_city = 'City 77' AND c_birth_year > 1980 ORDER BY 2 DESC LIMIT 20""",
    """SELECT r_reason_desc, avg(s.{p}_quantity), avg(x.{r}_fee) FROM {sales} s, {returns} x, reason, date_dim WHERE s.{p}_item_sk = x.{r}_item_sk AND s.{order} = x.{r_order} AND r_reason_sk = x.{r}_reason_sk
  AND s.{p}_sold_date_sk = d_date_sk AND d_year = 1998 GROUP BY r_reason_desc ORDER BY 1 LIMIT 100""",
    """SELECT count(*) FROM {sales}, household_demographics, time_dim, {place} WHERE {p}_sold_time_sk = t_time_sk AND {p}_hdemo_sk = hd_demo_sk AND {place_sk} = {place_key} AND t_hour = 20 AND t_minute >= 30 AND hd_dep_count = 7""",
    """SELECT i_item_id, i_item_desc, i_current_price FROM item, inventory, date_dim, {sales} WHERE i_current_price BETWEEN 68 AND 98 AND inv_item_sk = i_item_sk AND d_date_sk = inv_date_sk
  AND d_date BETWEEN '2000-02-01' AND '2000-04-01' AND i_manufact_id IN (677, 940, 694, 808) AND inv_quantity_on_hand BETWEEN 100 AND 500 AND {p}_item_sk = i_item_sk
GROUP BY i_item_id, i_item_desc, i_current_price ORDER BY i_item_id LIMIT 100""",
    """SELECT dt.d_year, it.i_category, sum({p}_ext_sales_price), lag(sum({p}_ext_sales_price)) OVER (PARTITION BY it.i_category ORDER BY dt.d_year) FROM date_dim dt JOIN {sales} ON dt.d_date_sk = {p}_sold_date_sk
JOIN item it ON {p}_item_sk = it.i_item_sk WHERE it.i_manager_id = 28 AND dt.d_moy = 11 GROUP BY GROUPING SETS ((dt.d_year, it.i_category), (it.i_category)) ORDER BY 2, 1""",
    """WITH best AS (SELECT {buyer} AS who, sum({p}_quantity * {p}_sales_price) AS spent FROM {sales} WHERE {p}_sold_date_sk BETWEEN 2453365 AND 2453395 GROUP BY {buyer}
    HAVING sum({p}_quantity * {p}_sales_price) > 0.5 * (SELECT max(total) FROM (SELECT sum({p}_quantity * {p}_sales_price) AS total FROM {sales} WHERE {p}_sold_date_sk BETWEEN 2453365 AND 2453395 GROUP BY {buyer}) t))
SELECT c_last_name, ca_city, spent FROM best JOIN customer ON who = c_customer_sk LEFT JOIN customer_address ON c_current_addr_sk = ca_address_sk ORDER BY spent DESC LIMIT 100""",
]

OF_ALL = [
    """WITH sold AS ({union} )
SELECT channel, i_brand_id, i_class, i_category_id, sum(price), count(*) FROM sold JOIN item ON item_sk = i_item_sk JOIN date_dim ON date_sk = d_date_sk
WHERE d_year = 2000 AND d_moy = 11 GROUP BY ROLLUP (channel, i_brand_id, i_class, i_category_id) ORDER BY 1, 2, 3, 4 LIMIT 100""",
    """SELECT c_customer_id FROM customer c, customer_address ca, customer_demographics WHERE c.c_current_addr_sk = ca.ca_address_sk AND ca_county IN ('County 17', 'County 18') AND cd_demo_sk = c.c_current_cdemo_sk
  AND EXISTS (SELECT 1 FROM store_sales, date_dim WHERE c.c_customer_sk = ss_customer_sk AND ss_sold_date_sk = d_date_sk AND d_year = 2000 AND d_moy BETWEEN 1 AND 4)
  AND (EXISTS (SELECT 1 FROM web_sales, date_dim WHERE c.c_customer_sk = ws_bill_customer_sk AND ws_sold_date_sk = d_date_sk AND d_year = 2000)
    OR EXISTS (SELECT 1 FROM catalog_sales, date_dim WHERE c.c_customer_sk = cs_bill_customer_sk AND cs_sold_date_sk = d_date_sk AND d_year = 2000)) ORDER BY 1 LIMIT 100""",
    """SELECT count(*) FROM (SELECT c_last_name, c_first_name, d_date FROM store_sales, date_dim, customer WHERE ss_sold_date_sk = d_date_sk AND ss_customer_sk = c_customer_sk AND d_month_seq BETWEEN 1200 AND 1211
  INTERSECT SELECT c_last_name, c_first_name, d_date FROM catalog_sales, date_dim, customer WHERE cs_sold_date_sk = d_date_sk AND cs_bill_customer_sk = c_customer_sk AND d_month_seq BETWEEN 1200 AND 1211
  EXCEPT SELECT c_last_name, c_first_name, d_date FROM web_sales, date_dim, customer WHERE ws_sold_date_sk = d_date_sk AND ws_bill_customer_sk = c_customer_sk AND d_month_seq BETWEEN 1200 AND 1211) hot""",
    """SELECT i_item_id, i_item_desc, sum(ss_net_profit), sum(sr_net_loss), sum(cs_net_profit) FROM store_sales, store_returns, catalog_sales, date_dim d1, date_dim d2, date_dim d3, item
WHERE d1.d_moy = 4 AND d1.d_year = 2000 AND d1.d_date_sk = ss_sold_date_sk AND i_item_sk = ss_item_sk AND ss_customer_sk = sr_customer_sk AND ss_item_sk = sr_item_sk AND ss_ticket_number = sr_ticket_number
  AND sr_returned_date_sk = d2.d_date_sk AND d2.d_moy BETWEEN 4 AND 10 AND d2.d_year = 2000 AND sr_customer_sk = cs_bill_customer_sk AND sr_item_sk = cs_item_sk AND cs_sold_date_sk = d3.d_date_sk AND d3.d_year = 2000
GROUP BY i_item_id, i_item_desc ORDER BY 1 LIMIT 100""",
    """WITH w AS (SELECT ws_sold_date_sk AS sk, ws_ext_sales_price AS price FROM web_sales UNION ALL SELECT cs_sold_date_sk, cs_ext_sales_price FROM catalog_sales),
  weeks AS (SELECT d_week_seq, sum(CASE WHEN d_dow = 0 THEN price END) AS sunday, sum(CASE WHEN d_dow = 5 THEN price END) AS friday FROM w JOIN date_dim ON d_date_sk = sk GROUP BY d_week_seq)
SELECT a.d_week_seq, round(a.sunday / b.sunday, 2), round(a.friday / b.friday, 2) FROM weeks a, weeks b WHERE a.d_week_seq = b.d_week_seq - 53
  AND a.d_week_seq IN (SELECT d_week_seq FROM date_dim WHERE d_year = 1999) ORDER BY 1""",
    """SELECT coalesce(s.item_sk, c.item_sk) AS item, s.qty, c.qty FROM (SELECT ss_item_sk AS item_sk, sum(ss_quantity) AS qty FROM store_sales JOIN date_dim ON d_date_sk = ss_sold_date_sk WHERE d_date = '2000-05-05' GROUP BY 1) s
FULL JOIN (SELECT cs_item_sk AS item_sk, sum(cs_quantity) AS qty FROM catalog_sales JOIN date_dim ON d_date_sk = cs_sold_date_sk WHERE d_date = '2000-05-05' GROUP BY 1) c ON s.item_sk = c.item_sk ORDER BY 1 LIMIT 100""",
    """SELECT a.w_warehouse_name, a.i_item_id, a.mean, a.dev FROM (SELECT w_warehouse_name, i_item_id, d_moy, avg(inv_quantity_on_hand) AS mean, stddev_samp(inv_quantity_on_hand) AS dev FROM inventory, item, warehouse, date_dim
  WHERE inv_item_sk = i_item_sk AND inv_warehouse_sk = w_warehouse_sk AND inv_date_sk = d_date_sk AND d_year = 1999 GROUP BY 1, 2, 3) a WHERE a.d_moy = 4 AND a.dev > a.mean * 0.5 ORDER BY 1, 2""",
    """SELECT ca_zip, sum(cs_sales_price) FROM catalog_sales, customer, customer_address, date_dim WHERE cs_bill_customer_sk = c_customer_sk AND c_current_addr_sk = ca_address_sk
  AND (substr(ca_zip, 1, 3) IN ('850', '858', '852') OR ca_state IN ('CA', 'WA', 'GA') OR cs_sales_price > 295) AND cs_sold_date_sk = d_date_sk AND d_qoy = 2 AND d_year = 2000 GROUP BY ca_zip ORDER BY ca_zip LIMIT 100""",
]


def main():
    if sys.argv[1] == "schema":
        print("-- Made by retail.py.\nSET client_min_messages = warning;\nSELECT setseed(0.42);" + DIMENSIONS)
        for p in CHANNELS:
            facts(p)
        return
    union = "\n UNION ALL ".join(
        f"SELECT '{CHANNELS[p][0]}' AS channel, {p}_item_sk AS item_sk, {p}_sold_date_sk AS date_sk, {p}_quantity * {p}_list_price AS price FROM {CHANNELS[p][0]}" for p in CHANNELS)
    texts = [template.format(**sales(p)) for template in OF_A_CHANNEL for p in CHANNELS] + [text.replace("{union}", union) for text in OF_ALL]
    for at, text in enumerate(texts, 1):
        open(f"{sys.argv[2]}/r{at:02}.sql", "w", encoding="utf-8").write(text + ";\n")


main()
