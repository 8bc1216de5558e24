//! `schema/nullable_composite_reference`: a foreign key of several columns of which some may be NULL: such a row is not
//! checked at all. MATCH FULL is.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::ConstraintKind;
use crate::catalog::text::Text;
use crate::catalog::text::listed;
use crate::rules::draft::documented;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for key in table.foreign_keys().filter(|key| key.columns.len() > 1 && !key.constraint.match_full) {
                let nullable = |column: &&Text| table.column(column).is_some_and(|column| !column.not_null);
                let Some(column) = key.columns.iter().find(nullable) else { continue };
                // With all of them nullable a CHECK may see to it that they go together.
                let checked = table
                    .constraints
                    .iter()
                    .any(|one| matches!(&one.kind, ConstraintKind::Check { .. }) && one.columns.contains(column));
                if checked {
                    continue;
                }
                let draft = about::table(
                    name,
                    table,
                    format!("{} is not checked for rows whose {column} is NULL", key.constraint.name),
                    "A foreign key of several columns takes a row with a NULL in any of them as it is, whatever \
                     stands in the others: they may refer to nothing. MATCH FULL asks for all or none; NOT NULL \
                     settles it.",
                );
                out.find(
                    about::at(draft, key.constraint.defined_at.as_ref())
                        .evidence(documented("columns", listed(key.columns))),
                );
            }
        }
    }
}
