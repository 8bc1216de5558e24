//! How large an index will be, without building it.

use crate::catalog::access::{Key, distinct_values};
use crate::catalog::model::{Column, Table};

use super::candidate::{Candidate, Method};
use super::include;

const PAGE: f64 = 8192.0;
/// What a leaf page takes at the default fill factor of 90 %: without its header, its special space and the tenth that stays
/// free (`nbtsort.c`, `_bt_buildadd`).
const FILLED: f64 = 8192.0 - 24.0 - 16.0 - 819.0;
/// Of an inner page, at 70 %.
const FILLED_INNER: f64 = (8192.0 - 40.0) * 0.7;
/// `IndexTupleData`.
const HEADER: f64 = 8.0;
const LINE_POINTER: f64 = 4.0;
/// A row's address inside a posting list, and the longest list that a new index has (`nbtsort.c`, `_bt_load`: a tenth of
/// a page).
const ADDRESS: f64 = 6.0;
const LONGEST_LIST: f64 = 812.0;
/// Where nothing is known of an expression's values.
const EXPRESSION: f64 = 16.0;

/// An estimate of an index's size in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub bytes: u64,
    /// It is likely to be within these.
    pub least: u64,
    pub most: u64,
}

impl Size {
    fn about(bytes: f64, factor: f64) -> Self {
        let pages = (bytes / PAGE).ceil().max(2.0) * PAGE;
        Size { bytes: pages as u64, least: (pages / factor) as u64, most: (pages * factor) as u64 }
    }
}

/// Bytes of an index on a table with known row count and column widths; `None` where that is not known, or the estimate is no
/// better than a factor of two.
pub fn bytes(candidate: &Candidate, selectivity: Option<f64>, table: &Table) -> Option<u64> {
    let plain = candidate.keys.iter().all(|key| matches!(key.key, Key::Column(_)));
    let exact = matches!(candidate.method, Method::Btree | Method::Brin) && plain;
    if exact { estimate(candidate, selectivity, table).map(|size| size.bytes) } else { None }
}

/// The size with its range. `selectivity` is that of the predicate of a partial index.
pub fn estimate(candidate: &Candidate, selectivity: Option<f64>, table: &Table) -> Option<Size> {
    let share = if candidate.predicate.is_some() { selectivity? } else { 1.0 };
    let rows = table.rows? * share;
    match candidate.method {
        Method::Btree => btree(candidate, rows, table),
        Method::Brin => Some(Size::about(PAGE * 3.0, 1.5)),
        Method::Gin | Method::Gist => inverted(candidate, rows, table),
    }
}

fn btree(candidate: &Candidate, rows: f64, table: &Table) -> Option<Size> {
    let mut row = RowWidth::default();
    let mut distinct = Some(1.0);
    let mut folds = candidate.include.is_empty();
    let (mut expressions, mut unique) = (false, false);
    for key in &candidate.keys {
        match &key.key {
            Key::Column(name) => {
                let column = table.column(name)?;
                row.add(column)?;
                folds &= deduplicates(&column.type_name);
                let values = distinct_values(table, name);
                unique |= values.zip(table.rows).is_some_and(|(values, rows)| values >= rows * 0.9);
                distinct = distinct.zip(values).map(|(a, b): (f64, f64)| a * b.max(1.0));
            }
            Key::Expression(_) => {
                expressions = true;
                row.bytes += EXPRESSION;
                row.varies = true;
                distinct = None;
            }
        }
    }
    for name in &candidate.include {
        row.add(table.column(name)?)?;
    }
    // NULLs are equal to each other here, and stand in lists as long as can be.
    let nulls = match candidate.keys.as_slice() {
        [_] if folds => rows * (1.0 - row.filled.replace(1.0).unwrap_or(1.0)),
        _ => 0.0,
    };
    let entry = row.tuple();
    // Of as many combinations as there could be chance leaves some out.
    let met = |d: f64| if candidate.keys.len() > 1 && !unique { d * (1.0 - (-rows / d).exp()) } else { d };
    let groups = distinct.map_or(rows, met).clamp(1.0, rows.max(1.0));
    let (data, item) = if folds { posting_lists(rows - nulls, groups, entry) } else { (rows * entry, entry) };
    let data = data + nulls * (ADDRESS + 0.2);
    let leaves = (data / (FILLED - item / 2.0)).ceil().max(1.0);
    let inner = (leaves * (entry + LINE_POINTER) / FILLED_INNER).ceil();
    // Of an expression neither width nor distinct values are known.
    let factor = match (expressions, candidate.predicate.is_some()) {
        (true, _) => 5.0,
        (false, true) => 2.0,
        (false, false) => 1.2,
    };
    Some(Size::about((leaves + inner + 1.0) * PAGE, factor))
}

/// Bytes of all leaf items and of one of them, where rows with equal keys share items with a list of their addresses
/// (documentation, "B-Tree Deduplication").
fn posting_lists(rows: f64, groups: f64, entry: f64) -> (f64, f64) {
    let base = entry - LINE_POINTER;
    let longest = ((LONGEST_LIST - base) / ADDRESS).floor().max(1.0);
    let item = |n: f64| if n <= 1.0 { entry } else { align(base + n * ADDRESS) + LINE_POINTER };
    let group =
        |n: f64| (n / longest).floor() * item(longest) + if n % longest > 0.0 { item(n % longest) } else { 0.0 };
    let mean = rows / groups;
    if mean > 30.0 {
        let size = group(mean);
        return (groups * size, size / (mean / longest).ceil());
    }
    // One row each, and the others by chance: 1 + Poisson(mean - 1).
    let spread = (mean - 1.0).max(0.0);
    let (mut probability, mut size) = ((-spread).exp(), 0.0);
    for n in 0..80 {
        size += probability * group(f64::from(n) + 1.0);
        probability *= spread / (f64::from(n) + 1.0);
    }
    (groups * size, size)
}

/// The types whose equal values may differ in their bytes keep an entry for each row (documentation, "B-Tree
/// Deduplication").
fn deduplicates(type_name: &str) -> bool {
    let base = type_name.split('(').next().unwrap_or_default().trim();
    let container = type_name.ends_with("[]") || base.ends_with("range");
    !container && !matches!(base, "numeric" | "real" | "double precision" | "interval" | "jsonb" | "tsvector")
}

#[derive(Debug, Default)]
struct RowWidth {
    bytes: f64,
    /// Some column has values of different lengths.
    varies: bool,
    /// Share of rows without any NULL.
    filled: Option<f64>,
}

impl RowWidth {
    fn add(&mut self, column: &Column) -> Option<()> {
        let width = f64::from(include::width(column)?);
        let nulls = column.stats.as_ref().map_or(0.0, |stats| stats.null_fraction);
        let (alignment, varies) = storage(&column.type_name);
        if !self.varies {
            self.bytes = (self.bytes / alignment).ceil() * alignment;
        }
        self.bytes += width * (1.0 - nulls);
        self.varies |= varies || nulls > 0.0;
        self.filled = Some(self.filled.unwrap_or(1.0) * (1.0 - nulls));
        Some(())
    }

    /// An index tuple with its line pointer: a bitmap of NULLs takes another eight bytes (`itup.h`, `IndexInfoFindDataOffset`).
    fn tuple(&self) -> f64 {
        let bitmap = 8.0 * (1.0 - self.filled.unwrap_or(1.0));
        let data = HEADER + self.bytes + bitmap;
        LINE_POINTER + if self.varies { data + 3.5 } else { align(data) }
    }
}

fn align(bytes: f64) -> f64 {
    (bytes / 8.0).ceil() * 8.0
}

/// Alignment, and whether lengths vary. Short values of variable length are not aligned (documentation, "Database Page
/// Layout").
fn storage(type_name: &str) -> (f64, bool) {
    match type_name.split('(').next().unwrap_or_default().trim() {
        "smallint" => (2.0, false),
        "integer" | "date" | "real" | "oid" => (4.0, false),
        "bigint"
        | "double precision"
        | "money"
        | "interval"
        | "timestamp with time zone"
        | "timestamp without time zone"
        | "time without time zone"
        | "timestamp"
        | "time"
        | "timestamptz" => (8.0, false),
        "boolean" | "\"char\"" | "uuid" | "character" => (1.0, false),
        _ => (1.0, true),
    }
}

/// Of the entries that stand in a GIN or GiST index little is known: a share of the column's own bytes.
fn inverted(candidate: &Candidate, rows: f64, table: &Table) -> Option<Size> {
    let mut bytes = 0.0;
    for key in &candidate.keys {
        let width = match &key.key {
            Key::Column(name) => f64::from(include::width(table.column(name)?)?),
            Key::Expression(sql) => {
                let inside = table.columns.iter().filter(|column| names(sql, &column.name));
                inside.filter_map(include::width).map(f64::from).sum::<f64>().max(EXPRESSION)
            }
        };
        let share = match (candidate.method, key.opclass) {
            (_, Some("gin_trgm_ops")) => 2.0,
            (Method::Gist, _) => 1.5,
            // Row addresses in the posting lists of a GIN index take few bytes each.
            _ => 0.1,
        };
        bytes += rows * (width * share + ADDRESS);
    }
    Some(Size::about(bytes, 2.0))
}

fn names(sql: &str, column: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    sql.split(|c| !word(c)).any(|part| part == column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::index::candidate::CandidateKey;
    use crate::catalog::model::{ColumnStats, TableName};

    /// Built on Postgres 15 from 600,000 orders and 200,000 users: (type, distinct values, width, share of NULLs) of each key, the
    /// column carried along, and the bytes on disk.
    #[test]
    fn sizes_are_those_of_real_indexes() {
        let at = "timestamp with time zone";
        type Stored = (&'static str, f64, u32, f64);
        let cases: &[(f64, &[Stored], Option<Stored>, f64)] = &[
            (600_000.0, &[(at, -1.0, 8, 0.0)], None, 13_500_416.0),
            (600_000.0, &[("bigint", 200_000.0, 8, 0.0)], None, 9_871_360.0),
            (600_000.0, &[("text", -1.0, 12, 0.0)], None, 18_948_096.0),
            (200_000.0, &[(at, -0.857, 8, 0.143)], None, 4_071_424.0),
            (
                600_000.0,
                &[("integer", 500.0, 4, 0.0), (at, -1.0, 8, 0.0)],
                Some(("numeric(10,2)", 1000.0, 4, 0.0)),
                24_354_816.0,
            ),
        ];
        for (rows, keys, carried, real) in cases {
            let mut table = Table { rows: Some(*rows), ..Table::default() };
            for (n, (type_name, n_distinct, average_width, null_fraction)) in keys.iter().chain(carried).enumerate() {
                let stats = ColumnStats {
                    n_distinct: *n_distinct,
                    average_width: *average_width,
                    null_fraction: *null_fraction,
                    ..ColumnStats::default()
                };
                let type_name = (*type_name).to_owned();
                table.columns.push(Column {
                    name: format!("c{n}").into(),
                    type_name: type_name.into(),
                    stats: Some(stats.into()),
                    ..Column::default()
                });
            }
            let key = |n: usize| CandidateKey::plain(Key::Column(format!("c{n}")));
            let name = TableName { schema: "public".into(), name: "t".into() };
            let mut candidate = Candidate::new(name, Method::Btree, (0..keys.len()).map(key).collect());
            candidate.include = carried.iter().map(|_| format!("c{}", keys.len())).collect();
            let size = estimate(&candidate, None, &table).expect("all is known").bytes as f64;
            assert!((0.8..=1.2).contains(&(size / real)), "{keys:?}: {size} instead of {real}");
        }
    }
}
