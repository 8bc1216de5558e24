//! `schema/duplicate_foreign_key`: two foreign keys of the same columns to the same ones.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::text::listed;
use crate::rules::draft::documented;

use super::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let keys: Vec<_> = table.foreign_keys().collect();
            for (at, key) in keys.iter().enumerate() {
                let same = |other: &&crate::catalog::lookup::ForeignKey<'_>| {
                    other.references == key.references
                        && other.columns == key.columns
                        && other.referenced_columns == key.referenced_columns
                };
                let Some(first) = keys[..at].iter().find(same) else { continue };
                let draft = about::table(
                    name,
                    table,
                    format!("{} says the same as {}", key.constraint.name, first.constraint.name),
                    "Each insert looks the parent up twice, each delete of a parent looks for children twice, and \
                     which of two ON DELETE rules acts depends on their names.",
                );
                let draft = about::at(draft, key.constraint.defined_at.as_ref());
                let draft = about::beside(draft, first.constraint.defined_at.as_ref())
                    .evidence(documented("columns", listed(key.columns)))
                    .evidence(documented("refer to", key.references.to_string()));
                out.find(draft.ask(change(
                    format!("Drop {}", key.constraint.name),
                    "Keep the one whose ON DELETE and ON UPDATE are meant.",
                    format!("ALTER TABLE {} DROP CONSTRAINT {}", quote_table(name), quote_ident(&key.constraint.name)),
                )));
            }
        }
    }
}
