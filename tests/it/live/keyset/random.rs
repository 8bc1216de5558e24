//! Random schemas, rows and orders; the expected rows come from OFFSET itself.

use sqlsift::advise::keyset::pages;
use sqlsift::sql::facts::facts;

use super::super::walk::{Own, rows, walk};
use super::{catalog, runtime};
use crate::server::Server;

/// Queries per schema.
const ORDERS: usize = 6;

/// xorshift64*: the same numbers for the same seed everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize) % n
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

/// A type with an expression over `n` that gives few distinct values, awkward ones among them.
const TYPES: &[(&str, &str)] = &[
    ("integer", "n % 7 - 3"),
    ("bigint", "(n % 5) * 3000000000"),
    ("smallint", "n % 3"),
    ("text", "(ARRAY['', 'a', 'A', 'b''c', '\\', 'ä', 'z%', E'line\\nbreak'])[1 + n % 8]"),
    ("character varying(20)", "(ARRAY['x', 'X', 'y y', '1'])[1 + n % 4]"),
    ("character(3)", "(ARRAY['x', 'yy', 'zzz'])[1 + n % 3]"),
    ("numeric(12,3)", "(n % 9) / 8.0"),
    ("double precision", "(ARRAY['NaN', 'Infinity', '-0', '0.1', '1e300'])[1 + n % 5]::double precision"),
    ("boolean", "n % 2 = 0"),
    ("date", "date '2026-02-28' + n % 4"),
    ("timestamp with time zone", "timestamptz '2026-03-29 00:59:59.999999+00' + (n % 5) * interval '1 microsecond'"),
    ("timestamp without time zone", "timestamp '2026-01-01' + (n % 6) * interval '0.5 seconds'"),
    ("uuid", "md5((n % 6)::text)::uuid"),
    ("interval", "(n % 4) * interval '36 hours'"),
    ("bytea", "decode(md5((n % 4)::text), 'hex')"),
];

struct Schema {
    ddl: String,
    fill: String,
    /// Name, and whether it may be NULL.
    columns: Vec<(String, bool)>,
    primary: Vec<String>,
}

/// Builds one schema, and walks several orders of it. Returns the number of pages.
pub fn check(server: &Server, seed: u64) -> usize {
    let mut random = Random::new(seed);
    let schema = schema(&mut random);
    let database = format!("random_{seed}");
    let _ = server.psql("postgres", &format!("CREATE DATABASE {database}"));
    let _ = server.psql(&database, &schema.ddl);
    let _ = server.psql(&database, &schema.fill);
    let catalog = catalog(&schema.ddl);
    runtime().block_on(async {
        let client = server.connect(&database).await.expect("a connection");
        let mut count = 0;
        for _ in 0..ORDERS {
            let query = query(&mut random, &schema);
            let about = format!("SQLSIFT_SEED={seed}\n{}\n{}", schema.ddl, query.sql);
            let found =
                pages(&query.sql, &facts(&query.sql), Some(&catalog)).unwrap_or_else(|e| panic!("{e}: {about}"));
            let mut expected = Vec::new();
            // The OFFSET version itself, page by page.
            loop {
                let page = format!("{} LIMIT {} OFFSET {}", query.ordered, query.size, expected.len());
                let page = rows(&client, &page).await;
                if page.is_empty() {
                    break;
                }
                expected.extend(page);
            }
            count += walk(&client, &found, &Own(&[]), query.size, &expected, &about).await;
        }
        count
    })
}

fn schema(random: &mut Random) -> Schema {
    let mut columns: Vec<(String, bool)> = Vec::new();
    let mut definitions = Vec::new();
    let mut values = Vec::new();
    let primary: Vec<String> = match random.below(4) {
        0 => {
            definitions.push("id bigint PRIMARY KEY".to_owned());
            values.push("n * 7919 % 1009".to_owned());
            vec!["id".into()]
        }
        1 => {
            definitions.push("\"Id\" uuid PRIMARY KEY".to_owned());
            values.push("md5(n::text)::uuid".to_owned());
            vec!["Id".into()]
        }
        2 => {
            definitions.push("tenant integer, code text, PRIMARY KEY (tenant, code)".to_owned());
            values.push("n % 5, 'c' || n".to_owned());
            vec!["tenant".into(), "code".into()]
        }
        _ => {
            definitions.push("code character varying(40) NOT NULL, CONSTRAINT t_code UNIQUE (code)".to_owned());
            values.push("'Code ' || n * 31 % 997".to_owned());
            vec!["code".into()]
        }
    };
    columns.extend(primary.iter().map(|name| (name.clone(), false)));
    for i in 0..3 + random.below(3) {
        let (kind, value) = *random.pick(TYPES);
        let name = if random.chance(20) { format!("Sort {i}") } else { format!("c{i}") };
        let nullable = random.chance(60);
        let stride = 1 + random.below(5);
        let value = format!("(SELECT {value} FROM (SELECT abs(hashint4(n * {stride} + {i})) % 1000 AS n) v)");
        definitions.push(format!("\"{name}\" {kind}{}", if nullable { "" } else { " NOT NULL" }));
        values.push(match nullable {
            true => format!("CASE WHEN abs(hashint4(n + {})) % 10 >= 3 THEN {value} END", random.below(1000)),
            false => value,
        });
        columns.push((name, nullable));
    }
    let row_count = 40 + random.below(100);
    Schema {
        ddl: format!("CREATE TABLE t ({});", definitions.join(", ")),
        fill: format!("INSERT INTO t SELECT {} FROM generate_series(1, {row_count}) n", values.join(", ")),
        columns,
        primary,
    }
}

struct Query {
    sql: String,
    /// Without bounds, and with the tie-breaker in its ORDER BY.
    ordered: String,
    size: usize,
}

fn query(random: &mut Random, schema: &Schema) -> Query {
    let mut left: Vec<&(String, bool)> = schema.columns.iter().collect();
    let mut order: Vec<String> = Vec::new();
    let mut nullable = 0;
    let mut names = Vec::new();
    let mut descending = false;
    let alias = if random.chance(50) { "r." } else { "" };
    for _ in 0..1 + random.below(3) {
        let (name, null) = left.remove(random.below(left.len()));
        nullable += usize::from(*null);
        if nullable > 3 {
            break;
        }
        descending = random.chance(50);
        let nulls = *random.pick(&["", "", " NULLS FIRST", " NULLS LAST"]);
        order.push(format!("{alias}\"{name}\"{}{nulls}", if descending { " DESC" } else { "" }));
        names.push(name.clone());
    }
    let size = 1 + random.below(20);
    let list = match random.below(3) {
        0 => "*".to_owned(),
        1 => format!("{alias}\"{}\"", schema.columns[random.below(schema.columns.len())].0),
        _ => schema.columns.iter().map(|(name, _)| format!("{alias}\"{name}\"")).collect::<Vec<_>>().join(", "),
    };
    let filter = match random.below(4) {
        0 => format!(" WHERE {alias}\"{0}\" IS NOT NULL", schema.columns[random.below(schema.columns.len())].0),
        1 => " WHERE 1 = 1 OR 2 = 3".to_owned(),
        _ => String::new(),
    };
    let base = format!("SELECT {list} FROM t{}{filter}", if alias.is_empty() { "" } else { " AS r" });
    // The tie-breaker in the direction of the last key, unless the order ends before its NULLS option could matter.
    let ties = schema.primary.iter().filter(|name| !names.contains(name));
    let ties: Vec<String> =
        ties.map(|name| format!("{alias}\"{name}\"{}", if descending { " DESC" } else { "" })).collect();
    let total: Vec<String> = order.iter().cloned().chain(ties).collect();
    Query {
        sql: format!("{base} ORDER BY {} LIMIT {size} OFFSET {}", order.join(", "), size * 3),
        ordered: format!("{base} ORDER BY {}", total.join(", ")),
        size,
    }
}
