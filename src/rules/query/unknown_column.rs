//! `query/unknown_column`: a column that its table does not have. Silent unless everything that made the catalog was understood, about
//! statements that a server has run, and about names that something else than a column may bear.

use serde::Deserialize;

use crate::catalog::model::{Catalog, Table, TableKind, TableName};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, documented};
use crate::rules::scope;
use crate::sql::ddl::cursor::identifier;
use crate::sql::facts::{Block, ColumnRef, Output, Place, Relation, Span, Write};
use crate::sql::{Lexer, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let Some(catalog) = cx.catalog.filter(|catalog| catalog.is_complete()) else { return };
        if cx.query.is_some() || cx.facts.templated {
            return;
        }
        let mut seen: Vec<Span> = Vec::new();
        for block in &cx.facts.blocks {
            for used in block.uses.iter().filter(|used| used.place != Place::Nested) {
                let column = &used.column;
                // Without a qualifier only where one table is in sight: the name may be an outer one, an alias or a variable.
                let Some((at, source)) = column.source else { continue };
                let Some(owner) = cx.facts.blocks.get(at) else { continue };
                if column.qualifier.is_none() && !stands_alone(owner, block) || seen.contains(&column.span) {
                    continue;
                }
                let source = &owner.sources[source];
                let Relation::Table(_) = &source.relation else { continue };
                let Some((name, table)) = scope::table_of(catalog, source) else { continue };
                let renamed = source.span.of(cx.text).contains('(');
                if renamed || !lacks(table, &column.name) {
                    continue;
                }
                if is_special(&column.name) || is_alias(block, column) || column.name == source.alias {
                    continue;
                }
                seen.push(column.span);
                say(cx, (name, table), &column.name, column.span, out);
            }
        }
        if let Some(write) = &cx.facts.write {
            written(cx, catalog, write, out);
        }
    }
}

/// Columns that INSERT and UPDATE name as those to be filled.
fn written(cx: &QueryCx<'_>, catalog: &Catalog, write: &Write, out: &mut Sink) {
    let Some((name, table)) = catalog.table(&write.target) else { return };
    let columns = match write.assignments.as_slice() {
        [] if write.columns.is_empty() || write.has_where => Vec::new(),
        [] => listed(cx.text, write.target_span.end),
        assignments => assignments.iter().flat_map(|one| assigned(cx.text, one.span)).collect(),
    };
    let mut said: Vec<&str> = Vec::new();
    for (column, span) in &columns {
        if lacks(table, column) && !said.contains(&column.as_str()) {
            said.push(column);
            say(cx, (name, table), column, *span, out);
        }
    }
}

/// `(a, b)` of INSERT INTO t (a, b), after an alias.
fn listed(text: &str, from: usize) -> Vec<(String, Span)> {
    let rest = text.get(from..).unwrap_or_default();
    let open = Lexer::new(rest.as_bytes()).find(|token| token.kind == TokenKind::LeftParen);
    open.map(|open| first_names(text, from + open.end)).unwrap_or_default()
}

/// `a` of `a = 1`, `a[1] = 1` and `a.part = 1`; both of `(a, b) = …`.
fn assigned(text: &str, span: Span) -> Vec<(String, Span)> {
    let opens = span.of(text).trim_start().starts_with('(');
    let mut names = first_names(text, if opens { span.start + 1 } else { span.start });
    if !opens {
        names.truncate(1);
    }
    names
}

/// The first name of each member of a list, up to the parenthesis that closes it.
fn first_names(text: &str, from: usize) -> Vec<(String, Span)> {
    let (mut depth, mut wanted, mut names) = (0usize, true, Vec::new());
    let tokens = Lexer::new(text.get(from..).unwrap_or_default().as_bytes());
    for token in tokens.filter(|token| token.kind != TokenKind::Comment) {
        let span = Span { start: from + token.start, end: from + token.end };
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen if depth == 0 => break,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
            TokenKind::Comma if depth == 0 => wanted = true,
            TokenKind::Word | TokenKind::QuotedIdentifier if wanted => {
                names.push((identifier(span.of(text)), span));
                wanted = false;
            }
            // A placeholder stands for a name.
            _ => wanted = false,
        }
    }
    names
}

/// Whether it is certain that the table has no such column.
fn lacks(table: &Table, column: &str) -> bool {
    let plain = matches!(table.kind, TableKind::Table | TableKind::Partitioned | TableKind::Partition);
    let inherits = table.parent.is_some() && table.kind == TableKind::Table;
    plain && !inherits && !table.columns.is_empty() && table.column(column).is_none()
}

fn say(cx: &QueryCx<'_>, (name, table): (&TableName, &Table), column: &str, span: Span, out: &mut Sink) {
    let detail = "Postgres refuses the statement (SQLSTATE 42703). The column was renamed or dropped by a migration, is not yet added by \
                  one, or the name is mistyped.";
    let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).take(30).collect();
    let title = format!("{} has no column {column}", name.name);
    out.find(Draft::about(cx, title, detail).at(span).evidence(documented("columns", known.join(", "))));
}

/// The block is the outermost one, and has one source.
fn stands_alone(owner: &Block, block: &Block) -> bool {
    owner.sources.len() == 1 && block.parent.is_none() && owner.parent.is_none()
}

/// System columns (documentation, "System Columns"), and what MERGE and ON CONFLICT call their rows.
fn is_special(name: &str) -> bool {
    matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid" | "oid" | "excluded" | "old" | "new")
}

/// ORDER BY and GROUP BY may name an output.
fn is_alias(block: &Block, column: &ColumnRef) -> bool {
    let is_it = |output: &Output| matches!(output, Output::Expr { alias: Some(alias), .. } if *alias == column.name);
    block.projection.iter().any(is_it)
}
