//! `server/multixact_age`: multixacts, which stand for several lockers of one row, run towards their limit.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::wraparound::{Kind, Thresholds, check};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    times: f64,
    min_percent: f64,
    error_percent: f64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let thresholds =
            Thresholds { times: self.times, min_percent: self.min_percent, error_percent: self.error_percent };
        check(cx, &MULTIXACTS, &thresholds, out);
    }
}

const MULTIXACTS: Kind = Kind {
    what: "multixacts",
    setting: "autovacuum_multixact_freeze_max_age",
    of_table: |table| table.counters.as_ref()?.multixact_age,
    of_database: |database| database.multixact_age,
    limit_of: |vacuum| vacuum.multixact_freeze_max_age,
    detail: "Each time several transactions lock one row at once (foreign keys do) a multixact is made. Autovacuum should have removed old \
             ones long ago. Close to the limit the server refuses whatever needs a new one.",
};
