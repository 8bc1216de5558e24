-- The tables of a film database (21, primary keys only) with skewed rows: few films have most of the cast, and so on.
SET client_min_messages = warning;
SELECT setseed(0.42);

CREATE TABLE kind_type (id int PRIMARY KEY, kind varchar(15) NOT NULL);
INSERT INTO kind_type SELECT row_number() OVER (), k FROM unnest(ARRAY['movie', 'tv series', 'tv movie', 'video movie', 'tv mini series', 'video game', 'episode']) k;
CREATE TABLE company_type (id int PRIMARY KEY, kind varchar(32) NOT NULL);
INSERT INTO company_type SELECT row_number() OVER (), k FROM unnest(ARRAY['distributors', 'production companies', 'special effects companies', 'miscellaneous companies']) k;
CREATE TABLE comp_cast_type (id int PRIMARY KEY, kind varchar(32) NOT NULL);
INSERT INTO comp_cast_type SELECT row_number() OVER (), k FROM unnest(ARRAY['cast', 'crew', 'complete', 'complete+verified']) k;
CREATE TABLE link_type (id int PRIMARY KEY, link varchar(32) NOT NULL);
INSERT INTO link_type SELECT i, (ARRAY['follows', 'followed by', 'remake of', 'references', 'spoofs', 'features'])[1 + i % 6] || ' ' || i FROM generate_series(1, 18) i;
CREATE TABLE role_type (id int PRIMARY KEY, role varchar(32) NOT NULL);
INSERT INTO role_type SELECT row_number() OVER (), k FROM unnest(ARRAY['actor', 'actress', 'producer', 'writer', 'cinematographer', 'composer', 'costume designer', 'director', 'editor', 'guest', 'designer', 'other']) k;
CREATE TABLE info_type (id int PRIMARY KEY, info varchar(32) NOT NULL);
INSERT INTO info_type SELECT i, CASE i WHEN 3 THEN 'genres' WHEN 8 THEN 'countries' WHEN 16 THEN 'release dates' WHEN 99 THEN 'votes' WHEN 100 THEN 'votes distribution'
    WHEN 101 THEN 'rating' WHEN 112 THEN 'top 250 rank' WHEN 17 THEN 'trivia' WHEN 19 THEN 'mini biography' WHEN 105 THEN 'budget' ELSE 'info ' || i END FROM generate_series(1, 113) i;

CREATE TABLE title (id int PRIMARY KEY, title text NOT NULL, imdb_index varchar(12), kind_id int NOT NULL, production_year int, imdb_id int,
    phonetic_code varchar(5), episode_of_id int, season_nr int, episode_nr int, series_years varchar(49), md5sum varchar(32));
INSERT INTO title SELECT i, (ARRAY['The ', 'A ', '', 'My '])[1 + i % 4] || (ARRAY['Champion', 'Dragon', 'Murder', 'Love', 'House', 'Freddy', 'Kung Fu', 'Night'])[1 + (random() ^ 2 * 7)::int]
    || ' ' || substr(md5(i::text), 1, 10), CASE WHEN i % 30 = 0 THEN 'I' END, CASE WHEN random() < 0.6 THEN 7 ELSE 1 + (random() * 5)::int END,
    2013 - (random() ^ 3 * 120)::int, NULL, upper(substr(md5(i::text), 1, 4)), CASE WHEN i % 2 = 0 THEN i / 7 END, i % 12, i % 30, NULL, md5('t' || i)
FROM generate_series(1, 250000) i;
CREATE TABLE aka_title (id int PRIMARY KEY, movie_id int NOT NULL, title text NOT NULL, imdb_index varchar(12), kind_id int NOT NULL, production_year int, note text, md5sum varchar(32));
INSERT INTO aka_title SELECT i, 1 + (random() ^ 2 * 249999)::int, 'Aka ' || md5(i::text), NULL, 1 + i % 7, 1950 + i % 64, NULL, md5('at' || i) FROM generate_series(1, 40000) i;
CREATE TABLE name (id int PRIMARY KEY, name text NOT NULL, imdb_index varchar(12), imdb_id int, gender varchar(1), name_pcode_cf varchar(5), name_pcode_nf varchar(5),
    surname_pcode varchar(5), md5sum varchar(32));
INSERT INTO name SELECT i, (ARRAY['Tim', 'Ang', 'Bert', 'Downey', 'An', 'Xavier', 'Yo', 'Zoe'])[1 + (random() ^ 2 * 7)::int] || ', ' || substr(md5(i::text), 1, 12), NULL, NULL,
    CASE WHEN random() < 0.45 THEN 'm' WHEN random() < 0.6 THEN 'f' END, upper(chr(65 + (random() * 25)::int) || substr(md5(i::text), 1, 3)), upper(substr(md5(i::text), 2, 4)), NULL, md5('n' || i)
FROM generate_series(1, 400000) i;
CREATE TABLE aka_name (id int PRIMARY KEY, person_id int NOT NULL, name text NOT NULL, imdb_index varchar(12), name_pcode_cf varchar(5), md5sum varchar(32));
INSERT INTO aka_name SELECT i, 1 + (random() ^ 2 * 399999)::int, chr(97 + (random() * 25)::int) || md5(i::text), NULL, upper(substr(md5(i::text), 1, 4)), md5('an' || i) FROM generate_series(1, 90000) i;
CREATE TABLE char_name (id int PRIMARY KEY, name text NOT NULL, imdb_index varchar(12), imdb_id int, name_pcode_nf varchar(5), md5sum varchar(32));
INSERT INTO char_name SELECT i, (ARRAY['Tony', 'Queen', 'Man', 'Himself', 'Iron'])[1 + (random() ^ 3 * 4)::int] || ' ' || md5(i::text), NULL, NULL, upper(substr(md5(i::text), 1, 4)), md5('cn' || i) FROM generate_series(1, 300000) i;
CREATE TABLE person_info (id int PRIMARY KEY, person_id int NOT NULL, info_type_id int NOT NULL, info text NOT NULL, note text);
INSERT INTO person_info SELECT i, 1 + (random() ^ 2 * 399999)::int, 15 + (random() ^ 2 * 24)::int, md5(i::text), CASE WHEN random() < 0.1 THEN 'Volker Boehm' END FROM generate_series(1, 300000) i;
CREATE TABLE keyword (id int PRIMARY KEY, keyword text NOT NULL, phonetic_code varchar(5));
INSERT INTO keyword SELECT i, CASE i WHEN 1 THEN 'character-name-in-title' WHEN 2 THEN 'sequel' WHEN 3 THEN 'superhero' WHEN 4 THEN 'marvel-comics' WHEN 5 THEN 'murder' WHEN 6 THEN 'blood'
    WHEN 7 THEN 'violence' WHEN 8 THEN 'revenge' ELSE 'keyword-' || i END, upper(substr(md5(i::text), 1, 4)) FROM generate_series(1, 13000) i;
CREATE TABLE company_name (id int PRIMARY KEY, name text NOT NULL, country_code varchar(255), imdb_id int, name_pcode_nf varchar(5), name_pcode_sf varchar(5), md5sum varchar(32));
INSERT INTO company_name SELECT i, (ARRAY['Film', 'Warner', 'Lionsgate', 'YouTube', 'Universal'])[1 + (random() ^ 2 * 4)::int] || ' ' || md5(i::text),
    (ARRAY['[us]', '[us]', '[gb]', '[de]', '[ru]', '[nl]', '[pl]', '[jp]', '[sm]'])[1 + (random() ^ 2 * 8)::int], NULL, NULL, NULL, md5('co' || i) FROM generate_series(1, 23000) i;
CREATE TABLE cast_info (id int PRIMARY KEY, person_id int NOT NULL, movie_id int NOT NULL, person_role_id int, note text, nr_order int, role_id int NOT NULL);
INSERT INTO cast_info SELECT i, 1 + (random() ^ 2 * 399999)::int, 1 + (random() ^ 2 * 249999)::int, CASE WHEN random() < 0.5 THEN 1 + (random() ^ 2 * 299999)::int END,
    CASE WHEN random() < 0.4 THEN (ARRAY['(uncredited)', '(voice)', '(producer)', '(writer)', '(voice: English version)', '(executive producer)', '(story)'])[1 + (random() ^ 2 * 6)::int] END,
    (random() * 50)::int, 1 + (random() ^ 2 * 11)::int FROM generate_series(1, 2500000) i;
CREATE TABLE complete_cast (id int PRIMARY KEY, movie_id int, subject_id int NOT NULL, status_id int NOT NULL);
INSERT INTO complete_cast SELECT i, 1 + (random() ^ 2 * 249999)::int, 1 + i % 2, 3 + (i / 2) % 2 FROM generate_series(1, 13000) i;
CREATE TABLE movie_companies (id int PRIMARY KEY, movie_id int NOT NULL, company_id int NOT NULL, company_type_id int NOT NULL, note text);
INSERT INTO movie_companies SELECT i, 1 + (random() ^ 1.5 * 249999)::int, 1 + (random() ^ 3 * 22999)::int, 1 + (i % 5 / 4), CASE WHEN random() < 0.5 THEN
    (ARRAY['(USA)', '(worldwide)', '(co-production)', '(presents)', '(as Metro-Goldwyn-Mayer Pictures)', '(VHS)', '(Japan)'])[1 + (random() * 6)::int] || ' (' || 1980 + i % 34 || ')' END FROM generate_series(1, 300000) i;
CREATE TABLE movie_info (id int PRIMARY KEY, movie_id int NOT NULL, info_type_id int NOT NULL, info text NOT NULL, note text);
INSERT INTO movie_info SELECT i, 1 + (random() ^ 1.5 * 249999)::int, (ARRAY[16, 8, 3, 17, 105, 4, 7, 9, 1, 2, 5, 6])[1 + (random() ^ 1.5 * 11)::int],
    (ARRAY['USA: 2008', 'Germany', 'Drama', 'Horror', 'English', 'Sweden', 'Japan: 2005', 'Action', 'Sci-Fi', 'Thriller', 'Color', 'Danish', 'Comedy', 'Bulgaria'])[1 + (random() * 13)::int]
    || CASE WHEN random() < 0.3 THEN ' ' || i ELSE '' END, CASE WHEN random() < 0.15 THEN 'internet' END FROM generate_series(1, 1500000) i;
CREATE TABLE movie_info_idx (id int PRIMARY KEY, movie_id int NOT NULL, info_type_id int NOT NULL, info text NOT NULL, note text);
INSERT INTO movie_info_idx SELECT i, 1 + (random() ^ 1.5 * 249999)::int, CASE WHEN i % 1000 = 0 THEN 112 ELSE 99 + i % 3 END, round((random() * 10)::numeric, 1)::text, NULL FROM generate_series(1, 140000) i;
CREATE TABLE movie_keyword (id int PRIMARY KEY, movie_id int NOT NULL, keyword_id int NOT NULL);
INSERT INTO movie_keyword SELECT i, 1 + (random() ^ 2 * 249999)::int, 1 + (random() ^ 3 * 12999)::int FROM generate_series(1, 450000) i;
CREATE TABLE movie_link (id int PRIMARY KEY, movie_id int NOT NULL, linked_movie_id int NOT NULL, link_type_id int NOT NULL);
INSERT INTO movie_link SELECT i, 1 + (random() ^ 2 * 249999)::int, 1 + (random() ^ 2 * 249999)::int, 1 + i % 18 FROM generate_series(1, 3000) i;
