//! `schema/inconsistent_column_type`: an id column that has another type in one table than in most others. Silent where a
//! foreign key says what it should be.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use std::collections::BTreeMap;

use super::about::{ColumnOf, base, columns, plain};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_tables: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let mut names: BTreeMap<&str, Vec<(String, ColumnOf<'_>)>> = BTreeMap::new();
        for of in columns(cx) {
            let joins = ["_id", "_uuid", "_key"].iter().any(|end| of.column.name.ends_with(end));
            if joins && !of.column.type_name.is_empty() {
                let type_name = match plain(base(cx.catalog, &of.column.type_name)).as_str() {
                    "character varying" => "text".to_owned(),
                    other => other.to_owned(),
                };
                names.entry(&of.column.name).or_default().push((type_name, of));
            }
        }
        for (column, found) in names.into_iter().filter(|(_, found)| found.len() as u64 >= self.min_tables) {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for (type_name, _) in &found {
                *counts.entry(type_name).or_default() += 1;
            }
            let Some((usual, count)) = counts.iter().max_by_key(|(_, count)| **count) else { continue };
            if count * 2 <= found.len() {
                continue;
            }
            for (type_name, of) in found.iter().filter(|(type_name, of)| type_name != usual && !refers(of)) {
                out.find(of.draft(
            format!("{} is {type_name}; in {count} other tables {column} is {usual}", of.shown()),
            "Columns of one name are joined with each other sooner or later. Between text and numbers that is an \
             error, between other types a cast for each row that keeps an index from being used.",
        ));
            }
        }
    }
}

fn refers(of: &ColumnOf<'_>) -> bool {
    of.table.foreign_keys().any(|key| key.columns.contains(&of.column.name))
}
