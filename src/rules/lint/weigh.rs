//! A draft and what is known of the tables in; the draft with the size of its table and who waits for its lock, or the small
//! table of which it need not be said, out.

use crate::catalog::apply::Replay;
use crate::catalog::model::{Table, TableName};
use crate::effect::Lock;
use crate::rules::draft::{Draft, estimated, measured, seen};

use super::traffic::Traffic;

/// What takes time in proportion to a table is over in milliseconds on a table of fewer rows, and fewer than
/// [`SMALL_TABLE_BYTES`].
pub const SMALL_TABLE_ROWS: u64 = 10_000;

/// With its indexes. Few rows can be large.
const SMALL_TABLE_BYTES: u64 = 16 << 20;

/// No row takes less: its header of 23 bytes, aligned, and its line pointer of 4 (documentation, "Database Page Layout").
const LEAST_ROW_BYTES: f64 = 28.0;

#[derive(Clone, Copy)]
pub struct Scale<'a> {
    /// Before the statement, or after the script. Only a server or a snapshot of one gives sizes.
    pub replay: &'a Replay,
    pub small_table_rows: u64,
    pub traffic: Option<&'a Traffic>,
}

pub enum Weighed {
    Said(Box<Draft>),
    Small(TableName),
}

pub fn weigh(mut draft: Draft, scale: &Scale<'_>) -> Weighed {
    if let Some(table) = draft.grows_with.take() {
        let size = Size::of(scale.replay, &table);
        if size.as_ref().is_some_and(|size| size.is_small(scale.small_table_rows)) {
            return Weighed::Small(table);
        }
        if let Some(size) = size {
            draft.evidence.push(measured("size", size.bytes, "bytes"));
            draft.evidence.extend(size.rows.map(|rows| estimated("rows", rows, "rows")));
        }
        draft.grows_with = Some(table);
    }
    let waiting =
        draft.lock.as_ref().zip(scale.traffic).and_then(|(lock, traffic)| waiting(traffic, scale.replay, lock));
    draft.evidence.extend(waiting.map(|waiting| seen("blocked", waiting)));
    Weighed::Said(Box::new(draft))
}

/// Clients that run meanwhile know the table by the name that it had before the scripts; after a swap of two tables it may be the other
/// one that they mean.
fn waiting(traffic: &Traffic, replay: &Replay, lock: &Lock) -> Option<String> {
    let before = replay.called_at_first(&lock.on);
    traffic.waiting(before, lock.mode).or_else(|| traffic.waiting(&lock.on, lock.mode))
}

/// Of a table with its partitions and children, as far as they were measured: what the scripts add to it has no figures.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    bytes: u64,
    /// The planner's estimate.
    rows: Option<f64>,
    rows_at_most: f64,
}

impl Size {
    /// `None` when nothing of it was measured.
    fn of(replay: &Replay, table: &TableName) -> Option<Self> {
        let measured: Vec<(&Table, u64)> = replay
            .family(table)
            .iter()
            .filter_map(|name| replay.catalog().tables.get(name))
            .filter_map(|table| Some((table, table.total_bytes?)))
            .collect();
        let most = |table: &Table, bytes: u64| {
            table.rows.unwrap_or_else(|| table.heap_bytes.unwrap_or(bytes) as f64 / LEAST_ROW_BYTES)
        };
        (!measured.is_empty()).then(|| Size {
            bytes: measured.iter().map(|(_, bytes)| bytes).sum(),
            rows: measured.iter().map(|(table, _)| table.rows).sum(),
            rows_at_most: measured.iter().map(|(table, bytes)| most(table, *bytes)).sum(),
        })
    }

    fn is_small(&self, rows: u64) -> bool {
        self.bytes < SMALL_TABLE_BYTES && self.rows_at_most < rows as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::model::{Catalog, SourceLine};
    use crate::report::model::Subject;

    fn name(name: &str) -> TableName {
        TableName { schema: "public".into(), name: name.into() }
    }

    fn measured_table(rows: Option<f64>, bytes: u64, parent: Option<&str>) -> Table {
        Table { rows, heap_bytes: Some(bytes), total_bytes: Some(bytes), parent: parent.map(name), ..Table::default() }
    }

    fn replay() -> Replay {
        let mut catalog = Catalog::default();
        let mut add = |at: &str, table| catalog.tables.insert(name(at), table);
        add("small", measured_table(Some(300.0), 40_000, None));
        add("wide", measured_table(Some(300.0), 40 << 20, None));
        add("large", measured_table(Some(98e6), 12_000_000_000, None));
        add("fresh", measured_table(None, 8192, None));
        add("never_analysed", measured_table(None, 8 << 20, None));
        add("events", Table { rows: Some(0.0), ..Table::default() });
        add("events_1", measured_table(Some(6000.0), 500_000, Some("events")));
        add("events_2", measured_table(Some(6000.0), 500_000, Some("events")));
        add("unknown", Table::default());
        Replay::from(catalog)
    }

    fn said(replay: &Replay, table: &str, small_table_rows: u64) -> Option<Vec<String>> {
        let mut draft = Draft::new(Subject::Statement("1".into()), "t", "");
        draft.grows_with = Some(name(table));
        match weigh(draft, &Scale { replay, small_table_rows, traffic: None }) {
            Weighed::Small(small) => {
                assert_eq!(small, name(table));
                None
            }
            Weighed::Said(draft) => Some(draft.evidence.into_iter().map(|one| one.label.into_owned()).collect()),
        }
    }

    #[test]
    fn nothing_is_said_of_a_small_table() {
        let replay = replay();
        for (table, small) in [
            ("small", true),
            ("wide", false),
            ("large", false),
            // One page holds no more than 292 rows.
            ("fresh", true),
            ("never_analysed", false),
            // 12,000 rows in all.
            ("events", false),
            ("events_1", true),
            ("unknown", false),
            ("not_there", false),
        ] {
            assert_eq!(said(&replay, table, SMALL_TABLE_ROWS).is_none(), small, "{table}");
            assert!(said(&replay, table, 0).is_some(), "{table}");
        }
        assert_eq!(said(&replay, "large", SMALL_TABLE_ROWS).unwrap(), ["size", "rows"]);
        assert_eq!(said(&replay, "never_analysed", SMALL_TABLE_ROWS).unwrap(), ["size"]);
        assert!(said(&replay, "unknown", SMALL_TABLE_ROWS).unwrap().is_empty());
    }

    #[test]
    fn sizes_live_through_changes_of_the_table() {
        let mut replay = replay();
        let at = SourceLine { path: "1.sql".into(), line: 1 };
        for text in [
            "ALTER TABLE small ADD COLUMN a int",
            "ALTER TABLE small RENAME TO tiny",
            "ALTER TABLE tiny SET SCHEMA public",
        ] {
            let ddl = crate::sql::ddl::ddl(text).expect(text);
            let _ = replay.apply(&ddl, &at);
        }
        assert_eq!(said(&replay, "tiny", SMALL_TABLE_ROWS), None);
        let tiny = &replay.catalog().tables[&name("tiny")];
        assert_eq!((tiny.rows, tiny.total_bytes), (Some(300.0), Some(40_000)));
    }
}
