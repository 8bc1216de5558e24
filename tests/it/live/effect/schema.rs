//! Small schemas with rows, no two alike: what generated statements are let loose on.

use std::fmt::Write as _;

/// SplitMix64 (Steele, Lea, Flood 2014): a seed gives one sequence on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Type, and a value for row g; all texts are digits, so that they can be cast.
const TYPES: &[(&str, &str)] = &[
    ("integer", "g"),
    ("bigint", "g"),
    ("smallint", "g"),
    ("text", "g::text"),
    ("varchar(20)", "g::text"),
    ("varchar", "g::text"),
    ("char(8)", "g::text"),
    ("numeric(8,2)", "g"),
    ("numeric", "g"),
    ("timestamp", "'2026-01-01'::timestamp + g * interval '1 day'"),
    ("timestamptz", "'2026-01-01'::timestamptz + g * interval '1 day'"),
    ("timestamp(3)", "'2026-01-01'::timestamp + g * interval '1 day'"),
    ("date", "'2026-01-01'::date + g"),
    ("boolean", "g % 2 = 0"),
    ("uuid", "md5(g::text)::uuid"),
    ("jsonb", "to_jsonb(g)"),
    ("varbit(16)", "B'101'"),
    ("cidr", "'10.0.0.0/8'::cidr"),
    ("mood", "'calm'::mood"),
    ("positive", "g"),
    ("label", "g::text"),
];

const TABLES: [&str; 5] = ["people", "orders", "items", "notes", "tags"];

/// DDL and rows.
pub fn generate(random: &mut Random, major: u32) -> String {
    let mut sql = String::from(
        "CREATE DOMAIN positive AS integer CHECK (VALUE > 0);\n\
         CREATE DOMAIN label AS varchar(40);\n\
         CREATE DOMAIN checked AS integer CONSTRAINT small CHECK (VALUE < 1000);\n\
         CREATE TYPE mood AS ENUM ('calm', 'glad');\n\
         CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n\
         CREATE FUNCTION fresh() RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN 7; END $$;\n\
         CREATE FUNCTION steady() RETURNS integer LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 7; END $$;\n",
    );
    for (at, table) in TABLES.iter().enumerate() {
        ordinary(&mut sql, random, table, &TABLES[..at], major);
    }
    partitioned(&mut sql, random);
    sql += "CREATE TABLE beings (id integer, name varchar(30), CHECK (id > 0));\n\
            CREATE TABLE cats (lives integer) INHERITS (beings);\n\
            CREATE TABLE dogs (id integer, name varchar(30), CHECK (id > 0));\n\
            CREATE TABLE mules (LIKE beings INCLUDING CONSTRAINTS);\n\
            INSERT INTO beings SELECT g, g FROM generate_series(1, 3) g;\n\
            INSERT INTO cats SELECT g, g, 9 FROM generate_series(1, 3) g;\n";
    sql += "CREATE VIEW all_people AS SELECT * FROM people;\n\
            CREATE MATERIALIZED VIEW some_tags AS SELECT id FROM tags;\n\
            CREATE UNIQUE INDEX some_tags_id ON some_tags (id);\n\
            CREATE VIEW named_people AS SELECT id FROM all_people;\n\
            CREATE MATERIALIZED VIEW bare_notes AS SELECT id FROM notes;\n\
            CREATE MATERIALIZED VIEW no_notes AS SELECT id FROM notes WITH NO DATA;\n\
            CREATE TRIGGER touched BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch();\n\
            CREATE POLICY seen ON people USING (true);\n\
            CREATE UNLOGGED TABLE scratch (id integer PRIMARY KEY, at timestamp);\n\
            INSERT INTO scratch SELECT g FROM generate_series(1, 3) g;\n\
            CREATE DOMAIN later AS integer;\n\
            CREATE TABLE latecomers (id integer, l later);\n\
            INSERT INTO latecomers SELECT g, g FROM generate_series(1, 3) g;\n\
            ALTER DOMAIN later ADD CONSTRAINT late CHECK (VALUE > 0) NOT VALID;\n\
            CREATE SEQUENCE counter;\n\
            CREATE TABLE kept (id integer, number integer GENERATED ALWAYS AS IDENTITY, \
            double integer GENERATED ALWAYS AS (id * 2) STORED);\n\
            INSERT INTO kept (id) SELECT g FROM generate_series(1, 3) g;\n\
            CREATE SCHEMA spare;\n\
            CREATE TABLE spare.parts (id bigint REFERENCES people (id));\n\
            CREATE SCHEMA elsewhere;\n";
    if major >= 18 {
        sql += "CREATE TABLE reckoned (id integer, double integer GENERATED ALWAYS AS (id * 2) VIRTUAL);\n\
                INSERT INTO reckoned (id) SELECT g FROM generate_series(1, 3) g;\n";
    }
    sql
}

fn ordinary(sql: &mut String, random: &mut Random, table: &str, earlier: &[&str], major: u32) {
    let mut columns = vec!["id bigint PRIMARY KEY".to_owned()];
    let mut values = vec!["g".to_owned()];
    let mut after = String::new();
    for at in 1..=6 + random.below(4) {
        let name = format!("c{at}");
        let Some((kind, value)) = random.pick(TYPES) else { continue };
        let mut column = format!("{name} {kind}");
        if random.chance(25) {
            column += " NOT NULL";
        }
        if random.chance(20) {
            let _ = write!(column, " DEFAULT ({})", value.replace('g', "7").replace("ti7estamp", "timestamp"));
            if value.contains("md5") || value.contains("jsonb") || value.contains("date") || value.contains("timestamp")
            {
                column = format!("{name} {kind}");
            }
        }
        let nullable = !column.contains("NOT NULL");
        columns.push(column);
        values.push((*value).to_owned());
        let indexable = !matches!(*kind, "jsonb");
        match random.below(12) {
            0 if indexable => {
                let _ = writeln!(after, "CREATE INDEX {table}_{name}_idx ON {table} ({name});");
            }
            1 if indexable => {
                let _ = writeln!(after, "CREATE UNIQUE INDEX {table}_{name}_id ON {table} ({name}, id);");
            }
            2 if indexable => {
                let _ = writeln!(after, "CREATE INDEX {table}_{name}_some ON {table} (id) WHERE {name} IS NOT NULL;");
            }
            3 => {
                let _ = writeln!(after, "CREATE INDEX {table}_{name}_text ON {table} (({name} IS NULL));");
            }
            4 => {
                let _ = writeln!(
                    after,
                    "ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_there CHECK ({name} IS NOT NULL);"
                );
            }
            5 => {
                let _ = writeln!(
                    after,
                    "ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_later CHECK ({name} IS NOT NULL) NOT VALID;"
                );
            }
            6 if major >= 18 && nullable => {
                let _ =
                    writeln!(after, "ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_nn NOT NULL {name} NOT VALID;");
            }
            _ => {}
        }
    }
    for parent in earlier {
        if random.chance(40) {
            columns.push(format!("{parent}_id bigint"));
            values.push("g".to_owned());
            let later = if random.chance(30) { " NOT VALID" } else { "" };
            let _ = writeln!(
                after,
                "ALTER TABLE {table} ADD CONSTRAINT {table}_{parent}_fk FOREIGN KEY ({parent}_id) REFERENCES {parent} (id){later};"
            );
        }
    }
    let _ = writeln!(sql, "CREATE TABLE {table} ({});", columns.join(", "));
    let _ = writeln!(sql, "INSERT INTO {table} SELECT {} FROM generate_series(1, 5) g;", values.join(", "));
    *sql += &after;
}

fn partitioned(sql: &mut String, random: &mut Random) {
    let null = if random.chance(30) { "" } else { " NOT NULL" };
    let _ = writeln!(
        sql,
        "CREATE TABLE events (id integer{null}, day integer NOT NULL, kind varchar(10), person bigint) PARTITION BY RANGE (day);"
    );
    *sql += "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);\n\
             CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);\n";
    if random.chance(50) {
        *sql += "CREATE TABLE events_rest PARTITION OF events DEFAULT;\n";
        if random.chance(50) {
            *sql += "ALTER TABLE events_rest ADD CONSTRAINT none CHECK (day < 90 OR day >= 99);\n";
        }
    }
    if random.chance(60) {
        *sql += "CREATE INDEX events_kind ON events (kind);\n";
    }
    if random.chance(50) {
        *sql += "ALTER TABLE events ADD CONSTRAINT events_person_fk FOREIGN KEY (person) REFERENCES people (id);\n";
    }
    if random.chance(50) {
        *sql += "ALTER TABLE events ADD PRIMARY KEY (id, day);\n";
        if random.chance(50) {
            *sql += "CREATE TABLE visits (event integer, day integer, note text);\n\
                     INSERT INTO visits VALUES (1, 1, 'a');\n";
            *sql += "INSERT INTO events VALUES (1, 1, 'b', NULL);\n\
                     ALTER TABLE visits ADD CONSTRAINT visits_event_fk FOREIGN KEY (event, day) REFERENCES events (id, day);\n";
        }
    }
    *sql += "INSERT INTO events SELECT g + 1, g, g, NULL FROM generate_series(1, 15) g;\n\
             CREATE TABLE events_3 (id integer NOT NULL, day integer NOT NULL, kind varchar(10), person bigint);\n\
             INSERT INTO events_3 SELECT g, g, g, NULL FROM generate_series(20, 25) g;\n\
             CREATE TABLE events_4 (id integer NOT NULL, day integer NOT NULL, kind varchar(10), person bigint, \
             CONSTRAINT fits CHECK (day >= 30 AND day < 40));\n\
             INSERT INTO events_4 SELECT g, g, g, NULL FROM generate_series(30, 35) g;\n\
             CREATE TABLE empty (id integer) PARTITION BY LIST (id);\n";
}
