//! Nothing in; every statement that is ever sent to a server that `--dsn` names out, with `{words}` for what is only known then.
//!
//! A live test compares it with what a server logs of real runs, so it cannot fall behind.

use super::session::{IDLE_MS, MARK, greeting};
use super::{catalog, statements, values};

/// What is done, and the statements for it, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub what: &'static str,
    pub statements: Vec<String>,
}

/// Statements that begin with this mark stand in the log of the server with it.
fn marked(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    texts.into_iter().map(|text| text.as_ref().trim_end().to_owned()).collect()
}

fn step(what: &'static str, statements: Vec<String>) -> Step {
    Step { what, statements }
}

/// What every command sends that takes its catalog from a server.
pub fn catalog_steps() -> Vec<Step> {
    vec![
        step(
            "Each of the steps below stands in transactions of its own, all of which begin and end so",
            vec![
                format!(
                    "BEGIN READ ONLY; SET LOCAL statement_timeout = {{number}}; SET LOCAL lock_timeout = {{number}}; \
                     SET LOCAL idle_in_transaction_session_timeout = {IDLE_MS}"
                ),
                "ROLLBACK".to_owned(),
            ],
        ),
        step(
            "Where target_session_attrs asks",
            vec!["SELECT pg_catalog.pg_is_in_recovery()".to_owned(), "SHOW transaction_read_only".to_owned()],
        ),
        step("The server's version, and whether there is a pooler between", marked([greeting()])),
        step("The catalog; large ones in pieces", marked(catalog::texts())),
        step("Counters and health", marked(HEALTH)),
        step("pg_stat_statements, where it is; with --interval twice", {
            let mut texts =
                marked([statements::FIND, statements::LOADED, "SELECT pg_catalog.set_config('search_path', '', true)"]);
            texts.extend(marked(STATEMENTS));
            texts
        }),
    ]
}

/// What is sent to have statements planned: by `explain`, and where indexes are tried.
pub fn planning_steps() -> Vec<Step> {
    vec![
        step(
            "What this role may see",
            marked([include_str!("rights/rights.sql"), include_str!("rights/extensions.sql")]),
        ),
        step("Names that no statement may use that is sent to be planned", marked([include_str!("names.sql")])),
        step("Values for parameters, from the statistics of the columns", marked([values::READ])),
        step(
            "The plan of a statement that only reads, generic; executed only with --analyze",
            PLANNED.map(str::to_owned).into(),
        ),
        step(
            "The same under indexes that exist only for the planner: {indexes} creates and drops them with HypoPG",
            HYPOTHETICAL.map(str::to_owned).into(),
        ),
    ]
}

/// The pieces between `{` and `}` aside, whether `sent` is this text.
pub fn fits(text: &str, sent: &str) -> bool {
    let words = |text: &str| text.replace(MARK, " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, sent) = (words(text), words(sent));
    let mut rest = sent.as_str();
    let mut pieces = Vec::new();
    let mut left = text.as_str();
    while let Some((before, name, after)) = hole(left) {
        pieces.push(before);
        left = after;
        debug_assert!(!name.is_empty());
    }
    for (index, piece) in pieces.iter().enumerate() {
        let at = match index {
            0 => rest.starts_with(piece).then_some(0),
            _ => rest.find(piece),
        };
        let Some(at) = at else { return false };
        rest = &rest[at + piece.len()..];
    }
    if pieces.is_empty() { rest == left } else { rest.ends_with(left) }
}

/// The first `{word}`.
fn hole(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let close = open + text[open..].find('}')?;
        let name = &text[open + 1..close];
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            return Some((&text[..open], name, &text[close + 1..]));
        }
        from = open + 1;
    }
    None
}

const HEALTH: [&str; 23] = [
    "SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('jit', 'off', true)",
    include_str!("health/sql/server.sql"),
    include_str!("health/sql/replicas.sql"),
    include_str!("health/sql/slots.sql"),
    include_str!("health/sql/replay.sql"),
    include_str!("health/sql/prepared.sql"),
    include_str!("health/sql/databases.sql"),
    include_str!("health/sql/counters.sql"),
    include_str!("health/sql/archiver.sql"),
    include_str!("health/sql/sessions.sql"),
    include_str!("health/sql/connections.sql"),
    include_str!("health/sql/collation.sql"),
    include_str!("health/sql/writes.sql"),
    include_str!("health/sql/writes_17.sql"),
    include_str!("health/sql/wal.sql"),
    include_str!("health/sql/settings.sql"),
    include_str!("health/sql/overrides.sql"),
    include_str!("health/sql/statements.sql"),
    "SELECT count(*) FROM {schema}.pg_stat_statements(false)",
    "SELECT i.dealloc, extract(epoch FROM clock_timestamp() - i.stats_reset)::bigint FROM {schema}.pg_stat_statements_info i",
    include_str!("health/sql/tables.sql"),
    include_str!("health/sql/indexes.sql"),
    include_str!("health/sql/sequences.sql"),
];

const STATEMENTS: [&str; 4] = [
    "SELECT s.query, {columns} FROM {schema}.pg_stat_statements s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.userid WHERE \
     s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
    "SELECT count(*), coalesce(sum(s.calls), 0)::int8 FROM {schema}.pg_stat_statements(false) s \
     WHERE s.dbid <> (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())",
    "SELECT extract(epoch FROM clock_timestamp())::float8, extract(epoch FROM stats_reset)::float8, dealloc \
     FROM {schema}.pg_stat_statements_info",
    "SELECT extract(epoch FROM clock_timestamp())::float8, NULL::float8, NULL::int8",
];

const PLANNED: [&str; 4] = [
    "BEGIN READ ONLY; {settings}SET LOCAL plan_cache_mode = force_generic_plan{indexes}",
    "PREPARE sqlsift_planned AS {statement}",
    "EXPLAIN (FORMAT JSON{options}) EXECUTE sqlsift_planned{end}",
    "ROLLBACK TO SAVEPOINT sqlsift_planning{end}",
];

const HYPOTHETICAL: [&str; 3] = [
    "SELECT a.name IS NOT NULL, e.extversion, n.nspname::text \
     FROM (VALUES ('hypopg')) w(name) \
     LEFT JOIN pg_catalog.pg_available_extensions() a ON a.name = w.name \
     LEFT JOIN pg_catalog.pg_extension e ON e.extname = w.name \
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace",
    "BEGIN READ ONLY; SELECT {schema}.hypopg_reset(); ROLLBACK",
    "SELECT {schema}.hypopg_reset()",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_stand_for_anything_and_the_rest_for_itself() {
        assert!(fits("SET a = {number}; b '{}' {x}", "SET a = 10;\n b '{}' c"));
        assert!(!fits("SET a = {number}; b", "SET a = 10; c"));
        assert!(!fits("ROLLBACK", "ROLLBACK TO SAVEPOINT x"));
        assert!(fits("{a} FROM {b}", "x FROM y"));
    }
}
