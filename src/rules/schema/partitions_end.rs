//! `schema/partitions_end`: a table that is partitioned by time, still written to, and without a partition for next week. Silent when
//! there is a default partition, when nothing is inserted any more, and when a bound is no date.

use serde::Deserialize;

use crate::catalog::model::{Catalog, Table, TableKind, TableName};
use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, documented, measured, measured_number};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_days: f64,
}

/// The partition that ends last, in days since 1970-01-01.
struct Last<'c> {
    name: &'c TableName,
    part: &'c Table,
    bound: &'c str,
    day: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(now) = cx.catalog.taken_at.map(|at| at as f64 / 86_400e6) else {
            out.not_examined.push("when the catalog was read is not known".to_owned());
            return;
        };
        for (name, table) in cx.catalog.tables.iter().filter(|(_, table)| table.kind == TableKind::Partitioned) {
            let Some(last) = last(cx.catalog, name) else { continue };
            let left = last.day - now;
            if left >= self.min_days {
                continue;
            }
            let inserted = inserted(cx.catalog, last.name, last.part);
            if inserted == 0 {
                continue;
            }
            let when = if left < 0.0 {
                format!("ended {:.0} days ago", -left.floor())
            } else {
                format!("end in {:.0} days", left.floor())
            };
            let mut draft = about::table(
                name,
                table,
                format!("The partitions of {} {when}", name.name),
                "A row for which there is no partition is refused, and there is no default partition to take it.",
            )
            .evidence(documented("last partition", format!("{} {}", last.name.name, last.bound)))
            .evidence(measured_number("days left", (left * 10.0).round() / 10.0, "days"))
            .evidence(measured("inserted into it", inserted, "rows"));
            if left < 1.0 {
                draft = draft.severity(Severity::Error);
            }
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::ChangeSchema,
                format!("Make partitions of {} ahead of time", name.name),
                "Today the next ones, with bounds that go on where the last one ends; then a timer (pg_partman, pg_cron, a job of the application) that is always some ahead, and \
                 an alarm when it is not. CREATE TABLE … PARTITION OF locks the parent for a moment.",
                "",
            ))));
        }
    }
}

/// `None` when there is a default partition, or a bound that is no date.
fn last<'c>(catalog: &'c Catalog, parent: &TableName) -> Option<Last<'c>> {
    let mut found: Option<Last<'c>> = None;
    let parts = catalog.tables.iter().filter(|(_, table)| table.parent.as_ref() == Some(parent));
    for (name, part) in parts {
        let bound = part.partition_bound.as_deref()?;
        let day = end(bound)?;
        if found.as_ref().is_none_or(|last| last.day < day) {
            found = Some(Last { name, part, bound, day });
        }
    }
    found
}

/// Of the partition and, where it is partitioned itself, of its own.
fn inserted(catalog: &Catalog, name: &TableName, part: &Table) -> u64 {
    let own = part.counters.as_ref().map_or(0, |counters| counters.inserted);
    let below = catalog.tables.iter().filter(|(_, table)| table.parent.as_ref() == Some(name));
    own + below.map(|(name, table)| inserted(catalog, name, table)).sum::<u64>()
}

/// Of `FOR VALUES FROM ('2026-01-01') TO ('2026-02-01 00:00:00+00')`: the day of the upper bound, to the day.
fn end(bound: &str) -> Option<f64> {
    let upper = bound.split(" TO (").nth(1)?.trim_start().strip_prefix('\'')?;
    let date = upper.get(..10)?;
    let after = upper.get(10..)?.chars().next()?;
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let plain = date
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    (plain && matches!(after, '\'' | ' ' | 'T') && (1..=12).contains(&month) && (1..=31).contains(&day))
        .then(|| days(year, month, day) as f64)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, counted in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_dates_or_nothing() {
        assert_eq!((days(1970, 1, 1), days(2000, 3, 1), days(2026, 11, 21)), (0, 11_017, 20_778));
        assert_eq!(end("FOR VALUES FROM ('1969-12-01') TO ('1970-01-02 00:00:00+00')"), Some(1.0));
        assert_eq!(end("FOR VALUES FROM (1) TO (10)"), None);
        assert_eq!(end("FOR VALUES FROM ('a') TO ('1234567890')"), None);
        assert_eq!(end("DEFAULT"), None);
        assert_eq!(end("FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)"), None);
    }
}
