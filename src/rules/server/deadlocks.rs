//! `server/deadlocks`: transactions that the server had to break, by their rate.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, measured_number};

use super::about::{facts, finding, habit, part};
use super::words::age;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_per_day: f64,
    min_counted_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let counted = facts.counted_s.unwrap_or(0);
        if counted < self.min_counted_s {
            out.not_examined.push(format!(
                "the counters are {} old: it needs {}",
                age(counted),
                age(self.min_counted_s)
            ));
            return;
        }
        let per_day = counters.deadlocks as f64 * 86_400.0 / counted.max(1) as f64;
        if per_day < self.min_per_day {
            return;
        }
        let draft = finding(
            "deadlocks",
            format!("{per_day:.1} deadlocks a day"),
            "Two transactions took the same rows or tables in different order. One of them is cancelled after deadlock_timeout, and everybody \
             who waited behind it has waited for nothing.",
        )
        .evidence(measured("deadlocks", counters.deadlocks, "deadlocks"))
        .evidence(measured("counted for", counted, "s"))
        .evidence(measured_number("a day", (per_day * 10.0).round() / 10.0, "deadlocks"));
        out.find(draft.ask(habit(
            "Take locks in one order",
            "The log has both statements of each deadlock: give it to sqlsift analyze. Sort rows by key before updating many, take the \
             parent before the child, and repeat a transaction that fails with 40P01.",
        )));
    }
}
