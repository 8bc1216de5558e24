//! `server/statements_evicted`: pg_stat_statements is full and throws entries out, so that its sums are not all there is.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number};

use super::about::{alter_system, facts, finding, part};
use super::words::count;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_per_day: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(statements) = part(facts, "statements", &facts.statements, out) else { return };
        let Some(entries) = statements.entries else { return };
        let Some(evictions) = statements.evictions else {
            out.not_examined.push("pg_stat_statements counts what it throws out since Postgres 14".to_owned());
            return;
        };
        let Some(max) = statements.max else { return };
        let days = statements.counted_s.unwrap_or(0).max(3_600) as f64 / 86_400.0;
        let per_day = evictions as f64 / days;
        if evictions == 0 || per_day < self.min_per_day || entries * 10 < max * 8 {
            return;
        }
        let draft = finding(
            "pg_stat_statements",
            format!("pg_stat_statements has thrown out entries {} times: it holds {} of {}", count(evictions), count(entries), count(max)),
            "Each time the 5 % that were used least go, with what they had counted. The sums of what is left are too low, and statements that run \
             rarely and long may not be in it at all.",
        )
        .evidence(measured("evictions", evictions, "times"))
        .evidence(measured_number("a day", (per_day * 10.0).round() / 10.0, "times"))
        .evidence(measured("entries", entries, "entries"))
        .evidence(measured("pg_stat_statements.max", max, "entries"));
        let value = (max * 2).to_string();
        out.find(draft.ask(alter_system(
            "pg_stat_statements.max",
            &value,
            facts.setting("pg_stat_statements.max"),
            "Two to four times as many take some MB. If it fills again the texts differ needlessly: lists of different lengths, names that are \
             generated, constants in utility statements (pg_stat_statements.track_utility = off).",
        )));
    }
}
