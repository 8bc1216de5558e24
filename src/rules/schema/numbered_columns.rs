//! `schema/numbered_columns`: three columns or more that differ by a number only. Silent about two (address lines) and
//! about other types among them.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use std::collections::BTreeMap;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_columns: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let mut groups: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
            for column in &table.columns {
                let stem = column.name.trim_end_matches(|c: char| c.is_ascii_digit());
                let Ok(number) = column.name[stem.len()..].parse() else { continue };
                let stem = stem.trim_end_matches('_');
                groups.entry((stem, column.type_name.as_str())).or_default().push(number);
            }
            for ((stem, type_name), mut numbers) in groups {
                numbers.sort_unstable();
                let in_a_row = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
                if stem.is_empty() || (numbers.len() as u64) < self.min_columns || !in_a_row || numbers[0] > 1 {
                    continue;
                }
                out.find(about::table(
            name,
            table,
            format!("{} has {} columns {stem}1, {stem}2, …", name.name, numbers.len()),
            format!(
                "A list in columns: to look for a value takes a condition and an index for each of them, none is \
                 missing until the list is full, and one more needs a migration. A table of its own with one row a \
                 {stem}, or {type_name}[], has no end."
            ),
        ));
            }
        }
    }
}
