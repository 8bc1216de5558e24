//! `schema/boolean_index`: an index on a boolean column alone. Silent about partial indexes over another condition, and
//! about longer ones.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::indexes_of;
use crate::report::model::Severity;
use crate::rules::draft::documented;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in
                indexes_of(table).iter().filter(|index| !index.constraint && !index.unique && index.keys.len() == 1)
            {
                let key = &index.keys[0];
                let boolean = table.column(&key.text).filter(|column| !key.expression && column.type_name == "boolean");
                if boolean.is_none() || index.method != "btree" {
                    continue;
                }
                let own = index
                    .predicate
                    .as_ref()
                    .is_some_and(|predicate| crate::catalog::expression::mentions(predicate, &key.text));
                let detail = if own {
                    "Its WHERE fixes the column, so the column as a key tells nothing: an index with the same WHERE \
                     over a column that queries sort or filter by does more for the same price."
                } else {
                    "It divides the rows in two. For the larger part reading the table is cheaper than the index, so \
                     only searches for a rare value use it, and for those an index over a useful column WHERE that \
                     value holds is smaller and finds more."
                };
                let mut draft =
                    about::index(name, index, format!("{} is an index on {}, a boolean", index.name, key.text), detail)
                        .evidence(documented("key", key.text.clone()));
                if own {
                    draft = draft.severity(Severity::Info);
                }
                out.find(draft);
            }
        }
    }
}
