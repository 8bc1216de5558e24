CREATE TABLE d (id bigint PRIMARY KEY, o integer);
