//! `schema/timestamp_before_last_column`: a moment that stands before another column in an index. Silent about unique
//! indexes and where the rest is a tie-breaker.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::indexes_of;
use crate::rules::draft::documented;

use super::about::{self, plain};
use super::index_pairs::shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in
                indexes_of(table).iter().filter(|index| !index.unique && !index.constraint && index.method == "btree")
            {
                let moment = |text: &str| {
                    table.column(text).is_some_and(|column| {
                        matches!(
                            plain(&column.type_name).as_str(),
                            "timestamp with time zone" | "timestamp without time zone" | "date"
                        )
                    })
                };
                let Some(at) = index.keys.iter().position(|key| !key.expression && moment(&key.text)) else { continue };
                let key = table.primary_key().unwrap_or_default();
                let rest = &index.keys[at + 1..];
                // A key behind it makes the order total, as keyset pages need.
                if rest.is_empty() || rest.iter().all(|one| key.contains(&one.text) || moment(&one.text)) {
                    continue;
                }
                let column = &index.keys[at].text;
                let detail = format!(
                    "Moments are mostly searched by range, and behind a range a btree cannot narrow the search any \
                     further: {} is then only a filter. With the columns that are compared by = first and {column} \
                     last both narrow it.",
                    rest[0].text
                );
                let title = format!("{} {} has {column} before {}", index.name, shown(index), rest[0].text);
                out.find(about::index(name, index, title, &detail).evidence(documented("columns", shown(index))));
            }
        }
    }
}
