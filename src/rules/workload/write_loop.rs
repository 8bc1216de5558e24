//! `workload/write_loop`: one row written per statement, many times in a unit of work. Silent about batches (several rows of VALUES)
//! and about work in which other statements stand between (a checkout, pgbench).

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::WorkloadRule;
use crate::rules::context::WorkloadCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, measured_ms};
use crate::sql::StatementKind;
use crate::sql::facts::{Facts, Write};
use crate::workload::model::Repeat;

use super::session;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_runs: u64,
}

impl WorkloadRule for Rule {
    fn check(&self, cx: &WorkloadCx<'_>, out: &mut Sink) {
        for repeat in &cx.workload.repeats {
            let query = &cx.workload.queries[repeat.query];
            let writes = matches!(query.kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete);
            let units = repeat.varied_units + repeat.hidden_units;
            let Some(facts) = cx.facts.get(repeat.query).and_then(Option::as_ref).filter(|_| writes && units > 0)
            else {
                continue;
            };
            let Some(write) = &facts.write else { continue };
            let long = u64::from(repeat.max_runs) >= self.min_runs;
            let mixed = repeat.with_others_between * 2 >= repeat.same_units + units;
            if long && !mixed && is_single_row(query.samples.iter().map(|s| s.text.as_str()), write) {
                out.find(write_loop(cx, repeat, facts, write));
            }
        }
    }
}

/// INSERT … SELECT is no loop over rows, and several rows of VALUES are a batch already (the fingerprint folds them).
fn is_single_row<'a>(samples: impl Iterator<Item = &'a str>, write: &Write) -> bool {
    let rows = |write: &Write| write.values_rows;
    if write.columns.is_empty() && write.values_rows.is_none() {
        return true;
    }
    let texts: Vec<&str> = samples.collect();
    let seen = crate::sql::facts::facts_of_many(&texts);
    let largest = seen.iter().filter_map(|facts| facts.write.as_ref()).filter_map(rows).chain(rows(write)).max();
    largest.is_none_or(|rows| rows <= 1)
}

fn write_loop(cx: &WorkloadCx<'_>, repeat: &Repeat, facts: &Facts, write: &Write) -> Draft {
    let verb = match facts.kind {
        StatementKind::Insert => "INSERT into",
        StatementKind::Update => "UPDATE of",
        _ => "DELETE from",
    };
    let units = repeat.varied_units + repeat.hidden_units;
    let calls = repeat.varied_calls + repeat.hidden_calls;
    let mut draft = Draft::query(
        cx,
        repeat.query,
        format!("{verb} {} row by row: up to {} statements in one unit of work", write.target.name, repeat.max_runs),
        "Each row costs a round trip, a parse or bind, and outside a transaction a flush of the log to disk as well.",
    )
    .evidence(measured("units of work", units, "units"))
    .evidence(measured("statements in them", calls, "calls"))
    .evidence(measured("runs per unit, median", u64::from(repeat.median_runs), "calls"))
    .evidence(measured_ms("time in the database", repeat.database_us))
    .evidence(measured_ms("from first to last run", repeat.wall_us))
    .evidence(measured_ms("pause between two runs, median", repeat.gap_us))
    .evidence(measured("units with a transaction for each row", repeat.each_in_own_transaction, "units"));
    session::show_units(&mut draft, &repeat.varied_examples);
    draft.observed_us = Some(session::waited_us(repeat, repeat.varied_calls, repeat.database_us));
    draft.ask(Ask::Ready(advice(cx, repeat, facts, write)))
}

fn advice(cx: &WorkloadCx<'_>, repeat: &Repeat, facts: &Facts, write: &Write) -> Advice {
    let pipelined = repeat.gap_us < 100;
    let one_flush = repeat.each_in_own_transaction == 0;
    let mut detail = String::from(if pipelined {
        "The statements follow each other without a pause, so the driver sends them together already (JDBC's addBatch, a pipeline). \
         reWriteBatchedInserts=true (pgjdbc), COPY, or one statement over arrays take the rest of the cost away."
    } else {
        "Send many rows in one statement: arrays through unnest (one text whatever the number of rows), or VALUES with some hundred \
         rows; COPY from a thousand rows on, when nothing is to be returned."
    });
    if one_flush && !pipelined {
        detail.push_str(
            " Putting the loop into a transaction saves the flush to disk for each row, but not the round trips.",
        );
    }
    let sql = match facts.kind {
        StatementKind::Insert => unnest(cx, write).unwrap_or_default(),
        _ => String::new(),
    };
    let mut advice = Advice::new(
        RecommendationKind::Batch,
        format!("Write the rows of {} together", write.target.name),
        detail,
        sql,
    );
    advice.applicability = Applicability::Review;
    // Measured with 5 000 rows over a socket, fsync off: 311 ms one by one, 26 ms through unnest.
    advice.saves = Some(0.9);
    advice
}

/// `INSERT INTO t (a, b) SELECT * FROM unnest($1::bigint[], $2::text[])`, with the catalog's types; not where something is returned
/// or conflicts are handled.
fn unnest(cx: &WorkloadCx<'_>, write: &Write) -> Option<String> {
    if write.on_conflict || write.returning || write.columns.is_empty() {
        return None;
    }
    let (name, table) = cx.catalog?.table(&write.target)?;
    let mut columns = Vec::new();
    let mut arrays = Vec::new();
    for (number, column) in write.columns.iter().enumerate() {
        let known = table.column(column)?;
        columns.push(quote_ident(column));
        arrays.push(format!("${}::{}[]", number + 1, known.type_name));
    }
    Some(format!(
        "INSERT INTO {} ({})\nSELECT * FROM unnest({})",
        crate::catalog::access::quote_table(name),
        columns.join(", "),
        arrays.join(", ")
    ))
}
