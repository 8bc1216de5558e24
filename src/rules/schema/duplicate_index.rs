//! `schema/duplicate_index`: two indexes that are the same but for their names. A unique one is never called superfluous beside one
//! that is not.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::index_pairs::{distinct, superfluous};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            for (index, other) in distinct(table).1 {
                let title = format!("{} is the same index as {}", index.name, other.name);
                out.find(superfluous(name, &index, &other, title, DETAIL));
            }
        }
    }
}

const DETAIL: &str = "Every insert and most updates write both, both take space and memory, and the planner weighs \
                      both for each query. Nothing gets slower without the second one.";
