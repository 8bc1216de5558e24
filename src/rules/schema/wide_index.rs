//! `schema/wide_index`: an index of many columns. Silent about keys and unique indexes, which say what identifies a row.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::indexes_of;
use crate::rules::draft::documented;

use super::about;
use super::index_pairs::shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_columns: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let wide = |index: &crate::catalog::model::Index| {
                index.keys.len() as u64 > self.max_columns && !index.unique && !index.constraint
            };
            for index in indexes_of(table).iter().filter(|index| wide(index)) {
                let detail = "A search uses the first columns as far as they are compared by =, and one range after \
                              those; what comes behind only filters or sorts. Each column makes every entry larger and \
                              excludes more updates from the cheap kind that writes no index.";
                let title = format!("{} has {} key columns", index.name, index.keys.len());
                out.find(about::index(name, index, title, detail).evidence(documented("columns", shown(index))));
            }
        }
    }
}
