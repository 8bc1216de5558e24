use super::*;

fn refused(text: &str) -> Option<Refusal> {
    plannable(text, &Names::default()).err()
}

#[test]
fn what_reads_or_changes_rows_passes_without_its_semicolon() {
    for text in [
        "SELECT 1",
        "select * from t where a = $1 -- ; drop table t",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "INSERT INTO t (a, b) VALUES (1, 'a;b')",
        "TABLE t",
        "VALUES (1)",
        "UPDATE t SET a = $$;$$ WHERE lower(b) = 'x'",
    ] {
        assert_eq!(
            plannable(&format!("{text} \n;;"), &Names::default()),
            Ok(text.split(" --").next().unwrap()),
            "{text}"
        );
    }
}
