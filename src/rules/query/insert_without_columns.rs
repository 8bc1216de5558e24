//! `query/insert_without_columns`: INSERT that relies on the order of the table's columns. Silent about DEFAULT VALUES.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::rules::rewrite;
use crate::sql::StatementKind;
use crate::sql::facts::Level;

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(write) = &cx.facts.write else { return };
        let has_source = write.values_rows.is_some_and(|rows| rows > 0) || !cx.facts.blocks.is_empty();
        let inserts = cx.facts.kind == StatementKind::Insert && cx.facts.level == Level::Parsed && !cx.facts.templated;
        if !inserts || !write.columns.is_empty() || !has_source {
            return;
        }
        let title = format!("INSERT into {} without a list of columns", write.target.name);
        let detail = "The values go into the table's columns in their order. After a column was dropped and added again, or the table was \
                      built anew, the order is another one; values of fitting types then go into the wrong columns.";
        let draft = Draft::about(cx, title, detail).at(write.target_span);
        let table = cx.catalog.and_then(|catalog| catalog.table(&write.target)).map(|(_, table)| table);
        let aliased = cx.text.get(write.target_span.end..).is_some_and(|rest| {
            let word = rest.trim_start().get(..2).unwrap_or_default();
            word.eq_ignore_ascii_case("as")
        });
        let named = write.values_width.zip(table).filter(|(width, table)| *width <= table.columns.len() && !aliased);
        out.find(match named {
            Some((width, table)) => {
                let names: Vec<String> =
                    table.columns[..width].iter().map(|column| quote_ident(&column.name)).collect();
                let list = format!(" ({})", names.join(", "));
                rewriting(draft, cx, &NAMED, vec![rewrite::insert(write.target_span.end, list)])
            }
            None => draft,
        });
    }
}

const NAMED: Rewriting<'static> = Rewriting {
    title: "Name the columns",
    detail: "The columns in which the values go today.",
    applicability: Applicability::Review,
};
