use super::*;
use crate::catalog::model::{Column, ColumnStats, ColumnValues, Table, TableName};
use crate::workload::model;

fn catalog() -> Catalog {
    let column = |name: &str, type_name: &str, frequencies: &[f64], common: &[&str], histogram: &[&str]| Column {
        name: name.into(),
        type_name: type_name.into(),
        stats: Some(Box::new(ColumnStats {
            most_common_frequencies: frequencies.to_vec(),
            values: Some(ColumnValues {
                most_common: common.iter().map(|v| (*v).to_owned()).collect(),
                histogram: histogram.iter().map(|v| (*v).to_owned()).collect(),
            }),
            ..ColumnStats::default()
        })),
        ..Column::default()
    };
    let bounds: Vec<String> = (0..=100).map(|i| i.to_string()).collect();
    let bounds: Vec<&str> = bounds.iter().map(String::as_str).collect();
    let columns = vec![
        column("id", "bigint", &[], &[], &bounds),
        column("status", "text", &[0.75, 0.2], &["it's", "b"], &["x", "y", "z"]),
        column("amount", "numeric(10,2)", &[], &[], &bounds),
    ];
    let mut catalog = Catalog::default();
    catalog
        .tables
        .insert(TableName { schema: "public".into(), name: "t".into() }, Table { columns, ..Table::default() });
    catalog
}

fn drawn(text: &str, rows: Option<u64>) -> Vec<(String, f64, Values)> {
    let query = Query { text: text.into(), calls: 10, rows, ..Query::default() };
    let facts = crate::sql::facts(text);
    let samples = of(&query, &facts, Some(&catalog()));
    assert!((samples.iter().map(|s| s.share).sum::<f64>() - 1.0).abs() < 1e-9, "{samples:?}");
    samples.into_iter().map(|s| (s.sql, (s.share * 1000.0).round() / 1000.0, s.values)).collect()
}

#[test]
fn calls_divide_over_values_as_the_rows_do_but_a_quarter_has_a_seldom_one() {
    let all = drawn("SELECT id FROM t WHERE status = $1 LIMIT $2", Some(45));
    let sql = |value: &str| format!("SELECT id FROM t WHERE status = '{value}'::text LIMIT 5");
    // 95 % of the rows have a common value; a quarter of the calls asks for a seldom one all the same, a tenth of these for none.
    assert_eq!(
        all,
        [(sql("it''s"), 0.75, Values::Common), (sql("y"), 0.225, Values::Rare), (sql("~~~~"), 0.025, Values::Absent),]
    );
}

#[test]
fn a_key_has_no_common_values() {
    let all = drawn("SELECT * FROM t WHERE $1 = id", None);
    assert_eq!(all[0], ("SELECT * FROM t WHERE '50'::bigint = id".into(), 0.9, Values::Rare));
    assert_eq!(all[1].0, "SELECT * FROM t WHERE '101'::bigint = id");
}

#[test]
fn ranges_come_from_the_histogram_and_lists_take_several_values() {
    let wide = &drawn("SELECT * FROM t WHERE amount >= $1", None)[0];
    assert_eq!(wide.0, "SELECT * FROM t WHERE amount >= '67'::numeric(10,2)");
    let closed = &drawn("SELECT * FROM t WHERE amount >= $1 AND amount < $2", None)[0];
    assert_eq!(closed.0, "SELECT * FROM t WHERE amount >= '45'::numeric(10,2) AND amount < '55'::numeric(10,2)");
    let list = &drawn("SELECT * FROM t WHERE status IN ($1, $2)", None)[0];
    assert_eq!(list.0, "SELECT * FROM t WHERE status IN ('it''s'::text, 'b'::text)");
    let any = &drawn("SELECT * FROM t WHERE id = ANY ($1)", None)[0];
    assert_eq!(any.0, "SELECT * FROM t WHERE id = ANY ('{\"50\",\"51\",\"52\"}'::bigint[])");
}

#[test]
fn what_cannot_be_drawn_stays_a_parameter() {
    let mixed = &drawn("SELECT * FROM t WHERE status = $1 AND lower(status) LIKE $2", None)[0];
    assert_eq!(mixed.0, "SELECT * FROM t WHERE status = 'it''s'::text AND lower(status) LIKE $2");
    assert_eq!(drawn("SELECT * FROM t WHERE status LIKE $1", None)[0].2, Values::Generic);
    assert_eq!(drawn("SELECT * FROM t WHERE status = 'a'", None)[0].2, Values::Logged);
}

#[test]
fn logged_values_come_first_and_cut_ones_are_left_out() {
    let text = "SELECT * FROM t WHERE status = $1 AND id = $2";
    let sample =
        |parameters: &str| model::Sample { text: text.into(), parameters: parameters.into(), ..Default::default() };
    let samples = vec![sample("$1 = 'it''s, $2 = ''x''', $2 = NULL"), sample("$1 = 'abc...', $2 = '1'"), sample("")];
    let query = Query { text: text.into(), samples, ..Query::default() };
    let found = of(&query, &crate::sql::facts(text), Some(&catalog()));
    let sqls: Vec<&str> = found.iter().map(|sample| sample.sql.as_str()).collect();
    assert_eq!(sqls, ["SELECT * FROM t WHERE status = 'it''s, $2 = ''x''' AND id = NULL"]);
    assert_eq!((found[0].share, found[0].values), (1.0, Values::Logged));
}
