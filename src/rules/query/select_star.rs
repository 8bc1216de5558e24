//! `query/select_star`: `*` over wide tables. Silent about `count(*)`, EXISTS, pass-through of a sub-select or CTE, and
//! INSERT … SELECT; without a catalog it speaks, with low confidence, only of what is called very often.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::report::model::{Confidence, Severity};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, seen};
use crate::rules::{rewrite, scope};
use crate::sql::StatementKind;
use crate::sql::facts::{Block, Output, Relation, Role, Source, Span};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_columns: u64,
    min_calls: u64,
}

/// A `*` that stands for columns of tables, with the sources that it covers.
struct Star<'a> {
    span: Span,
    sources: Vec<&'a Source>,
}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        if cx.facts.kind != StatementKind::Select {
            return;
        }
        for block in cx.facts.blocks.iter().filter(|block| block.role == Role::Root) {
            let stars = stars(block);
            let Some(first) = stars.first() else { continue };
            let known: Option<Vec<usize>> =
                stars.iter().flat_map(|star| &star.sources).map(|source| width(cx, source)).collect();
            let columns = known.as_ref().map(|widths| widths.iter().sum::<usize>() as u64);
            let frequent = cx.query.is_some_and(|query| query.calls >= self.min_calls);
            let tables: Vec<&str> =
                stars.iter().flat_map(|star| &star.sources).filter_map(|source| name(source)).collect();
            match columns {
                Some(columns) if columns >= self.min_columns => {
                    let one_row = scope::at_most_one_row(cx, block);
                    out.find(wide(cx, block, &stars, columns, &tables.join(", "), one_row));
                }
                None if frequent => {
                    let title = format!("SELECT * from {} is run often", tables.join(", "));
                    out.find(Draft::about(cx, title, DETAIL).at(first.span).confidence(Confidence::Low));
                }
                _ => {}
            }
        }
    }
}

const DETAIL: &str = "Every column is read, sent and decoded, large ones that are stored out of line among them; no index-only \
                      scan can answer it, and a column added later is sent too. Name the columns that are used.";

fn wide(cx: &QueryCx<'_>, block: &Block, stars: &[Star<'_>], columns: u64, tables: &str, one_row: bool) -> Draft {
    let mut draft = Draft::about(cx, format!("SELECT * fetches all {columns} columns of {tables}"), DETAIL)
        .evidence(measured("columns fetched", columns, "columns"))
        .evidence(seen("tables", tables));
    for star in stars {
        draft = draft.at(star.span);
    }
    if one_row {
        draft = draft.severity(Severity::Info);
    }
    match listed(cx, block, stars) {
        Some(sql) => draft.ask(Ask::Ready(Advice::rewrite(
            format!("Name the columns of {tables}"),
            "The list stands for all that `*` fetches now: take out what the application does not use.",
            sql,
        ))),
        None => draft,
    }
}

fn stars(block: &Block) -> Vec<Star<'_>> {
    let table = |source: &&Source| matches!(source.relation, Relation::Table(_));
    let mut found = Vec::new();
    for output in &block.projection {
        let Output::Star { qualifier, span } = output else { continue };
        let covered = |source: &&Source| qualifier.as_ref().is_none_or(|qualifier| source.alias == *qualifier);
        let sources: Vec<&Source> = block.sources.iter().filter(covered).filter(table).collect();
        if !sources.is_empty() {
            found.push(Star { span: *span, sources });
        }
    }
    found
}

fn name(source: &Source) -> Option<&str> {
    match &source.relation {
        Relation::Table(table) => Some(&table.name),
        _ => None,
    }
}

fn width(cx: &QueryCx<'_>, source: &Source) -> Option<usize> {
    let (_, table) = scope::table_of(cx.catalog?, source)?;
    (!table.columns.is_empty()).then_some(table.columns.len())
}

/// The statement with each `*` written out; `None` when a `*` also covers something whose columns are not known.
fn listed(cx: &QueryCx<'_>, block: &Block, stars: &[Star<'_>]) -> Option<String> {
    let qualified = block.sources.len() > 1;
    let mut replacements = Vec::new();
    for star in stars {
        let text = star.span.of(cx.text);
        if !text.contains('.') && star.sources.len() != block.sources.len() {
            return None;
        }
        if block.sources.iter().any(|source| source.natural || !source.using.is_empty()) {
            return None;
        }
        let mut names = Vec::new();
        for source in &star.sources {
            let (_, table) = scope::table_of(cx.catalog?, source)?;
            let prefix = if qualified || text.contains('.') {
                format!("{}.", quote_ident(&source.alias))
            } else {
                String::new()
            };
            names.extend(table.columns.iter().map(|column| format!("{prefix}{}", quote_ident(&column.name))));
        }
        replacements.push(rewrite::instead(star.span, names.join(", ")));
    }
    Some(rewrite::replace(cx.text, replacements))
}
