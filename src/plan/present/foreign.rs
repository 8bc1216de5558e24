//! What is no plan of Postgres, by name, with what to do instead.

use super::query;
use super::row::Row;
use crate::plan::model::Warning;

/// As much as is looked at.
const HEAD: usize = 64 * 1024;

struct Sign {
    /// All of them.
    all: &'static [&'static str],
    what: &'static str,
}

const fn sign(all: &'static [&'static str], what: &'static str) -> Sign {
    Sign { all, what }
}

/// Words that the plans of other systems have and those of Postgres have not.
const SIGNS: &[Sign] = &[
    sign(&["\"query_block\""], "a plan of MySQL or MariaDB in JSON"),
    sign(&["select_type", "possible_keys"], "a plan of MySQL or MariaDB"),
    sign(&["-> Table scan on "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Nested loop "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Index lookup on "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Index scan on "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Index range scan on "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Single-row index lookup "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Rows fetched before execution"], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["-> Filter: "], "a plan of MySQL (EXPLAIN ANALYZE)"),
    sign(&["<ShowPlanXML"], "a plan of SQL Server in XML"),
    sign(&["|--", "OBJECT:("], "a plan of SQL Server"),
    sign(&["StmtText", "|--"], "a plan of SQL Server"),
    sign(&["Plan hash value:"], "a plan of Oracle (DBMS_XPLAN)"),
    sign(&["| Id ", "| Operation "], "a plan of Oracle (DBMS_XPLAN)"),
    sign(&["QUERY PLAN\n|--"], "a plan of SQLite"),
    sign(&["QUERY PLAN\n`--"], "a plan of SQLite"),
    sign(&["QUERY PLAN\r\n|--"], "a plan of SQLite"),
    sign(&["QUERY PLAN\r\n`--"], "a plan of SQLite"),
    sign(&["winningPlan"], "a plan of MongoDB"),
    sign(&["queryPlanner"], "a plan of MongoDB"),
    sign(&["distribution: ", "vectorized: "], "a plan of CockroachDB"),
    sign(&["== Physical Plan =="], "a plan of Spark"),
    sign(&["ReadFromMergeTree"], "a plan of ClickHouse"),
    sign(&["estRows", "operator info"], "a plan of TiDB"),
    sign(&["Physical Plan", "\u{2514}"], "a plan of DuckDB"),
];

/// A plan of another system.
pub fn other_system(input: &str) -> Option<Warning> {
    let head = super::region::prefix(input, HEAD);
    if head.contains("Node Type") || head.contains("Node-Type") || head.contains("->  ") {
        return None;
    }
    let sign = SIGNS.iter().find(|sign| sign.all.iter().all(|word| head.contains(word)))?;
    let message = format!("this is {}, not of Postgres", sign.what);
    Some(Warning::new(0, message, "sqlsift reads what EXPLAIN prints in Postgres."))
}

/// What an input without a plan is.
pub fn name(rows: &[Row<'_>]) -> Warning {
    let Some(first) = rows.iter().find(|row| !row.is_blank()) else {
        return Warning::new(
            0,
            "the input is empty",
            "Paste or pipe what EXPLAIN (ANALYZE, BUFFERS) printed, e.g. `psql -XqAt -f query.sql | sqlsift explain`.",
        );
    };
    let head = &rows[..rows.len().min(2000)];
    let find = |word: &str| head.iter().find(|row| row.text.contains(word));
    if let Some(row) = find("Utility statements have no plan structure") {
        return Warning::new(
            row.line,
            "the statement that was explained is a utility statement: it has no plan",
            "Explain the query inside of it: the SELECT of a COPY, the body of a function or procedure.",
        );
    }
    let lower = first.text.trim().to_ascii_lowercase();
    if lower.starts_with("<!doctype") || lower.starts_with("<html") {
        return Warning::new(
            first.line,
            "this is a web page, not a plan",
            "Copy the plan's text from the page, or save it in its raw form.",
        );
    }
    if head.iter().any(is_log) {
        return Warning::new(
            first.line,
            "this is a server log without a plan",
            "`sqlsift analyze FILE` reads logs; `auto_explain.log_min_duration` makes the server write plans into them.",
        );
    }
    if let Some(row) = find("ERROR:").or(find("FATAL:")) {
        let message = row.text.trim().chars().take(160).collect::<String>();
        return Warning::new(
            row.line,
            format!("the server answered with an error instead of a plan: {message}"),
            "Correct the statement, run EXPLAIN again and paste what it prints.",
        );
    }
    if let Some((_, statement)) = query::above(rows) {
        let words = statement.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        let words = words.chars().take(60).collect::<String>();
        return Warning::new(
            first.line,
            "this is a statement, not its plan",
            format!("Run EXPLAIN (ANALYZE, BUFFERS) {words} …, and paste what it prints."),
        );
    }
    Warning::new(first.line, "no plan was found", "Paste the whole output of EXPLAIN, from its first line to its last.")
}

fn is_log(row: &Row<'_>) -> bool {
    let text = &row.text;
    let severity = ["LOG:  ", "STATEMENT:  "].iter().any(|word| text.find(word).is_some_and(|at| at > 8));
    severity || text.contains("\"error_severity\":") || text.contains(",LOG,00000,")
}

#[cfg(test)]
mod tests {
    use super::super::tests::documents;

    #[test]
    fn what_is_no_plan_has_a_name() {
        for (input, expected) in [
            ("", "empty"),
            (" \n\n", "empty"),
            ("select *\nfrom orders where id = 1", "a statement"),
            ("EXPLAIN SELECT 1;", "a statement"),
            ("id | select_type | table | possible_keys\n", "MySQL"),
            ("-> Limit: 5 row(s)  (cost=0.35 rows=1)\n    -> Table scan on a  (cost=0.35 rows=1)\n", "MySQL"),
            ("{\n  \"query_block\": {\n    \"select_id\": 1\n  }\n}", "MySQL"),
            ("<ShowPlanXML xmlns=\"http://schemas.microsoft.com/sqlserver/2004/07/showplan\">", "SQL Server"),
            ("  |--Clustered Index Scan(OBJECT:([shop].[dbo].[orders].[pk]))", "SQL Server"),
            ("Plan hash value: 123\n\n| Id  | Operation | Name |", "Oracle"),
            ("QUERY PLAN\n|--SCAN orders\n`--USE TEMP B-TREE FOR ORDER BY", "SQLite"),
            ("{\n  \"queryPlanner\": {\n    \"winningPlan\": {}\n  }\n}", "MongoDB"),
            ("distribution: full\nvectorized: true\n\n• scan", "CockroachDB"),
            ("ERROR:  relation \"x\" does not exist\nLINE 1: explain select * from x", "relation \"x\" does not exist"),
            (
                "                 QUERY PLAN\n---------\n Utility statements have no plan structure\n(1 row)\n",
                "utility",
            ),
            ("<!DOCTYPE html>\n<html><body>Plan</body></html>", "web page"),
            ("2024-01-01 00:00:00 UTC [1] LOG:  duration: 1.2 ms  statement: select 1\n", "server log"),
            ("Hello there, general.", "no plan was found"),
        ] {
            let (plans, warnings) = documents(input);
            assert!(plans.is_empty(), "{input}: {plans:?}");
            assert_eq!(warnings.len(), 1, "{input}");
            assert!(warnings[0].message.contains(expected), "{input}: {:?}", warnings[0]);
        }
    }
}
