//! `schema/too_many_indexes`: a table of many indexes.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::indexes_of;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_indexes: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let count = indexes_of(table).len();
            if count as u64 <= self.max_indexes {
                continue;
            }
            out.find(about::table(
                name,
                table,
                format!("{} has {count} indexes", name.name),
                "Each insert writes them all, and so does each update that changes an indexed column; planning a \
                 query weighs them all, and takes a lock on each. On a server, pg_stat_user_indexes says which are \
                 never read.",
            ));
        }
    }
}
