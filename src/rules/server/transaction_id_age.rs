//! `server/transaction_id_age`: transaction identifiers run towards their limit: in percent of it, and in multiples of the age at which
//! autovacuum should have frozen the table.

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
        check(cx, &TRANSACTIONS, &self.0, out);
    }
}

const TRANSACTIONS: Kind = Kind {
    what: "transactions",
    setting: "autovacuum_freeze_max_age",
    of_table: |table| table.counters.as_ref()?.xid_age,
    of_database: |database| database.xid_age,
    limit_of: |vacuum| vacuum.freeze_max_age,
    detail: "Autovacuum freezes a table at this age even where it is switched off; that it has not says that it cannot finish. Three million \
             transactions before the limit the server takes no more writes.",
};
