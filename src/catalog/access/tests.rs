use super::*;
use crate::catalog::model::{IndexKey, Table, TableName};
use crate::catalog::{SchemaFile, from_files};
use crate::sql::facts::facts;

fn catalog(ddl: &str) -> Catalog {
    let read = from_files(&[SchemaFile { path: "schema.sql", text: ddl }]);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    read.catalog
}

const TABLE: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, b integer, c text NOT NULL, d text,
    at timestamptz NOT NULL, flag boolean NOT NULL);";

/// What the index `definition` does for the only access of the query.
fn service(definition: &str, query: &str) -> Service {
    let catalog = catalog(&format!("{TABLE} CREATE INDEX i ON t {definition};"));
    let table: &Table = &catalog.tables[&TableName { schema: "public".into(), name: "t".into() }];
    let index = table.indexes.iter().find(|i| i.name == "i").expect("the index");
    let all = accesses(query, &facts(query), Some(&catalog));
    let [access] = all.as_slice() else { panic!("{query}: {all:?}") };
    serves(access, index)
}

#[test]
fn conditions_bound_leading_keys() {
    // The verdicts follow documentation, "Multicolumn Indexes": equality on leading columns, and a range on the next.
    for (definition, query, expected) in [
        ("(a)", "SELECT 1 FROM t WHERE a = 1", Service::Full),
        ("(a, b)", "SELECT 1 FROM t WHERE a = 1", Service::Full),
        ("(b, a)", "SELECT 1 FROM t WHERE a = 1", Service::None),
        ("(a)", "SELECT 1 FROM t WHERE a = 1 AND b = 2", Service::Prefix(1)),
        ("(b, a)", "SELECT 1 FROM t WHERE a = 1 AND b = 2", Service::Full),
        ("(a, b)", "SELECT 1 FROM t WHERE a = 1 AND b > 2", Service::Full),
        ("(b, a)", "SELECT 1 FROM t WHERE a = 1 AND b > 2", Service::Prefix(1)),
        ("(a)", "SELECT 1 FROM t WHERE a IN (1, 2)", Service::Full),
        ("(a)", "SELECT 1 FROM t WHERE a = ANY($1)", Service::Full),
        ("(a)", "SELECT 1 FROM t WHERE $1::BIGINT = a", Service::Full),
        ("(a)", "SELECT 1 FROM t WHERE a = 1.5", Service::None),
        ("(b)", "SELECT 1 FROM t WHERE b IS NULL", Service::Full),
        ("USING hash (a)", "SELECT 1 FROM t WHERE a = 1", Service::Full),
        ("USING hash (a)", "SELECT 1 FROM t WHERE a > 1", Service::None),
        ("USING brin (at)", "SELECT 1 FROM t WHERE at > now()", Service::Prefix(1)),
        ("(c)", "SELECT 1 FROM t WHERE c LIKE 'x%'", Service::None),
        ("(c text_pattern_ops)", "SELECT 1 FROM t WHERE c LIKE 'x%'", Service::Full),
        ("(c COLLATE \"C\")", "SELECT 1 FROM t WHERE c LIKE 'x%'", Service::Full),
        ("(c text_pattern_ops)", "SELECT 1 FROM t WHERE c > 'x'", Service::None),
        ("(lower(c))", "SELECT 1 FROM t x WHERE LOWER(x.c) = $1", Service::Full),
        ("(c)", "SELECT 1 FROM t WHERE lower(c) = $1", Service::None),
    ] {
        if accesses(query, &facts(query), Some(&catalog(TABLE))).is_empty() {
            assert_eq!(expected, Service::None, "{definition} for {query}");
            continue;
        }
        assert_eq!(service(definition, query), expected, "{definition} for {query}");
    }
}

#[test]
fn an_order_is_read_forwards_or_backwards() {
    for (definition, query, expected) in [
        ("(a, at)", "SELECT 1 FROM t WHERE a = 1 ORDER BY at LIMIT 5", Service::Full),
        ("(a, at)", "SELECT 1 FROM t WHERE a = 1 ORDER BY at DESC LIMIT 5", Service::Full),
        ("(a)", "SELECT 1 FROM t WHERE a = 1 ORDER BY at LIMIT 5", Service::Prefix(1)),
        ("(a)", "SELECT 1 FROM t WHERE a = 1 ORDER BY at", Service::Full),
        ("(a, c, d)", "SELECT 1 FROM t WHERE a = 1 ORDER BY c, d DESC LIMIT 5", Service::Prefix(1)),
        ("(c, d DESC)", "SELECT 1 FROM t ORDER BY c, d DESC LIMIT 5", Service::Full),
        ("(c, d DESC)", "SELECT 1 FROM t ORDER BY c DESC, d LIMIT 5", Service::Full),
        ("(d)", "SELECT 1 FROM t ORDER BY d DESC NULLS LAST LIMIT 5", Service::None),
        ("(c)", "SELECT 1 FROM t ORDER BY c DESC NULLS LAST LIMIT 5", Service::Full),
        ("(a, at)", "SELECT 1 FROM t WHERE a IN (1, 2) ORDER BY at LIMIT 5", Service::None),
        ("(at)", "SELECT 1 FROM t WHERE at > $1 ORDER BY at, id LIMIT 5", Service::Full),
        ("(at)", "SELECT t.at AS moment FROM t ORDER BY moment LIMIT 5", Service::Full),
        ("(at)", "SELECT t.at FROM t ORDER BY 1 LIMIT 5", Service::Full),
    ] {
        assert_eq!(service(definition, query), expected, "{definition} for {query}");
    }
}

#[test]
fn a_partial_index_serves_what_implies_its_predicate() {
    for (definition, query, expected) in [
        ("(a) WHERE c = 'x'", "SELECT 1 FROM t WHERE a = 1 AND c = 'x'", Service::Full),
        ("(a) WHERE c = 'x'", "SELECT 1 FROM t WHERE a = 1 AND c = 'y'", Service::None),
        ("(a) WHERE c = 'x'", "SELECT 1 FROM t WHERE a = 1 AND c = $1", Service::None),
        ("(a) WHERE c = 'x'::text AND flag", "SELECT 1 FROM t WHERE flag AND a = 1 AND t.c = 'x'", Service::Full),
        ("(b) WHERE b IS NOT NULL", "SELECT 1 FROM t WHERE b = 5", Service::Full),
        ("(b) WHERE b IS NOT NULL", "SELECT 1 FROM t WHERE b IS NULL", Service::None),
    ] {
        assert_eq!(service(definition, query), expected, "{definition} for {query}");
    }
}

#[test]
fn expressions_are_compared_without_what_the_server_adds() {
    for (ours, servers) in [
        ("lower(email)", "lower((email)::text)"),
        ("meta->>'coupon'", "((meta ->> 'coupon'::text))"),
        ("status = 'paid'", "((status)::text = 'paid'::text)"),
        ("a <> 'x y'", "(a != 'x y'::text)"),
        ("\"id\" > 5", "id > 5"),
    ] {
        assert_eq!(normal_expression(ours), normal_expression(servers));
    }
    assert_ne!(normal_expression("a = 'X Y'"), normal_expression("a = 'x y'"));
}

#[test]
fn what_a_query_needs_of_a_table() {
    let catalog = catalog(&format!("{TABLE} CREATE TABLE u (id bigint PRIMARY KEY, t_id bigint NOT NULL, x text);"));
    let query = "SELECT sum(b) FROM t JOIN u ON u.t_id = t.id WHERE x = 'a' AND t.at >= $1 AND at < $2";
    let all = accesses(query, &facts(query), Some(&catalog));
    let [t, u] = all.as_slice() else { panic!("{all:?}") };
    let needed: Vec<&str> = t.columns.iter().flatten().map(String::as_str).collect();
    assert_eq!(needed, ["at", "b", "id"]);
    assert_eq!(t.ranges.len(), 1);
    assert_eq!(t.ranges[0].kind, ConditionKind::Range { lower: true, upper: true });
    assert_eq!(t.joined[0].kind, ConditionKind::Join(0, 1));
    assert_eq!(u.equal.len(), 1);
    assert!(t.aggregate);
    let star = "SELECT * FROM t WHERE a = 1";
    assert_eq!(accesses(star, &facts(star), Some(&catalog))[0].columns, None);
}

#[test]
fn names_are_quoted_where_they_must() {
    assert_eq!(quote_ident("id"), "id");
    assert_eq!(quote_ident("Order"), "\"Order\"");
    assert_eq!(quote_ident("order"), "\"order\"");
    assert_eq!(quote_ident("a\"b"), "\"a\"\"b\"");
    assert_eq!(quote_table(&TableName { schema: "My".into(), name: "t".into() }), "\"My\".t");
}

#[test]
fn a_primary_key_counts_as_an_index_where_none_is_listed() {
    let mut catalog = catalog(TABLE);
    let table = catalog.tables.values_mut().next().expect("a table");
    table.indexes.clear();
    let query = "SELECT 1 FROM t WHERE id = 1 AND a = 2";
    let all = accesses(query, &facts(query), None);
    assert_eq!(best_service(&all[0], table), Service::Full);
    assert_eq!(indexes_of(table)[0].keys, [IndexKey { text: "id".into(), ..IndexKey::default() }]);
}

#[test]
fn what_every_branch_of_an_or_says_holds_for_the_whole() {
    let text = "SELECT count(*) FROM t, u WHERE (t.a = u.a AND t.b = 'x' AND t.c < 5) OR (t.a = u.a AND t.b  = 'x' AND u.d = 1)";
    let facts = crate::sql::facts(text);
    let found = super::accesses(text, &facts, None);
    let on_t = found.iter().find(|access| access.table.name == "t").expect("it is read");
    let keys = |conditions: &[super::Condition]| -> Vec<String> { conditions.iter().map(|c| c.key.sql()).collect() };
    assert_eq!((keys(&on_t.joined), keys(&on_t.equal)), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert!(on_t.constants.iter().any(|constant| constant.sql == "b = 'x'"), "{:?}", on_t.constants);
}
