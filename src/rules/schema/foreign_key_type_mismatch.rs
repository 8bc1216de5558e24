//! `schema/foreign_key_type_mismatch`: a column that refers to one of another type. Silent about lengths and about text
//! beside varchar.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::{Catalog, Column};
use crate::rules::draft::documented;

use super::about::{self, base, change, plain};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let mut told = BTreeSet::new();
            for key in table.foreign_keys() {
                let Some(parent) = cx.catalog.tables.get(key.references) else { continue };
                let pairs = key.columns.iter().zip(key.referenced_columns);
                let pairs = pairs.filter_map(|(child, referenced)| table.column(child).zip(parent.column(referenced)));
                for (child, referenced) in pairs.filter(|(child, referenced)| differ(cx.catalog, child, referenced)) {
                    // Two keys that say the same are another rule's matter.
                    if !told.insert((&child.name, key.references, &referenced.name)) {
                        continue;
                    }
                    let draft = about::table(
                        name,
                        table,
                        format!(
                            "{}.{} is {}, but {}.{}, to which it refers, is {}",
                            name.name,
                            child.name,
                            child.type_name,
                            key.references.name,
                            referenced.name,
                            referenced.type_name
                        ),
                        consequence(
                            &plain(base(cx.catalog, &child.type_name)),
                            &plain(base(cx.catalog, &referenced.type_name)),
                        ),
                    );
                    let draft = about::at(draft, child.defined_at.as_ref());
                    let draft = about::beside(draft, key.constraint.defined_at.as_ref())
                        .evidence(documented("foreign key", key.constraint.name.clone()));
                    out.find(draft.ask(change(
                format!("Make {}.{} {}", name.name, child.name, referenced.type_name),
                "A table with rows is rewritten and locked meanwhile: on a large one add a column of the new type, \
                 fill it in batches, and let it take the place of the old one.",
                format!("ALTER TABLE {} ALTER COLUMN {} TYPE {}", quote_table(name), quote_ident(&child.name), referenced.type_name),
            )));
                }
            }
        }
    }
}

fn differ(catalog: &Catalog, child: &Column, referenced: &Column) -> bool {
    let text = |name: String| if name == "character varying" { "text".to_owned() } else { name };
    let of = |column: &Column| text(plain(base(catalog, &column.type_name)));
    let known = |column: &Column| !column.type_name.is_empty();
    known(child) && known(referenced) && of(child) != of(referenced)
}

fn consequence(child: &str, referenced: &str) -> String {
    let size = |name: &str| ["smallint", "integer", "bigint"].iter().position(|one| *one == name);
    match (size(child), size(referenced)) {
        (Some(small), Some(large)) if small < large => format!(
            "{referenced} gives out numbers that {child} cannot hold: from then on no row can refer to them, and \
             inserts into this table fail while the parent's go on."
        ),
        (Some(_), Some(_)) => "It works, but the wider column takes room for numbers that cannot occur, and queries \
                               that compare expressions over both are cast."
            .to_owned(),
        _ => "Postgres compares the two by a cast. A join then casts one of the columns row by row and cannot use a \
              plain index on it, and values that the other type does not have match nothing."
            .to_owned(),
    }
}
