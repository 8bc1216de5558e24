//! `schema/required_columns`: a table without the columns that the team wants in each.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    columns: Vec<String>,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx).filter(|(_, table)| !table.columns.is_empty()) {
            let missing: Vec<&str> =
                self.columns.iter().map(String::as_str).filter(|wanted| table.column(wanted).is_none()).collect();
            if missing.is_empty() {
                continue;
            }
            out.find(about::table(
                name,
                table,
                format!("{} has no {}", name.name, missing.join(", ")),
                "The configuration asks for these columns in every table.",
            ));
        }
    }
}
