//! `server/multixact_age`: multixacts, which stand for several lockers of one row, run towards their limit.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::wraparound::{Kind, Thresholds, check};

#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Rule(Thresholds);

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        check(cx, &MULTIXACTS, &self.0, out);
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
