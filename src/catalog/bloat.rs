//! Statistics of a table in; how many bytes its rows, or the entries of a btree, need, out, with how far that can be trusted.
//!
//! A page has 8192 bytes, 24 of them a header (`PageHeaderData`), in a btree 16 more at its end (`BTPageOpaqueData`); each row or entry
//! takes a line pointer of 4 and is rounded up to 8 (`MAXALIGN`).

use crate::catalog::model::{Column, Index, Table};

const PAGE: f64 = 8192.0;
const HEADER: f64 = 24.0;
const LINE_POINTER: f64 = 4.0;
/// `SizeofHeapTupleHeader`, before the bitmap of NULLs.
const ROW: f64 = 23.0;
/// `IndexTupleData`.
const ENTRY: f64 = 8.0;
const BTREE_END: f64 = 16.0;
/// A row's address inside a posting list.
const ADDRESS: f64 = 6.0;

/// How far an estimate can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    Fair,
    Little,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    pub bytes: f64,
    pub trust: Trust,
    /// What it rests on, in words.
    pub quality: String,
}

/// Bytes of the main fork after a rewrite. The reason when the statistics do not say.
pub fn table_bytes(table: &Table) -> Result<Estimate, String> {
    let rows = rows(table)?;
    let mut width: f64 = 0.0;
    let mut nulls = false;
    for column in &table.columns {
        let stats = stats(column)?;
        nulls |= stats.null_fraction > 0.0;
        let present = 1.0 - stats.null_fraction;
        // What is mostly NULL moves nothing.
        if present >= 0.5 {
            width = aligned(width, alignment(column, f64::from(stats.average_width)));
        }
        width += f64::from(stats.average_width) * present;
    }
    let bitmap = if nulls { (table.columns.len() as f64 / 8.0).ceil() } else { 0.0 };
    // The data begin at a multiple of 8.
    let row = aligned(aligned(ROW + bitmap, 8.0) + width, 8.0);
    let fill = fillfactor(table.parameters.get("fillfactor"), 100.0);
    let per_page = ((PAGE - HEADER) * fill / (row + LINE_POINTER)).floor().max(1.0);
    Ok(rated(table, (rows / per_page).ceil() * PAGE))
}

/// Bytes of a btree that is built anew: leaves filled to the fill factor, equal keys in posting lists (since 13).
pub fn index_bytes(table: &Table, index: &Index) -> Result<Estimate, String> {
    if !matches!(index.method.as_str(), "" | "btree") {
        return Err(format!("the size of a {} index cannot be told from the statistics", index.method));
    }
    let all = rows(table)?;
    let rows = match (index.figures.as_ref().and_then(|figures| figures.entries), &index.predicate) {
        (Some(entries), _) => entries,
        (None, None) => all,
        (None, Some(_)) => return Err("how many rows a partial index holds is not known".to_owned()),
    };
    let mut width = 0.0;
    let mut distinct = 1.0_f64;
    for key in &index.keys {
        let column = table.column(&key.text).filter(|_| !key.expression);
        let column = column.ok_or_else(|| "the width of an expression in an index is not known".to_owned())?;
        let stats = stats(column)?;
        let present = 1.0 - stats.null_fraction;
        width = aligned(width, alignment(column, f64::from(stats.average_width)));
        width += f64::from(stats.average_width) * present;
        distinct *= if stats.n_distinct < 0.0 { -stats.n_distinct * rows } else { stats.n_distinct }.max(1.0);
    }
    for name in &index.include {
        let stats = stats(table.column(name).ok_or_else(|| "a column of an index is not known".to_owned())?)?;
        width += f64::from(stats.average_width) * (1.0 - stats.null_fraction);
    }
    let entry = aligned(ENTRY + width, 8.0) + LINE_POINTER;
    let groups = distinct.clamp(1.0, rows.max(1.0));
    let off = |value: &String| matches!(value.to_ascii_lowercase().as_str(), "off" | "false");
    // Unique indexes fold only versions of one row, and INCLUDE forbids it (nbtree README, "Deduplication").
    let folds = !index.unique
        && index.include.is_empty()
        && rows / groups >= 2.0
        && !table.parameters.get("deduplicate_items").is_some_and(off);
    let leaf = if folds {
        let list = (rows / groups * ADDRESS / 1300.0).ceil().max(1.0);
        rows * ADDRESS + groups * list * entry
    } else {
        rows * entry
    };
    let leaves = (leaf / ((PAGE - HEADER - BTREE_END) * 0.9)).ceil().max(1.0);
    let inner = (leaves * entry / ((PAGE - HEADER - BTREE_END) * 0.7)).ceil();
    let mut estimate = rated(table, (leaves + inner + 1.0) * PAGE);
    if index.keys.len() > 1 && folds {
        estimate.trust = Trust::Little;
        estimate.quality.push_str("; how many combinations of its columns there are is a guess");
    }
    Ok(estimate)
}

fn rows(table: &Table) -> Result<f64, String> {
    table.rows.filter(|rows| *rows >= 0.0).ok_or_else(|| "a table was never analysed".to_owned())
}

fn stats(column: &Column) -> Result<&crate::catalog::model::ColumnStats, String> {
    column
        .stats
        .as_deref()
        .ok_or_else(|| "no statistics of a column: never analysed, or no right to read it".to_owned())
}

/// How much has changed since the figures were taken decides.
fn rated(table: &Table, bytes: f64) -> Estimate {
    let modified = table.counters.as_ref().and_then(|counters| counters.modified);
    let rows = table.rows.unwrap_or(0.0).max(1.0);
    let share = modified.map(|modified| modified as f64 / rows);
    let toasted =
        table.counters.as_ref().and_then(|counters| counters.toast_bytes).is_some_and(|toast| toast as f64 > bytes);
    let trust = match share {
        Some(share) if share <= 0.2 && !toasted => Trust::Fair,
        _ => Trust::Little,
    };
    let mut quality = match share {
        Some(share) => format!(
            "from column widths and row counts of the last ANALYZE; {:.0} % of the rows changed since",
            share * 100.0
        ),
        None => "from column widths and row counts of the last ANALYZE, of unknown age".to_owned(),
    };
    if toasted {
        quality.push_str("; most of it lies in TOAST, where widths mislead");
    }
    Estimate { bytes, trust, quality }
}

fn aligned(at: f64, to: f64) -> f64 {
    if to <= 1.0 { at } else { (at / to).ceil() * to }
}

/// `typalign` of the usual types; what is of varying length and short has a header of one byte and none (`pg_type`, "typalign").
fn alignment(column: &Column, width: f64) -> f64 {
    let bare = column.type_name.split('(').next().unwrap_or_default().trim_end();
    match bare {
        "bigint"
        | "double precision"
        | "timestamp without time zone"
        | "timestamp with time zone"
        | "time without time zone"
        | "time with time zone"
        | "interval"
        | "money"
        | "point"
        | "box" => 8.0,
        "integer" | "real" | "date" | "oid" => 4.0,
        "smallint" => 2.0,
        "boolean" | "uuid" | "\"char\"" | "name" => 1.0,
        // An array is aligned like its elements at most; a value over 126 bytes has a header of four.
        _ if width > 126.0 => 4.0,
        _ => 1.0,
    }
}

fn fillfactor(written: Option<&String>, default: f64) -> f64 {
    written.and_then(|percent| percent.parse::<f64>().ok()).unwrap_or(default) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::{ColumnStats, IndexKey, TableCounters};

    fn column(name: &str, type_name: &str, width: u32, n_distinct: f64) -> Column {
        let stats = ColumnStats { average_width: width, n_distinct, ..ColumnStats::default() };
        Column { name: name.into(), type_name: type_name.into(), stats: Some(Box::new(stats)), ..Column::default() }
    }

    /// pg_relation_size on Postgres 15 after `INSERT INTO t SELECT n, n % 100, 'x' || n FROM generate_series(1, 100000) n` and VACUUM, ANALYZE:
    /// t (id bigint, k integer, s text) 5,218,304; (id) 2,260,992; (k) 745,472.
    #[test]
    fn sizes_are_near_those_of_a_server() {
        let mut table = Table { rows: Some(100_000.0), ..Table::default() };
        table.columns =
            vec![column("id", "bigint", 8, -1.0), column("k", "integer", 4, 100.0), column("s", "text", 6, -1.0)];
        table.counters = Some(Box::new(TableCounters { modified: Some(0), ..TableCounters::default() }));
        let index = |name: &str| Index {
            keys: vec![IndexKey { text: name.into(), ..IndexKey::default() }],
            ..Index::default()
        };
        let near = |estimate: Estimate, real: f64| {
            assert!((estimate.bytes / real - 1.0).abs() < 0.06, "{} instead of {real}", estimate.bytes);
            assert_eq!(estimate.trust, Trust::Fair);
        };
        near(table_bytes(&table).unwrap(), 5_218_304.0);
        near(index_bytes(&table, &index("id")).unwrap(), 2_260_992.0);
        near(index_bytes(&table, &index("k")).unwrap(), 745_472.0);
        table.columns[2].stats = None;
        assert!(table_bytes(&table).is_err());
    }
}
