//! `schema/dead_rows`: many more dead rows than those at which autovacuum should have come, by the table's own parameters. Silent while a
//! vacuum of the table runs, and where autovacuum is off: that has a rule of its own.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::{ServerFacts, Table, TableCounters, TableName};
use crate::catalog::vacuum::Vacuum;
use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented, estimated, measured, seen};
use crate::rules::server::words::{age, count};

use super::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    times: f64,
    min_rows: u64,
    large_rows: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = about::counted(cx, out) else { return };
        for (name, table) in &cx.catalog.tables {
            let Some(counters) = &table.counters else { continue };
            let vacuum = Vacuum::of_table(facts, table);
            if counters.dead_rows < self.min_rows || counters.in_vacuum || !vacuum.enabled {
                continue;
            }
            let rows = table.rows.unwrap_or(counters.live_rows as f64);
            let due = vacuum.dead_rows(rows);
            let late = counters.dead_rows as f64 >= due * self.times;
            if late || (due >= self.large_rows && counters.dead_rows as f64 >= self.large_rows) {
                out.find(draft(name, table, counters, &vacuum, due, late, facts));
            }
        }
    }
}

fn draft(
    name: &TableName,
    table: &Table,
    counters: &TableCounters,
    vacuum: &Vacuum,
    due: f64,
    late: bool,
    facts: &ServerFacts,
) -> Draft {
    let dead = counters.dead_rows;
    let detail = if late {
        "Autovacuum should have come by these figures. It has not got through: all workers are busy with larger tables, a lock cancels it again and again, or \
         an old snapshot lets it come and remove nothing."
    } else {
        "Autovacuum waits for a share of the rows, and a share of a large table is much: until then every scan reads them, and when it comes it has hours to do."
    };
    let mut draft = about::table(name, table, format!("{} has {} dead rows", name.name, count(dead)), detail)
        .evidence(measured("dead rows", dead, "rows"))
        .evidence(measured("live rows", counters.live_rows, "rows"))
        .evidence(estimated("autovacuum comes at", due.round(), "dead rows"));
    let own: Vec<String> = table
        .parameters
        .iter()
        .filter(|(key, _)| key.starts_with("autovacuum_vacuum"))
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    if !own.is_empty() {
        draft = draft.evidence(documented("the table's own parameters", own.join(", ")));
    }
    draft = match counters.last_vacuum_s {
        Some(seconds) => draft.evidence(measured("last vacuum", seconds, "s ago")),
        None => draft.evidence(seen("last vacuum", "none since the statistics began")),
    };
    if let Some(times) = counters.autovacuums {
        draft = draft.evidence(measured("autovacuums", times, "times"));
    }
    let held = facts.sessions.iter().flatten().filter_map(|session| session.xmin_age).max();
    if let Some(held) = held.filter(|held| *held > 0) {
        draft = draft.evidence(measured("oldest snapshot of a session", held, "transactions"));
    }
    let recently = counters.last_vacuum_s.filter(|seconds| *seconds < 3_600);
    let hint = recently.map_or(String::new(), |seconds| {
        format!(" The last vacuum was {} ago and left them: something holds an old snapshot.", age(seconds))
    });
    let full = quote_table(name);
    let mut advice = Advice::new(
        RecommendationKind::Vacuum,
        format!("Vacuum {}", name.name),
        format!("Reads and writes go on. It removes what no snapshot can see any more.{hint}"),
        format!("VACUUM (ANALYZE) {full}"),
    );
    advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
    draft = draft.ask(Ask::Ready(advice));
    if vacuum.scale > 0.02 && due >= 100_000.0 {
        let mut ask = change(
            format!("Let autovacuum come to {} more often", name.name),
            "Then each time has less to do. The lock lasts a moment.",
            format!("ALTER TABLE {full} SET (autovacuum_vacuum_scale_factor = 0.02)"),
        );
        if let Ask::Ready(advice) = &mut ask {
            advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
            advice.undo = Some(format!("ALTER TABLE {full} RESET (autovacuum_vacuum_scale_factor)"));
        }
        draft = draft.ask(ask);
    }
    draft
}
