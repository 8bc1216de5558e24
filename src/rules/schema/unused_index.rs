//! `schema/unused_index`: an index that no scan has used for long. Silent about what an index does beside being scanned (unique, of a
//! constraint, replica identity, the only one behind a foreign key), about young statistics, and about single partitions: the index
//! of the parent is judged by all of them.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::{Catalog, Index, Table, TableKind, TableName};
use crate::catalog::text::Text;
use crate::report::model::{Confidence, RecommendationKind};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, assumed, documented, measured};
use crate::rules::server::about::facts;
use crate::rules::server::words::{age, size};

use super::about;
use super::foreign_key_without_index::supports;
use super::index_pairs::{distinct, shown};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_days: f64,
    min_bytes: u64,
    max_scans: u64,
}

/// What the counters say of an index and, if its table is partitioned, of all its parts.
struct Use {
    scans: u64,
    last_scan_s: Option<u64>,
    bytes: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counted) = facts.counted_s else {
            out.not_examined.push("the age of the statistics is not known".to_owned());
            return;
        };
        if (counted as f64) < self.min_days * 86_400.0 {
            out.not_examined.push(format!(
                "the statistics are {} old: an index counts as unused after {} days without a scan",
                age(counted),
                self.min_days
            ));
            return;
        }
        for (name, table) in about::tables(cx) {
            let (indexes, _) = distinct(table);
            for index in indexes.iter().filter(|index| is_only_for_scans(table, index)) {
                let Some(seen) = usage(cx.catalog, name, table, index) else {
                    out.not_examined.push(format!("no counters of {}", name.name));
                    continue;
                };
                if seen.bytes >= self.min_bytes && self.is_unused(&seen) {
                    out.find(self.draft(cx, name, table, index, &seen, counted));
                }
            }
        }
    }
}

impl Rule {
    fn is_unused(&self, seen: &Use) -> bool {
        seen.scans <= self.max_scans
            || seen.last_scan_s.is_some_and(|seconds| seconds as f64 >= self.min_days * 86_400.0)
    }

    fn draft(
        &self,
        cx: &SchemaCx<'_>,
        name: &TableName,
        table: &Table,
        index: &Index,
        seen: &Use,
        counted: u64,
    ) -> Draft {
        let facts = facts(cx);
        let title = match seen.last_scan_s {
            Some(seconds) if seen.scans > self.max_scans => {
                format!("{} was last scanned {} ago", index.name, age(seconds))
            }
            _ if seen.scans == 0 => format!("{} was not scanned once in {}", index.name, age(counted)),
            _ => format!("{} was scanned {} times in {}", index.name, seen.scans, age(counted)),
        };
        let mut draft = about::index(name, index, title, DETAIL)
            .evidence(documented("index", format!("{} {}", index.name, shown(index))))
            .evidence(measured("scans", seen.scans, "scans"))
            .evidence(measured("counted for", counted, "s"))
            .evidence(measured("size", seen.bytes, "bytes"));
        if let Some(counters) = &table.counters {
            let writes = counters.inserted + counters.updated - counters.hot_updated.min(counters.updated);
            draft = draft.evidence(measured("writes that kept it up", writes, "rows"));
        }
        let standby = facts.and_then(|facts| facts.standby).unwrap_or(false);
        let replicas = facts.and_then(|facts| facts.replicas.as_ref()).map_or(0, Vec::len);
        if standby || replicas > 0 {
            let where_else = if standby { "the primary" } else { "its replicas" };
            draft = draft
                .evidence(assumed("scans elsewhere", format!("{where_else} count for themselves: look there too")))
                .confidence(Confidence::Low);
        }
        if index.keys.iter().any(|key| key.expression) {
            draft = draft.evidence(documented(
                "statistics",
                "ANALYZE keeps figures on its expression, which the planner may use",
            ));
        }
        match table.kind {
            TableKind::Partitioned => draft.ask(drop_partitioned(name, index, seen)),
            _ => draft.ask(Ask::DropIndex { table: name.clone(), index: index.name.to_string() }),
        }
    }
}

const DETAIL: &str = "Each insert writes it, each update that is not HOT writes it, vacuum reads it, and it takes room on disk and in backups. \
                      Before it goes: is there work that comes once a quarter or once a year, and do replicas use it?";

/// Nothing but scans would miss it.
fn is_only_for_scans(table: &Table, index: &Index) -> bool {
    let needed = |columns: &[Text]| {
        supports(index, columns)
            && !table.indexes.iter().any(|other| other.name != index.name && supports(other, columns))
    };
    !index.unique
        && !index.constraint
        && index.valid
        && !index.building
        && table.replica_identity.as_deref() != Some(index.name.as_str())
        && !table.foreign_keys().any(|key| needed(key.columns))
}

/// `None` when a part of it has no counters.
fn usage(catalog: &Catalog, name: &TableName, table: &Table, index: &Index) -> Option<Use> {
    if table.kind != TableKind::Partitioned {
        let figures = index.figures.as_ref()?;
        return Some(Use { scans: figures.scans?, last_scan_s: figures.last_scan_s, bytes: figures.bytes? });
    }
    let mut all = Use { scans: 0, last_scan_s: None, bytes: 0 };
    for (part, child) in catalog.tables.iter().filter(|(_, child)| child.parent.as_ref() == Some(name)) {
        let alike = |other: &&Index| {
            other.keys == index.keys
                && other.predicate == index.predicate
                && other.method == index.method
                && !other.unique
        };
        let own = usage(catalog, part, child, child.indexes.iter().find(alike)?)?;
        all.scans += own.scans;
        all.bytes += own.bytes;
        all.last_scan_s = match (all.last_scan_s, own.last_scan_s) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Some(all)
}

fn drop_partitioned(table: &TableName, index: &Index, seen: &Use) -> Ask {
    let full = TableName { schema: table.schema.clone(), name: index.name.clone() };
    let mut advice = Advice::new(
        RecommendationKind::DropIndex,
        format!("Drop the index {} on {} and its partitions", index.name, table.name),
        format!(
            "It frees {}. An index of a partitioned table cannot be dropped CONCURRENTLY: the lock stops reads and writes of all partitions, for a moment, \
             once it is got. Set lock_timeout and try again.",
            size(seen.bytes as f64)
        ),
        format!("DROP INDEX {}", quote_table(&full)),
    );
    advice.lock = Some("AccessExclusiveLock".to_owned());
    Ask::Ready(advice)
}
