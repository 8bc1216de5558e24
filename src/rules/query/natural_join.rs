//! `query/natural_join`: a join over whatever columns the two tables happen to share.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::catalog::text::Text;
use crate::report::model::Applicability;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::{rewrite, scope};
use crate::sql::facts::{Block, Span};

use super::rewriting::{Rewriting, rewriting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            for (at, source) in block.sources.iter().enumerate().filter(|(_, source)| source.natural) {
                let title =
                    format!("NATURAL JOIN of {} pairs rows by every column name the two sides share", source.alias);
                let draft = Draft::about(cx, title, DETAIL).at(source.join_span);
                out.find(match shared(cx, block, at) {
                    Some(columns) if columns.is_empty() => draft.evidence(documented("columns in common", "none")),
                    Some(columns) => with_using(draft, cx, source.join_span, source.span, &columns),
                    None => draft,
                });
            }
        }
    }
}

const DETAIL: &str = "A column that is added to one of the tables later (`created_at`, `name`) becomes part of the join, and rows \
                      disappear without an error. Without a common name it is a cross join.";

/// The columns of both tables, for a join of the first two sources.
fn shared(cx: &QueryCx<'_>, block: &Block, at: usize) -> Option<Vec<String>> {
    let catalog = cx.catalog?;
    let [first, _] = block.sources.as_slice() else { return None };
    let (_, left) = scope::table_of(catalog, first)?;
    let (_, right) = scope::table_of(catalog, &block.sources[at])?;
    if left.columns.is_empty() || right.columns.is_empty() {
        return None;
    }
    let names = left.columns.iter().map(|column| &column.name);
    Some(names.filter(|name| right.column(name).is_some()).map(Text::to_string).collect())
}

fn with_using(draft: Draft, cx: &QueryCx<'_>, join: Span, source: Span, columns: &[String]) -> Draft {
    let draft = draft.evidence(documented("columns in common", columns.join(", ")));
    let head = join.of(cx.text);
    let Some(at) = head.to_ascii_lowercase().find("natural") else { return draft };
    let start = join.start + at;
    let word = Span { start, end: start + "natural ".len() };
    let names: Vec<String> = columns.iter().map(|name| quote_ident(name)).collect();
    let using = rewrite::insert(source.end, format!(" USING ({})", names.join(", ")));
    rewriting(draft, cx, &USING, vec![rewrite::instead(word, ""), using])
}

const USING: Rewriting<'static> = Rewriting {
    title: "Name the columns with USING",
    detail: "The same join as long as the tables stay as they are, and the same join afterwards. Leave out columns that were not meant.",
    applicability: Applicability::Machine,
};
