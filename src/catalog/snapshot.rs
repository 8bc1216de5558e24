//! A snapshot file: the catalog of a server in a versioned envelope, `{"sqlsift_snapshot": 1, "catalog": {…}}`, with the
//! queries that run there if `pg_stat_statements` was at hand.
//!
//! It holds names, types, sizes, counters, frequencies and texts without their constants, and no value of any row.
//! `sqlsift snapshot` writes one.

pub mod planned;

use serde::{Deserialize, Serialize};

use crate::catalog::expression::strip_parens;
use crate::catalog::model::{Catalog, ConstraintKind};
use planned::PlannedSet;

/// The version that this program reads and writes.
pub const VERSION: u32 = 1;

const KEY: &str = "sqlsift_snapshot";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    #[serde(rename = "sqlsift_snapshot")]
    _version: u32,
    catalog: Catalog,
    #[serde(default)]
    queries: Option<Vec<ObservedQuery>>,
    #[serde(default)]
    statistics_seconds: Option<f64>,
    #[serde(default)]
    indexes: Option<PlannedSet>,
    #[serde(default)]
    notes: Vec<String>,
}

/// What a snapshot file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    pub catalog: Catalog,
    /// `None`: nothing was there to tell what runs.
    pub queries: Option<Vec<ObservedQuery>>,
    /// Over how long the queries were counted: the age of the statistics when the snapshot was taken.
    pub statistics_seconds: Option<f64>,
    /// What the server's planner found best for the queries; `None` if it could not be asked.
    pub indexes: Option<PlannedSet>,
    /// What the server could not or would not say.
    pub notes: Vec<String>,
}

/// A row of `pg_stat_statements`, of one role. Files of earlier versions have only the first three fields, and the rows of all roles
/// summed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedQuery {
    /// With `$1` for constants; `?` in what the extension does not treat so.
    pub text: String,
    pub calls: u64,
    /// Time of all calls, ms.
    pub total_ms: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Ran inside a function.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nested: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks_hit: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks_read: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temp_blocks_written: Option<u64>,
    /// Of one call, ms; unknown for a stretch of time between two readings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stddev_ms: Option<f64>,
    /// Planning of all calls, where `pg_stat_statements.track_planning` is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jit_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wal_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Written<'c> {
    sqlsift_snapshot: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'c [String],
    statistics_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indexes: Option<&'c PlannedSet>,
    queries: Option<&'c [ObservedQuery]>,
    catalog: &'c Catalog,
}

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("not a sqlsift snapshot: line {line}, column {column}: {message}")]
    NotJson { line: usize, column: usize, message: String },
    #[error("not a sqlsift snapshot: it has no \"{KEY}\" at its top")]
    NoVersion,
    #[error("snapshot version {found} is not known: this sqlsift reads version {VERSION}")]
    Version { found: String },
    #[error("line {line}, column {column}: {message}")]
    Content { line: usize, column: usize, message: String },
}

/// Whether a text claims to be a snapshot, for telling it from DDL.
pub fn looks_like_one(text: &str) -> bool {
    let start: String = text.trim_start_matches('\u{feff}').chars().filter(|c| !c.is_whitespace()).take(24).collect();
    start.starts_with(&format!("{{\"{KEY}\""))
}

/// The catalog of a snapshot.
pub fn read(text: &str) -> Result<Catalog, SnapshotError> {
    read_all(text).map(|snapshot| snapshot.catalog)
}

/// Reads a snapshot. An unknown version or field is an error that names its place.
pub fn read_all(text: &str) -> Result<Snapshot, SnapshotError> {
    let text = text.trim_start_matches('\u{feff}');
    // The version first: a later one may hold anything.
    let version: Version = serde_json::from_str(text).map_err(|error| SnapshotError::NotJson {
        line: error.line(),
        column: error.column(),
        message: message(&error),
    })?;
    match version.sqlsift_snapshot {
        None => return Err(SnapshotError::NoVersion),
        Some(found) if found.as_u64() != Some(u64::from(VERSION)) => {
            return Err(SnapshotError::Version { found: found.to_string() });
        }
        Some(_) => {}
    }
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| SnapshotError::Content {
        line: error.line(),
        column: error.column(),
        message: message(&error),
    })?;
    Ok(Snapshot {
        catalog: as_ddl_spells_it(envelope.catalog),
        queries: envelope.queries,
        statistics_seconds: envelope.statistics_seconds.filter(|seconds| *seconds > 0.0),
        indexes: envelope.indexes,
        notes: envelope.notes,
    })
}

#[derive(Deserialize)]
struct Version {
    sqlsift_snapshot: Option<serde_json::Number>,
}

/// serde_json puts the place behind the message; the place is told before it here.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The server prints checks, predicates and index expressions in parentheses of its own.
pub fn as_ddl_spells_it(mut catalog: Catalog) -> Catalog {
    for table in catalog.tables.values_mut() {
        for constraint in &mut table.constraints {
            if let ConstraintKind::Check { expression } = &mut constraint.kind {
                *expression = strip_parens(expression).into();
            }
        }
        for expression in table
            .policies
            .some_mut()
            .into_iter()
            .flatten()
            .flat_map(|policy| [&mut policy.using, &mut policy.check])
            .flatten()
        {
            *expression = strip_parens(expression).to_owned();
        }
        for index in &mut table.indexes {
            for key in index.keys.iter_mut().filter(|key| key.expression) {
                key.text = strip_parens(&key.text).into();
            }
            if let Some(predicate) = &mut index.predicate {
                *predicate = strip_parens(predicate).into();
            }
        }
    }
    catalog
}

/// The snapshot as a file, indented, ending in a newline.
///
/// # Errors
/// Only if a figure is no number (NaN), which the server does not give.
pub fn write(snapshot: &Snapshot) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&Written {
        sqlsift_snapshot: VERSION,
        notes: &snapshot.notes,
        statistics_seconds: snapshot.statistics_seconds,
        indexes: snapshot.indexes.as_ref(),
        queries: snapshot.queries.as_deref(),
        catalog: &snapshot.catalog,
    })?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::TableName;

    #[test]
    fn what_is_written_is_read_back() {
        let mut catalog = Catalog::default();
        catalog.tables.insert(TableName { schema: "a.b".into(), name: "c\"d".into() }, Default::default());
        catalog.tables.insert(TableName { schema: "public".into(), name: "plain".into() }, Default::default());
        let query = ObservedQuery { text: "SELECT $1".into(), calls: 3, rows: Some(3), ..ObservedQuery::default() };
        let snapshot = Snapshot {
            catalog,
            queries: Some(vec![query]),
            statistics_seconds: Some(60.0),
            indexes: Some(PlannedSet { size_model: "own".into(), ..PlannedSet::default() }),
            notes: vec!["1 entry has no text".into()],
        };
        let text = write(&snapshot).expect("as written above");
        assert!(looks_like_one(&text));
        assert_eq!(read_all(&text).expect("as written above"), snapshot);
    }

    #[test]
    fn queries_are_read_where_they_stand() {
        let read = |more: &str| read_all(&format!("{{\"sqlsift_snapshot\": 1, \"catalog\": {{}}{more}}}"));
        let bare = read("").expect("a snapshot");
        assert_eq!((bare.queries, bare.statistics_seconds), (None, None));
        let none = read(", \"queries\": null, \"statistics_seconds\": null").expect("a snapshot");
        assert!(none.queries.is_none());
        let one =
            ", \"queries\": [{\"text\": \"SELECT $1\", \"calls\": 12, \"total_ms\": 0.5}], \"statistics_seconds\": 60";
        let one = read(one).expect("a snapshot");
        let expected = ObservedQuery { text: "SELECT $1".into(), calls: 12, total_ms: 0.5, ..ObservedQuery::default() };
        assert_eq!(one.queries, Some(vec![expected]));
        assert_eq!(one.statistics_seconds, Some(60.0));
    }

    #[test]
    fn errors_say_what_and_where() {
        for (text, expected) in [
            ("CREATE TABLE", "not a sqlsift snapshot: line 1, column 1: expected value"),
            ("{\"catalog\": {}}", "not a sqlsift snapshot: it has no \"sqlsift_snapshot\" at its top"),
            ("{\"sqlsift_snapshot\": 2, \"x\": 1}", "snapshot version 2 is not known: this sqlsift reads version 1"),
            ("{\"sqlsift_snapshot\": 1,\n \"catalog\": {\"tabels\": {}}}", "line 2, column 21: unknown field `tabels`"),
        ] {
            let error = read(text).expect_err("not a snapshot").to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
