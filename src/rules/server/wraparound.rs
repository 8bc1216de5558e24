//! How far the identifiers of transactions have run since a table was last frozen, told alike for both kinds of them.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::{Catalog, Table, TableName};
use crate::catalog::vacuum::Vacuum;
use crate::report::model::{RecommendationKind, Severity};
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured, seen};

use super::about::{facts, finding, part};
use super::words::count;
use crate::rules::context::SchemaCx;

/// Identifiers are compared in a circle of 2^32: half of it lies in the past (documentation, "Preventing Transaction ID Wraparound Failures").
pub const LIMIT: f64 = 2_147_483_648.0;

/// Transactions or multixacts.
pub struct Kind {
    pub what: &'static str,
    pub setting: &'static str,
    pub of_table: fn(&Table) -> Option<u64>,
    pub of_database: fn(&crate::catalog::model::server::DatabaseAge) -> u64,
    pub limit_of: fn(&Vacuum) -> f64,
    pub detail: &'static str,
}

/// The options of both rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    times: f64,
    min_percent: f64,
    error_percent: f64,
}

pub fn check(cx: &SchemaCx<'_>, kind: &Kind, thresholds: &Thresholds, out: &mut Sink) {
    let Some(facts) = facts(cx) else { return };
    let Some(databases) = part(facts, "databases", &facts.databases, out) else { return };
    let server = Vacuum::of_server(facts);
    let begins = (kind.limit_of)(&server);
    for database in databases {
        let age = (kind.of_database)(database);
        let percent = age as f64 / LIMIT * 100.0;
        if (age as f64) < begins * thresholds.times && percent < thresholds.min_percent {
            continue;
        }
        let mut draft = finding(
            format!("database {}", database.name),
            format!("{} is {} {} old: {percent:.0} % of what can be told apart", database.name, count(age), kind.what),
            kind.detail,
        )
        .evidence(measured("age", age, kind.what))
        .evidence(estimated("of the limit of 2^31", (percent * 10.0).round() / 10.0, "%"))
        .evidence(measured(kind.setting, begins as u64, kind.what));
        if percent >= thresholds.error_percent {
            draft = draft.severity(Severity::Error);
        }
        let here = cx.catalog.database.as_deref() == Some(database.name.as_str());
        out.find(if here { with_tables(draft, cx.catalog, kind) } else { elsewhere(draft, &database.name) });
    }
}

const SHOWN: usize = 3;

fn with_tables(mut draft: Draft, catalog: &Catalog, kind: &Kind) -> Draft {
    let of = |table: &Table| (kind.of_table)(table);
    let mut tables: Vec<(&TableName, u64)> =
        catalog.tables.iter().filter_map(|(name, table)| Some((name, of(table)?))).collect();
    tables.sort_by_key(|(name, age)| (std::cmp::Reverse(*age), (*name).clone()));
    for (name, age) in tables.iter().take(SHOWN) {
        draft = draft.evidence(measured(format!("table {}", name.name), *age, kind.what));
    }
    if let Some((name, _)) = tables.first() {
        let mut advice = Advice::new(
            RecommendationKind::Vacuum,
            format!("Freeze {}", name.name),
            "The oldest table first, then the next, until the database is young again; find what kept autovacuum from it: a table that it cannot \
             finish, a lock that cancels it again and again, or an old snapshot (xmin_horizon, idle_in_transaction, prepared_transaction).",
            format!("VACUUM (FREEZE, VERBOSE) {}", quote_table(name)),
        );
        advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
        draft = draft.ask(Ask::Ready(advice));
    }
    draft
}

fn elsewhere(draft: Draft, database: &str) -> Draft {
    draft.evidence(seen("tables", "of another database: not read")).ask(super::about::habit(
        format!("Vacuum the database {database}"),
        "Connect to it and look for its oldest tables: sqlsift analyze --dsn with that database names them.",
    ))
}
