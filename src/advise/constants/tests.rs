use super::*;
use crate::catalog::model::{Column, ColumnStats, ColumnValues, Index, IndexKey, Table, TableName};

fn column(name: &str, type_name: &str, histogram: Vec<String>) -> Column {
    let values = Some(ColumnValues { most_common: Vec::new(), histogram });
    let stats = Some(Box::new(ColumnStats { values, ..ColumnStats::default() }));
    Column { name: name.into(), type_name: type_name.into(), stats, ..Column::default() }
}

fn catalog() -> Catalog {
    let documents = (0..100).map(|i| {
        format!(
            r#"{{"coupon": "C{i}", "source": "web", "note": "n", "weight": {}, "inner": {{"a": "{i}", "b": "x"}}}}"#,
            i % 7
        )
    });
    // A hundred days.
    let days = (0..=100).map(|i| format!("2025-{:02}-{:02} 00:00:00", 1 + i / 28, 1 + i % 28));
    let columns = vec![
        column("id", "bigint", Vec::new()),
        column("parent_id", "bigint", Vec::new()),
        column("meta", "jsonb", documents.collect()),
        column("at", "timestamp without time zone", days.collect()),
        column("zoned", "timestamp with time zone", Vec::new()),
        column("body", "text", Vec::new()),
        column("tags", "text[]", Vec::new()),
    ];
    let mut catalog = Catalog::default();
    let table = Table { columns, rows: Some(100_000.0), ..Table::default() };
    catalog.tables.insert(TableName { schema: "public".into(), name: "t".into() }, table);
    catalog
}

fn completed(text: &str, rows: Option<u64>, seen: &Seen, catalog: &Catalog) -> Completed {
    let query = Query { text: text.into(), calls: 10, rows, ..Query::default() };
    complete(&query, &crate::sql::facts(text), Some(catalog), seen)
}

fn condition(condition: &str, rows: Option<u64>) -> String {
    let told = completed(&format!("SELECT id FROM t WHERE {condition}"), rows, &Seen::default(), &catalog());
    match told.text {
        Some(text) => text["SELECT id FROM t WHERE ".len()..].to_owned(),
        None => told.missing.join("; "),
    }
}

#[test]
fn a_key_of_a_document_is_told_by_its_statistics() {
    assert_eq!(condition("meta ->> $1 = $2", None), "meta ->> 'coupon' = $2");
    assert_eq!(condition("(meta ->> $1)::int = $2", None), "(meta ->> 'weight')::int = $2");
    assert_eq!(condition("meta #>> $1 = $2", None), "meta #>> '{coupon}' = $2");
    assert_eq!(condition("meta -> $1 ->> $2 = $3", None), "meta -> 'inner' ->> 'a' = $3");
    // A seventh of 100,000 rows is what one weight has.
    assert_eq!(condition("meta ->> $1 = $2", Some(143_000)), "meta ->> 'weight' = $2");
    let unknown = condition("body ->> $1 = $2", None);
    assert!(unknown.contains("CREATE INDEX CONCURRENTLY ON t ((body ->> '…'))"), "{unknown}");
}

#[test]
fn a_unit_is_told_by_the_rows_of_a_call() {
    // 100,000 rows in a hundred days.
    for (rows, unit) in
        [(None, "day"), (Some(420), "hour"), (Some(10_000), "day"), (Some(70_000), "week"), (Some(300_000), "month")]
    {
        assert_eq!(condition("date_trunc($1, at) = $2", rows), format!("date_trunc('{unit}', at) = $2"));
    }
    let zoned = condition("date_trunc($1, zoned) = $2", None);
    assert!(zoned.contains("zoned >= $2 AND zoned < $2 + interval"), "{zoned}");
}

#[test]
fn settings_and_types_tell_the_usual_constant() {
    assert_eq!(condition("(zoned AT TIME ZONE $1)::date = $2", None), "(zoned AT TIME ZONE 'UTC')::date = $2");
    assert_eq!(
        condition("to_tsvector($1, body) @@ to_tsquery($2, $3)", None),
        "to_tsvector('english', body) @@ to_tsquery($2, $3)"
    );
    assert_eq!(condition("coalesce(parent_id, $1) = $2", None), "coalesce(parent_id, 0) = $2");
    assert_eq!(condition("coalesce(body, $1) = $2", None), "coalesce(body, '') = $2");
    let mut french = catalog();
    french.settings.insert("default_text_search_config".into(), "pg_catalog.french".into());
    french.settings.insert("TimeZone".into(), "Europe/Paris".into());
    let text = "SELECT id FROM t WHERE to_tsvector($1, body) @@ to_tsquery($2) AND (zoned AT TIME ZONE $3)::date = $4";
    let told = completed(text, None, &Seen::default(), &french);
    assert_eq!(told.put.iter().map(|put| put.literal.as_str()).collect::<Vec<_>>(), ["'french'", "'Europe/Paris'"]);
    assert_eq!(told.put[0].expression, "to_tsvector('french', body)");
}

#[test]
fn what_was_seen_comes_before_what_is_likely() {
    let text = "SELECT id FROM t WHERE t.meta ->> $1 = $2 AND body LIKE $3";
    let sent = Seen {
        statements: vec!["select id from t where t.meta->>'note' = 'x' and body like 'a%'".into()],
        ..Seen::default()
    };
    let told = completed(text, None, &sent, &catalog()).text;
    assert_eq!(told.as_deref(), Some("SELECT id FROM t WHERE t.meta ->> 'note' = $2 AND body LIKE 'a%'"));
    let view =
        Seen { definitions: vec!["SELECT t.id, (t.meta ->> 'source'::text) AS s FROM t".into()], ..Seen::default() };
    let told = completed(text, None, &view, &catalog());
    assert_eq!(told.put[0].literal, "'source'");
    let mut indexed = catalog();
    let key =
        IndexKey { text: "to_tsvector('german'::regconfig, body)".into(), expression: true, ..IndexKey::default() };
    let table = indexed.tables.values_mut().next().expect("one");
    table.indexes.push(Index { keys: vec![key], valid: true, ..Index::default() });
    let told =
        completed("SELECT id FROM t WHERE to_tsvector($1, body) @@ to_tsquery($2)", None, &Seen::default(), &indexed);
    assert_eq!(told.put[0].literal, "'german'");
}

#[test]
fn what_no_index_answers_has_a_reason_and_a_way() {
    for (condition_of, way) in [
        ("extract($1 FROM at) = $2", "at >= '2025-01-01'"),
        ("similarity(body, $1) > $2", "gin (body gin_trgm_ops)"),
        ("left(body, $1) = $2", "body LIKE 'beginning%'"),
        ("at + $1::interval < $2", "other side"),
        ("at + interval $1 < $2", "other side"),
        ("id % $1 = $2", "id % '…'"),
        ("split_part(body, $1, $2) = $3", "split_part(body, '…', '…')"),
        ("$1 = ANY (tags)", "tags @> ARRAY"),
        ("coalesce(zoned, $1) = $2", "IS NULL"),
    ] {
        let told = condition(condition_of, None);
        assert!(told.contains(way), "{condition_of}: {told}");
    }
}

#[test]
fn what_stands_in_no_expression_is_left_alone() {
    for text in [
        "SELECT id FROM t WHERE id = $1 AND body LIKE $2 AND tags @> $3 LIMIT $4",
        "SELECT meta ->> $1, date_trunc($2, at) FROM t WHERE id IN ($3, $4)",
        "SELECT id FROM t WHERE zoned >= now() - $1::interval AND (at, id) < ($2, $3)",
        "SELECT id FROM t WHERE id = (SELECT max(id) FROM t WHERE parent_id = $1)",
    ] {
        assert_eq!(completed(text, None, &Seen::default(), &catalog()), Completed::default(), "{text}");
    }
}
