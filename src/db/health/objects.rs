//! Counters of tables and indexes, and how far sequences are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::model::{Catalog, Sequence, ServerFacts, TableName};
use crate::db::{DbError, Row};

use super::part;
use super::part::{Asker, json};

#[derive(Deserialize)]
struct IndexFigures {
    scans: Option<u64>,
    last_scan_s: Option<u64>,
    entries_read: Option<u64>,
    rows_fetched: Option<u64>,
    entries: Option<f64>,
    valid: bool,
    ready: bool,
    live: bool,
    building: bool,
    bytes: Option<u64>,
}

pub(super) fn read(asker: &mut Asker<'_>, catalog: &mut Catalog, facts: &mut ServerFacts) -> Result<(), DbError> {
    let tables = part("tables", include_str!("sql/tables.sql"));
    let rows = tables.rows(asker, facts)?.unwrap_or_default();
    note(facts, tables.name, rows.iter().map(|row| table(row, catalog)));
    let indexes = part("indexes", include_str!("sql/indexes.sql"));
    let rows = indexes.rows(asker, facts)?.unwrap_or_default();
    note(facts, indexes.name, rows.iter().map(|row| index(row, catalog)));
    let sequences = part("sequences", include_str!("sql/sequences.sql"));
    let rows = sequences.rows(asker, facts)?.unwrap_or_default();
    note(facts, sequences.name, rows.iter().map(|row| sequence(row, catalog)));
    Ok(())
}

/// The first row that was not understood speaks for all.
fn note(facts: &mut ServerFacts, part: &str, read: impl Iterator<Item = Result<(), String>>) {
    if let Some(reason) = read.filter_map(Result::err).next() {
        facts.unread.insert(part.to_owned(), reason);
    }
}

fn name(row: &Row) -> Result<TableName, String> {
    row.try_get::<_, String>(0).map(TableName::from).map_err(|error| error.to_string())
}

fn table(row: &Row, catalog: &mut Catalog) -> Result<(), String> {
    let Some(table) = catalog.tables.get_mut(&name(row)?) else { return Ok(()) };
    table.counters = Some(json(row, 1)?);
    let options: Vec<String> = row.try_get(2).map_err(|error| error.to_string())?;
    for option in &options {
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        table.parameters.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
    table.rows = table.rows.or(row.try_get(3).map_err(|error| error.to_string())?);
    Ok(())
}

fn index(row: &Row, catalog: &mut Catalog) -> Result<(), String> {
    let index: String = row.try_get(1).map_err(|error| error.to_string())?;
    let table = catalog.tables.get_mut(&name(row)?);
    let Some(known) = table.and_then(|table| table.indexes.iter_mut().find(|known| known.name == index)) else {
        return Ok(());
    };
    let found: IndexFigures = json(row, 2)?;
    let figures = known.figures_mut();
    figures.scans = found.scans;
    figures.last_scan_s = found.last_scan_s;
    figures.entries_read = found.entries_read;
    figures.rows_fetched = found.rows_fetched;
    figures.entries = found.entries;
    figures.bytes = found.bytes.or(figures.bytes);
    known.valid = found.valid;
    known.ready = Some(found.ready);
    known.live = Some(found.live);
    known.building = found.building;
    Ok(())
}

fn sequence(row: &Row, catalog: &mut Catalog) -> Result<(), String> {
    let found: Sequence = json(row, 1)?;
    let sequences: &mut BTreeMap<TableName, Sequence> = &mut catalog.sequences;
    sequences.insert(name(row)?, found);
    Ok(())
}
