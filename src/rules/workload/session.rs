//! What the rules about units of work share: which queries count, and how a unit is shown.

use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Draft, seen};
use crate::sql::facts::{Facts, Operand, Output, Value};
use crate::workload::model::{QueryIndex, Repeat, UnitExample};

use super::orm::{self, Orm};

/// Whether a query reads tables of the application and gives the same answer when asked again: not a ping, not the system
/// catalogs, not a queue, no function whose answer changes.
pub fn reads_tables(cx: &WorkloadCx<'_>, query: QueryIndex) -> bool {
    let Some(facts) = cx.facts.get(query).and_then(Option::as_ref) else { return false };
    let own = |name: &str, schema: Option<&str>| match schema {
        Some(schema) => !matches!(schema, "pg_catalog" | "information_schema"),
        None => !name.starts_with("pg_"),
    };
    let mut tables = facts.tables.iter();
    !facts.tables.is_empty()
        && tables.all(|(table, _)| own(&table.name, table.schema.as_deref()))
        && facts.blocks.iter().all(|block| block.locking.is_none())
        && !calls_volatile(facts)
}

/// Functions of pg_catalog that give another answer each time (`provolatile = 'v'` in pg_proc) and that queries use.
const VOLATILE: [&str; 8] =
    ["random", "nextval", "gen_random_uuid", "uuid_generate_v4", "clock_timestamp", "setval", "pg_sleep", "timeofday"];

fn calls_volatile(facts: &Facts) -> bool {
    facts.blocks.iter().any(|block| {
        let projected = block.projection.iter().filter_map(|output| match output {
            Output::Expr { operand, .. } => Some(operand),
            Output::Star { .. } => None,
        });
        projected.chain(block.order_by.iter().map(|key| &key.operand)).any(volatile)
    })
}

fn volatile(operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { name, args, .. } => VOLATILE.contains(&name.as_str()) || args.iter().any(volatile),
        Value::Cast { operand, .. } => volatile(operand),
        _ => false,
    }
}

/// The longest pause between two runs that counts as their round trip, µs; in a longer one the application, or another
/// query, was at work.
const ROUND_TRIP_US: u64 = 5_000;

/// What runs of a repeated query cost the application, µs: their time in the database and a round trip for each. The span
/// from first to last run would count whatever else happened in between.
pub fn waited_us(repeat: &Repeat, runs: u64, database_us: u64) -> u64 {
    database_us.saturating_add(runs.saturating_mul(repeat.gap_us.min(ROUND_TRIP_US)))
}

/// Adds the units as places and as evidence: who, when, how often, how long.
pub fn show_units(draft: &mut Draft, units: &[UnitExample]) {
    if !units.is_empty() {
        draft.origins.clear();
    }
    for unit in units {
        draft.origins.push(unit.origin);
        let at = jiff::Timestamp::from_microsecond(unit.at).map_or_else(|_| String::new(), |at| at.to_string());
        let mut text = format!(
            "{at} pid {}: {} runs, {} distinct, {:.1} ms",
            unit.pid,
            unit.runs,
            unit.distinct,
            unit.wall_us as f64 / 1000.0
        );
        for (label, value) in [("user", &unit.user), ("application", &unit.application), ("tag", &unit.tag)] {
            if !value.is_empty() {
                text.push_str(&format!(", {label} {value}"));
            }
        }
        draft.evidence.push(seen("seen", text));
    }
}

/// The framework that these queries were written by.
pub fn orm(cx: &WorkloadCx<'_>, queries: impl IntoIterator<Item = QueryIndex>) -> Option<Orm> {
    orm::recognise(queries.into_iter().filter_map(|index| cx.workload.queries.get(index)).map(|q| q.text.as_str()))
}

pub fn remedy_for_duplicates(cx: &WorkloadCx<'_>, query: QueryIndex) -> String {
    let how = match orm(cx, [query]) {
        Some(Orm::Django) => {
            "In Django: keep the object, or functools.cached_property; each evaluation of a queryset asks again."
        }
        Some(Orm::Rails) => {
            "In Rails: memoise (`@user ||= …`); the query cache only works inside a request and is cleared by writes."
        }
        Some(Orm::SqlAlchemy) => "In SQLAlchemy: Session.get() answers from the identity map, a query does not.",
        Some(Orm::Hibernate) => "In Hibernate: find() by key answers from the persistence context, a query does not.",
        Some(Orm::EfCore) => "In EF Core: Find() answers from the context, a query does not.",
        _ => "Fetch it once and pass it on, or memoise it for the length of the request.",
    };
    format!("{how} If other requests ask the same and the answer seldom changes, cache it for some seconds.")
}
