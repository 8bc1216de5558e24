//! `schema/overlapping_index`: an index whose columns are the first ones of another. Silent about unique and constraint indexes,
//! other conditions, other operator classes, and orders that the longer one does not give.

use serde::Deserialize;

use crate::catalog::model::Index;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::index_pairs::{Covered, covered, distinct, shown, superfluous};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_more_columns: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            // A duplicate leaves for that reason, and once is enough.
            let (indexes, _) = distinct(table);
            for short in indexes.iter().filter(|index| !index.unique && !index.constraint) {
                let longer = indexes.iter().find(|long| self.stands_in(long, short));
                if let Some(long) = longer {
                    let title = format!("{} holds the first columns of {} {}", short.name, long.name, shown(long));
                    out.find(superfluous(name, short, long, title, DETAIL));
                }
            }
        }
    }
}

const DETAIL: &str = "A search by the first columns is answered by the longer index as well. It is larger, so an \
                      index-only scan over the short columns alone reads more pages; each write pays for both.";

impl Rule {
    fn stands_in(&self, long: &Index, short: &Index) -> bool {
        let more = long.keys.len().saturating_sub(short.keys.len()) as u64;
        covered(long, short) == Some(Covered::Overlap) && more <= self.max_more_columns
    }
}
