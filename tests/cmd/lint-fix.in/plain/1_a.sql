CREATE TABLE a (id bigint PRIMARY KEY, m integer, n integer);
