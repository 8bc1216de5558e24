//! `schema/cross_schema_foreign_key`: a foreign key into another schema.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for key in table.foreign_keys().filter(|key| key.references.schema != name.schema) {
                let draft = about::table(
                    name,
                    table,
                    format!("{} of {name} refers to {}, in another schema", key.constraint.name, key.references),
                    "The two schemas can no longer be dumped, restored, granted or moved apart from each other.",
                );
                out.find(about::at(draft, key.constraint.defined_at.as_ref()));
            }
        }
    }
}
