//! `schema/sequence_exhaustion`: a sequence near its end: that of its own limits, of the column that it fills, or of a column that refers
//! to that one. Counts down as well as up, in 16, 32 and 64 bits; silent about one that may start again.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Catalog, Sequence, TableName};
use crate::catalog::text::Text;
use crate::report::model::Severity;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Ask, Draft, Sink, documented, measured, measured_number, seen};
use crate::rules::server::about::facts;

use super::about::{self, change, sequence_of};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_percent: f64,
    error_percent: f64,
}

/// Where the numbers end, and what ends them.
struct End {
    value: i64,
    by: By,
}

enum By {
    Sequence,
    Column { table: TableName, column: String, type_name: String },
    Reference { table: TableName, column: String, type_name: String },
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        if let Some(facts) = facts(cx).filter(|facts| facts.unread.contains_key("sequences")) {
            out.not_examined.push(facts.why("sequences"));
            return;
        }
        let uses = Uses::of(cx.catalog);
        for (name, sequence) in &cx.catalog.sequences {
            if sequence.unreadable {
                out.not_examined
                    .push("no right to read a sequence: GRANT SELECT on it, or pg_read_all_data".to_owned());
                continue;
            }
            let Some(last) = sequence.last_value else { continue };
            let end = end(cx.catalog, &uses, name, sequence);
            // It starts again at its first value before anything breaks.
            if sequence.cycle && matches!(end.by, By::Sequence) {
                continue;
            }
            let percent = used(sequence, last, end.value);
            if percent >= self.min_percent {
                out.find(self.draft(cx.catalog, name, sequence, last, &end, percent));
            }
        }
    }
}

fn limits(type_name: &str) -> Option<(i64, i64)> {
    match type_name {
        "smallint" => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
        "integer" => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        "bigint" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

fn counts_down(sequence: &Sequence) -> bool {
    sequence.increment.is_some_and(|step| step < 0)
}

/// The nearest of all limits.
fn end(catalog: &Catalog, uses: &Uses, name: &TableName, sequence: &Sequence) -> End {
    let down = counts_down(sequence);
    let (lowest, highest) = limits(&sequence.type_name).unwrap_or((i64::MIN, i64::MAX));
    let own = if down { sequence.min_value.unwrap_or(lowest) } else { sequence.max_value.unwrap_or(highest) };
    let mut nearest = End { value: own, by: By::Sequence };
    let nearer = |value: i64, than: i64| if down { value > than } else { value < than };
    for key in uses.fills.get(name).into_iter().flatten() {
        let (table, column) = key;
        let Some(of) = catalog.tables.get(table).and_then(|table| table.column(column)) else { continue };
        let (lowest, highest) = limits(about::base(catalog, &of.type_name)).unwrap_or((i64::MIN, i64::MAX));
        let value = if down { lowest } else { highest };
        if nearer(value, nearest.value) {
            let (table, column) = (table.clone(), column.clone());
            nearest = End {
                value,
                by: By::Column { table, column: column.to_string(), type_name: of.type_name.to_string() },
            };
        }
        for (referring, column, type_name) in uses.references.get(key).into_iter().flatten() {
            let (lowest, highest) = limits(about::base(catalog, type_name)).unwrap_or((i64::MIN, i64::MAX));
            let value = if down { lowest } else { highest };
            if nearer(value, nearest.value) {
                let (table, column, type_name) = (referring.clone(), column.clone(), type_name.clone());
                nearest = End {
                    value,
                    by: By::Reference { table, column: column.to_string(), type_name: type_name.to_string() },
                };
            }
        }
    }
    nearest
}

type ColumnKey = (TableName, Text);

/// What hangs together, looked up once for all sequences.
struct Uses {
    /// The columns that take their values from a sequence: the owner, and those whose default names it.
    fills: BTreeMap<TableName, Vec<ColumnKey>>,
    /// Columns of single-column foreign keys, with their types, by the column that they refer to.
    references: BTreeMap<ColumnKey, Vec<(TableName, Text, Text)>>,
}

impl Uses {
    fn of(catalog: &Catalog) -> Self {
        let mut uses = Uses { fills: BTreeMap::new(), references: BTreeMap::new() };
        for (name, sequence) in &catalog.sequences {
            uses.fills.insert(name.clone(), sequence.owner.iter().cloned().collect());
        }
        for (name, table) in &catalog.tables {
            for column in &table.columns {
                let filled = sequence_of(column).map(|text| TableName::from(text.to_owned()));
                let known = filled.and_then(|sequence| uses.fills.get_mut(&sequence));
                let key = (name.clone(), column.name.clone());
                if let Some(known) = known.filter(|known| !known.contains(&key)) {
                    known.push(key);
                }
            }
            for key in table.foreign_keys() {
                let ([own], [referenced]) = (key.columns, key.referenced_columns) else { continue };
                if let Some(column) = table.column(own) {
                    let refers = (name.clone(), own.clone(), column.type_name.clone());
                    let to = (key.references.clone(), referenced.clone());
                    uses.references.entry(to).or_default().push(refers);
                }
            }
        }
        uses
    }
}

/// Of the way from where it begins to its end, percent.
fn used(sequence: &Sequence, last: i64, end: i64) -> f64 {
    let down = counts_down(sequence);
    let first = if down { sequence.max_value.unwrap_or(-1) } else { sequence.min_value.unwrap_or(1) };
    let way = |to: i64| (i128::from(to) - i128::from(first)).abs() as f64;
    let beyond = if down { last <= end } else { last >= end };
    if beyond { 100.0 } else { way(last) * 100.0 / way(end).max(1.0) }
}

impl Rule {
    fn draft(
        &self,
        catalog: &Catalog,
        name: &TableName,
        sequence: &Sequence,
        last: i64,
        end: &End,
        percent: f64,
    ) -> Draft {
        let (what, whose) = match &end.by {
            By::Sequence => (name.name.to_string(), format!("{} itself, {}", name.name, sequence.type_name)),
            By::Column { table, column, type_name } => {
                (format!("{}.{column}", table.name), format!("{}.{column}, {type_name}", table.name))
            }
            By::Reference { table, column, type_name } => (
                format!("{}.{column}", table.name),
                format!("{}.{column}, {type_name}, which refers to it", table.name),
            ),
        };
        let known = sequence.owner.as_ref().and_then(|(table, _)| Some((table, catalog.tables.get(table)?)));
        let title = format!("{what} has used {percent:.0} % of its numbers");
        let detail = "When the last number is given out every insert fails. Numbers go with inserts that are rolled back and with ON CONFLICT too, so counting rows does \
                      not tell. To widen a column of a large table while it is in use takes days of preparation.";
        let mut draft = match known {
            Some((name, table)) => about::table(name, table, title, detail),
            None => Draft::new(crate::report::model::Subject::Table(name.to_string()), title, detail),
        };
        draft = draft
            .evidence(seen("last value", last.to_string()))
            .evidence(documented("ends at", end.value.to_string()))
            .evidence(documented("by", whose))
            .evidence(measured_number("used", (percent * 10.0).round() / 10.0, "%"));
        if let Some(step) = sequence.increment.filter(|step| step.unsigned_abs() > 1) {
            draft = draft.evidence(measured("each step", step.unsigned_abs(), "numbers"));
        }
        if percent >= self.error_percent {
            draft = draft.severity(Severity::Error);
        }
        draft.ask(remedy(name, sequence, end))
    }
}

fn remedy(name: &TableName, sequence: &Sequence, end: &End) -> Ask {
    let full = quote_table(name);
    let mut ask = match &end.by {
        By::Sequence => {
            let wider = if sequence.type_name == "bigint" { "" } else { " AS bigint" };
            let free = if counts_down(sequence) {
                sequence.min_value.map_or("", |_| " NO MINVALUE")
            } else {
                sequence.max_value.map_or("", |_| " NO MAXVALUE")
            };
            change(
                format!("Let {} go on", name.name),
                "Changes the catalog only. What it fills must hold the larger numbers: the column's type, columns that refer to it, and the programs that read them.",
                format!("ALTER SEQUENCE {full}{wider}{free}"),
            )
        }
        By::Column { table, column, .. } | By::Reference { table, column, .. } => change(
            format!("Make {}.{column} bigint", table.name),
            "The table is rewritten and locked meanwhile: on a large one add a bigint column, keep it in step with a trigger, fill it in batches, and swap the two. \
             Columns that refer to it need the same, and so do the programs that read them. To win time, a sequence of integer can start again at -2147483648.",
            format!("ALTER TABLE {} ALTER COLUMN {} TYPE bigint", quote_table(table), quote_ident(column)),
        ),
    };
    if let (Ask::Ready(advice), By::Sequence) = (&mut ask, &end.by) {
        advice.lock = Some("ShareRowExclusiveLock".to_owned());
    }
    ask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_down_and_through_zero() {
        let up = Sequence { type_name: "integer".into(), ..Sequence::default() };
        assert!((used(&up, 1_073_741_824, 2_147_483_647) - 50.0).abs() < 0.001);
        let down = Sequence { increment: Some(-1), ..up.clone() };
        assert!((used(&down, -1_073_741_824, -2_147_483_648) - 50.0).abs() < 0.001);
        // The second half of a circle: begun at the lowest value.
        let through = Sequence { min_value: Some(-2_147_483_648), ..up };
        assert!((used(&through, 0, 2_147_483_647) - 50.0).abs() < 0.001);
        assert_eq!(used(&through, i64::MAX, 2_147_483_647), 100.0);
    }
}
