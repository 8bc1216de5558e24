use super::*;
use crate::plan::model::{Estimate, Format, Property, Value};
use crate::sql::facts::{Level, facts};

fn node(kind: Kind, role: Role, parent: Option<NodeId>, properties: &[(Key, &str)]) -> Node {
    let properties =
        properties.iter().map(|(key, text)| Property { key: key.clone(), value: Value::Text((*text).into()) });
    Node { parent, role, properties: properties.collect(), ..Node::new(kind, 1) }
}

fn plan(nodes: Vec<Node>) -> Plan {
    let mut plan = Plan { nodes, ..Plan::new(Format::Text, 1) };
    for id in 1..plan.nodes.len() {
        let parent = plan.nodes[id].parent.expect("only the root has none");
        plan.nodes[parent].children.push(id);
    }
    plan
}

fn on(relation: &str, mut node: Node) -> Node {
    node.relation = Some(relation.into());
    node
}

fn seq_scan(filter: &str) -> Node {
    on("t", node(Kind::SeqScan, Role::Root, None, &[(Key::Filter, filter)]))
}

/// The WHERE for a filter, as Postgres 15 and 18 print it; it must be read by our own parser.
#[track_caller]
fn filter(printed: &str, expected: &str) {
    let sql = statement(&plan(vec![seq_scan(printed)]), 0, None).unwrap_or_default();
    assert_eq!(sql.trim_start_matches("SELECT * FROM t WHERE "), expected, "{printed}");
    if !sql.is_empty() {
        assert_eq!(facts(&sql).level, Level::Parsed, "{sql}");
    }
}

#[test]
fn what_the_planner_adds_is_taken_away() {
    filter("((v)::text = 'x'::text)", "v = 'x'");
    filter("((i = ANY ('{1,2}'::integer[])) AND (n > '5'::numeric))", "i IN (1, 2) AND n > 5");
    filter(r#"((v)::text = ANY ('{a,"b c","q\"x"}'::text[]))"#, r#"v IN ('a', 'b c', 'q"x')"#);
    filter("(v <> ALL ('{a,NULL}'::text[]))", "v NOT IN ('a', NULL)");
    filter("((v)::text = ANY (('{a,b}'::character varying[])::text[]))", "v IN ('a', 'b')");
    filter("(tx ~~ '%a%'::text)", "tx LIKE '%a%'");
    filter("((tx)::text !~~* 'a%'::text)", "tx NOT ILIKE 'a%'");
    filter("(c = 'ab'::bpchar)", "c = 'ab'");
    filter("(d = '2026-01-01'::date)", "d = '2026-01-01'");
    filter("(ts >= (now() - '1 day'::interval))", "ts >= (now() - '1 day'::interval)");
    filter("(b AND (NOT b) AND (\"Odd\" = 1))", "b AND NOT b AND \"Odd\" = 1");
    filter("((tx ~~* 'a%'::text) OR ((v)::text = 'y'::text))", "((tx ILIKE 'a%') OR (v = 'y'))");
    filter(
        "((lower((v)::text) = 'x'::text) AND ((j ->> 'k'::text) = 'x'::text))",
        "lower(v) = 'x' AND (j ->> 'k') = 'x'",
    );
    filter(
        "((j @> '{\"a\": 1}'::jsonb) AND (tags @> '{x}'::text[]))",
        "j @> '{\"a\": 1}'::jsonb AND tags @> '{x}'::text[]",
    );
    filter("((id)::numeric = '5'::numeric)", "(id)::numeric = 5");
    filter(
        "(date_trunc('day'::text, ts) = '2026-01-01 00:00:00+00'::timestamp with time zone)",
        "date_trunc('day', ts) = '2026-01-01 00:00:00+00'",
    );
    filter(
        "CASE WHEN ((i = 1) AND (n = 2)) THEN true ELSE b END",
        "CASE WHEN ((i = 1) AND (n = 2)) THEN true ELSE b END",
    );
}

#[test]
fn what_is_known_before_the_scan_is_a_parameter() {
    filter("((id = $2) AND ((v)::text = ($1)::text))", "id = $1 AND v = $1");
    filter("(i = (InitPlan 1).col1)", "i = $1");
    filter("(i = (InitPlan expr_1).col1)", "i = $1");
    filter("(tx = ANY ($3))", "tx = ANY ($1)");
    filter("((t.i = o.id) AND ((t.v)::text = (\"Big O\".v)::text))", "i = $1 AND v = $1");
}

#[test]
fn what_needs_each_row_is_left_out() {
    filter("((NOT (hashed SubPlan 1)) AND (tx = 'abc'::text))", "tx = 'abc'");
    filter("((ANY (i = (hashed SubPlan 1).col1)) AND (i > 3))", "i > 3");
    filter("(i = (SubPlan 1))", "");
    filter("((t.* IS NOT NULL) AND (t.i = 3))", "i = 3");
    filter("((tx ~>=~ 'a'::text) AND (tx ~<~ 'b'::text) AND (tx ~~ 'a%'::text))", "tx LIKE 'a%'");
}

#[test]
fn hostile_text_gives_nothing_or_something() {
    for condition in
        ["", "(", ")", "((a = 1)", "'", "(a = ANY ('{", "a AND", "::", "(a)::", "(t.", "= ANY", "'{}'::text[]"]
    {
        statement(&plan(vec![seq_scan(condition)]), 0, None);
        order(condition, Names { own: "t", relabels: &|_| true });
    }
}

#[test]
fn an_index_scan_has_its_conditions_and_the_bitmap_its_recheck() {
    let conditions = [(Key::IndexCond, "(id = 5)"), (Key::Filter, "((id = 5) AND (i = 3))")];
    let mut scan = on("t", node(Kind::IndexScan, Role::Root, None, &conditions));
    scan.schema = Some("My Shop".into());
    let sql = statement(&plan(vec![scan]), 0, None);
    assert_eq!(sql.as_deref(), Some("SELECT * FROM \"My Shop\".t WHERE id = 5 AND i = 3"));
    let bitmap = on("t", node(Kind::BitmapHeapScan, Role::Root, None, &[(Key::RecheckCond, "((i = 3) AND (id > 7))")]));
    assert_eq!(statement(&plan(vec![bitmap]), 0, None).as_deref(), Some("SELECT * FROM t WHERE i = 3 AND id > 7"));
    assert_eq!(statement(&plan(vec![on("t", node(Kind::SeqScan, Role::Root, None, &[]))]), 0, None), None);
}

fn join(kind: Kind, key: Key, condition: &str) -> Plan {
    plan(vec![
        node(kind, Role::Root, None, &[(key, condition)]),
        on("o", node(Kind::SeqScan, Role::Outer, Some(0), &[(Key::Filter, "(o.status = 'x'::text)")])),
        on("customers", Node { alias: Some("c".into()), ..node(Kind::SeqScan, Role::Inner, Some(0), &[]) }),
    ])
}

#[test]
fn the_inner_side_of_a_nested_loop_has_the_joins_filter() {
    let plan = join(Kind::NestedLoop, Key::JoinFilter, "((o.customer_id = c.id) AND (o.a > o.b))");
    assert_eq!(statement(&plan, 2, None).as_deref(), Some("SELECT * FROM customers WHERE $1 = id"));
    assert_eq!(statement(&plan, 1, None).as_deref(), Some("SELECT * FROM o WHERE status = 'x'"));
}

#[test]
fn a_hash_join_asks_for_its_column_when_it_is_asked_for() {
    let plan = join(Kind::HashJoin, Key::HashCond, "(o.customer_id = c.id)");
    assert_eq!(statement(&plan, 2, None), None);
    assert_eq!(joined_statement(&plan, 2, None).as_deref(), Some("SELECT * FROM customers WHERE $1 = id"));
    assert_eq!(
        joined_statement(&plan, 1, None).as_deref(),
        Some("SELECT * FROM o WHERE status = 'x' AND customer_id = $1")
    );
    assert_eq!(joined_statement(&super::tests::plan(vec![seq_scan("(i = 1)")]), 0, None), None);
}

#[test]
fn a_sort_below_a_limit_gives_the_order() {
    let limit = Node {
        estimate: Some(Estimate { startup_cost: 1.0, total_cost: 2.0, rows: 20.0, width: 4.0 }),
        ..node(Kind::Limit, Role::Root, None, &[])
    };
    let keys = [(Key::SortKey, "t.ts DESC NULLS LAST, ((t.j ->> 'k'::text))")];
    let sorted = plan(vec![
        limit,
        node(Kind::GatherMerge, Role::Outer, Some(0), &[]),
        node(Kind::Sort, Role::Outer, Some(1), &keys),
        Node { role: Role::Outer, parent: Some(2), ..seq_scan("(i = 3)") },
    ]);
    assert_eq!(
        statement(&sorted, 3, None).as_deref(),
        Some("SELECT * FROM t WHERE i = 3 ORDER BY ts DESC NULLS LAST, j ->> 'k' LIMIT 20")
    );
    assert_eq!(facts(&statement(&sorted, 3, None).expect("some")).level, Level::Parsed);
}

#[test]
fn the_catalog_names_the_parent_and_tells_a_label_from_a_cast() {
    let ddl = "CREATE TABLE t (i int, v varchar(9), at date) PARTITION BY RANGE (at);
               CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');";
    let read = crate::catalog::from_files(&[crate::catalog::SchemaFile { path: "schema.sql", text: ddl }]);
    let mut scan = seq_scan("(((v)::text = 'x'::text) AND ((i)::text = '5'::text))");
    scan.relation = Some("t_1".into());
    assert_eq!(
        statement(&plan(vec![scan]), 0, Some(&read.catalog)).as_deref(),
        Some("SELECT * FROM t WHERE v = 'x' AND (i)::text = '5'")
    );
}
