//! `--schema`, `--snapshot` or a server in; a catalog, the inputs as the report lists them, and problems out.

use std::path::{Path, PathBuf};

use crate::catalog::model::Catalog;
use crate::catalog::snapshot::ObservedQuery;
use crate::catalog::snapshot::planned::PlannedSet;
use crate::catalog::{self, SchemaFile};
use crate::cli::args;
use crate::cli::failure::Failure;
use crate::db::Session;
use crate::report::model::{Input, Problem};

use super::live::{self, Wanted};

#[derive(Default)]
pub struct Given {
    pub catalog: Option<Catalog>,
    pub inputs: Vec<Input>,
    pub problems: Vec<Problem>,
    /// Of a snapshot or server: what ran there (`None` if it could not tell), and for how long it was counted.
    pub queries: Option<Vec<ObservedQuery>>,
    pub statistics_seconds: Option<f64>,
    /// Of a snapshot: what the planner found best for those queries.
    pub planned: Option<PlannedSet>,
    /// What the server could not or would not say.
    pub notes: Vec<String>,
}

/// Files, or the server that a session was opened with.
pub fn read(files: &args::Catalog, session: Option<&mut Session>, wanted: Wanted) -> Result<Given, Failure> {
    if let Some(path) = &files.snapshot {
        return from_snapshot(path);
    }
    if !files.schema.is_empty() {
        return from_schema(&files.schema);
    }
    match session {
        Some(session) => live::read(session, wanted),
        None => Ok(Given::default()),
    }
}

fn from_schema(paths: &[PathBuf]) -> Result<Given, Failure> {
    let mut texts = Vec::new();
    for path in paths {
        texts.push((path.display().to_string(), text(path)?));
    }
    let files: Vec<SchemaFile<'_>> = texts.iter().map(|(path, text)| SchemaFile { path, text }).collect();
    let read = catalog::from_files(&files);
    let tables = format!("{} tables in all", read.catalog.tables.len());
    let inputs = texts.iter().map(|(path, text)| Input {
        path: path.clone(),
        format: "schema".into(),
        details: if read.skipped_files.contains(path) {
            vec!["undoes a migration: left out".into()]
        } else {
            vec![tables.clone()]
        },
        bytes: text.len() as u64,
    });
    let mut problems: Vec<Problem> = read
        .problems
        .iter()
        .map(|p| Problem {
            path: p.path.clone(),
            line: p.line.map(u64::from),
            message: p.message.clone(),
            hint: p.hint.clone(),
            count: 1,
        })
        .collect();
    problems.sort();
    Ok(Given { inputs: inputs.collect(), problems, catalog: Some(read.catalog), ..Given::default() })
}

fn from_snapshot(path: &Path) -> Result<Given, Failure> {
    let name = path.display().to_string();
    let text = text(path)?;
    let snapshot = catalog::snapshot::read_all(&text).map_err(|e| {
        Failure::new(format!("{name} is no snapshot that this version reads: {e}"), "give --schema with DDL instead")
    })?;
    let mut details = vec![format!("{} tables", snapshot.catalog.tables.len())];
    if let Some(queries) = &snapshot.queries {
        details.push(format!("{} queries", queries.len()));
    }
    let input = Input { path: name, format: "snapshot".into(), details, bytes: text.len() as u64 };
    Ok(Given {
        catalog: Some(snapshot.catalog),
        inputs: vec![input],
        problems: Vec::new(),
        queries: snapshot.queries,
        statistics_seconds: snapshot.statistics_seconds,
        planned: snapshot.indexes,
        notes: snapshot.notes,
    })
}

/// Dumps of old databases are not always UTF-8; a damaged comment must not stop the rest.
fn text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| {
        Failure::new(
            format!("cannot read {}: {e}", path.display()),
            "pg_dump --schema-only DATABASE > schema.sql makes a schema file",
        )
    })?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}
