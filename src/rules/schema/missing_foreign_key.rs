//! `schema/missing_foreign_key`: a column whose name and type say that it refers to a table, and which has no foreign key.
//! A guess from names, and said so.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Table, TableKind, TableName};
use crate::catalog::names::foreign_key_guess;
use crate::report::model::RecommendationKind;
use crate::rules::draft::{Advice, Ask, assumed};

use super::about::{ColumnOf, columns};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx) {
            if of.table.foreign_keys().any(|key| key.columns.contains(&of.column.name)) {
                continue;
            }
            let Some((parent, key)) = parent(cx, &of) else { continue };
            let name = format!("{}_{}_fkey", of.name.name, of.column.name);
            let draft = of.draft(
        format!("{} looks like a reference to {}, and nothing enforces it", of.shown(), parent.name),
        "Rows whose parent is gone turn up in no join and in every count. The planner does not know the relation \
         either, and estimates such joins worse.",
    );
            let mut advice = Advice::new(
                RecommendationKind::AddConstraint,
                format!("Declare that {} refers to {}", of.shown(), parent.name),
                "First without looking at the rows that stand, then, in a later migration, with a scan that lets \
                 reads and writes go on. Rows without a parent must be mended between the two.",
                format!(
                    "ALTER TABLE {0} ADD CONSTRAINT {1} FOREIGN KEY ({2}) REFERENCES {3} ({4}) NOT VALID;\nALTER \
                     TABLE {0} VALIDATE CONSTRAINT {1}",
                    quote_table(of.name),
                    quote_ident(&name),
                    quote_ident(&of.column.name),
                    quote_table(parent),
                    quote_ident(key),
                ),
            );
            advice.lock = Some("ShareRowExclusiveLock".to_owned());
            out.find(
                draft
                    .evidence(assumed("reference", format!("by the names {} and {}", of.column.name, parent.name)))
                    .ask(Ask::Ready(advice)),
            );
        }
    }
}

/// The table that the column most likely means, when its key has the column's type.
fn parent<'c>(cx: &SchemaCx<'c>, of: &ColumnOf<'c>) -> Option<(&'c TableName, &'c str)> {
    foreign_key_guess(&of.name.name, &of.column.name).into_iter().find_map(|guess| {
        let wanted = TableName { schema: of.name.schema.clone(), name: guess.into() };
        let (name, parent) = cx.catalog.tables.get_key_value(&wanted)?;
        let key = single_key(parent)?;
        let same = parent.column(key)?.type_name == of.column.type_name;
        // Its own key: a table that extends another one says so with a constraint or not at all.
        let own_key = of.table.primary_key().is_some_and(|own| own.contains(&of.column.name));
        (same && !own_key && parent.kind == TableKind::Table && parent.parent.is_none()).then_some((name, key))
    })
}

fn single_key(table: &Table) -> Option<&str> {
    match table.primary_key()? {
        [only] => Some(only),
        _ => None,
    }
}
