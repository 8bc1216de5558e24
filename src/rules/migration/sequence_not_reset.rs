//! `migration/sequence_not_reset`: rows get numbers by hand that the column's sequence will give out again.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::catalog::model::{Column, Table, TableName};
use crate::report::model::RecommendationKind;
use crate::rules::ScriptRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::backfill::content_of;
use crate::rules::lint::context::ScriptCx;
use crate::rules::lint::lived::{Newness, newness};
use crate::sql::StatementKind;
use crate::sql::ddl::model::QualifiedName;
use crate::sql::facts::{Facts, Level};
use crate::sql::{Lexer, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        // Whatever moves a sequence speaks of one of these; a starting point of one's own is one, too.
        if !cx.script.is_migration() || moves_a_sequence(&cx.script.text) {
            return;
        }
        let mut told: BTreeSet<TableName> = BTreeSet::new();
        for step in cx.steps {
            let Some(facts) = content_of(cx.script, step).and_then(|content| content.facts()) else { continue };
            let statement = cx.script.statements.get(step.statement);
            let span =
                statement.map(|one| step.inner.and_then(|at| one.inner.get(at)).map_or(one.span, |inner| inner.span));
            let text = span.map_or("", |span| span.of(&cx.script.text));
            let Some((name, table, column, largest)) = numbered(cx, statement.map_or(0, |one| one.line), facts, text)
            else {
                continue;
            };
            if !told.insert(name.clone()) {
                continue;
            }
            let (sql_name, sql_column) = (quote_ident(&name.name), quote_ident(&column.name));
            let kind = if column.identity { "identity" } else { "serial" };
            let draft = cx.draft_of(
                step,
                format!("{}.{} is given by hand, and its sequence will give the same numbers again", name.name, column.name),
                format!(
                    "The {kind} column's sequence does not see numbers that are written out: it begins at 1, and the inserts that get a number \
                     which is there already fail."
                ),
            );
            let proof = table.key_within(&[column.name.as_str()]).map(|key| key.name.to_owned()).unwrap_or_default();
            let draft = draft
                .evidence(documented("largest number given", largest.to_string()))
                .evidence(documented("unique by", proof));
            let advice = Advice::new(
                RecommendationKind::RewriteQuery,
                "Let the sequence go on behind them",
                "After the rows, in the same migration. Or leave the column out and let the sequence number them.",
                format!(
                    "SELECT setval(pg_get_serial_sequence('{}', '{}'), (SELECT max({sql_column}) FROM {sql_name}));",
                    sql_name.replace('\'', "''"),
                    column.name.replace('\'', "''")
                ),
            );
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}

fn moves_a_sequence(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["setval", "restart", "start with", "nextval", "execute"].iter().any(|word| lower.contains(word))
        || lower.contains("start ") && lower.contains("identity (")
}

/// The table that the script made, its numbered and unique column, and the largest number that the statement writes out for it.
fn numbered<'a>(
    cx: &ScriptCx<'a>,
    line: usize,
    facts: &Facts,
    text: &str,
) -> Option<(TableName, &'a Table, &'a Column, u64)> {
    if facts.kind != StatementKind::Insert || facts.level != Level::Parsed {
        return None;
    }
    let write = facts.write.as_ref().filter(|write| write.values_rows.is_some())?;
    let name =
        QualifiedName { schema: write.target.schema.clone(), name: write.target.name.clone(), span: write.target_span };
    let (name, table) = cx.replay.table(&name)?;
    let new = newness(&name, Some(table), (cx.script, line), cx.target) == Newness::New;
    if !new {
        return None;
    }
    let place = |column: &Column| match write.columns.is_empty() {
        true => table.columns.iter().position(|one| one.name == column.name),
        false => write.columns.iter().position(|one| *one == column.name),
    };
    table.columns.iter().find_map(|column| {
        let counted = column.identity || column.default.as_ref().is_some_and(|default| default.starts_with("nextval("));
        let at = place(column).filter(|_| counted)?;
        table.key_within(&[column.name.as_str()])?;
        let largest = largest(text, at).filter(|number| *number > 0)?;
        Some((name.clone(), table, column, largest))
    })
}

/// The largest whole number that stands alone at this place of a row of VALUES.
fn largest(text: &str, place: usize) -> Option<u64> {
    let tokens: Vec<_> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let word = |at: usize| tokens.get(at).map(|token| &text[token.start..token.end]);
    let start = (0..tokens.len()).find(|at| word(*at).is_some_and(|word| word.eq_ignore_ascii_case("values")))?;
    let (mut depth, mut column, mut item, mut largest) = (0usize, 0usize, Vec::new(), None);
    let mut close = |item: &mut Vec<usize>, column: usize| {
        if let ([only], true) = (item.as_slice(), column == place)
            && tokens[*only].kind == TokenKind::Number
        {
            largest = largest.max(word(*only).and_then(|word| word.parse::<u64>().ok()));
        }
        item.clear();
    };
    for (at, token) in tokens.iter().enumerate().skip(start + 1) {
        match token.kind {
            TokenKind::LeftParen => {
                depth += 1;
                if depth == 1 {
                    (column, item) = (0, Vec::new());
                    continue;
                }
            }
            TokenKind::RightParen => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    close(&mut item, column);
                    continue;
                }
            }
            TokenKind::Comma if depth == 1 => {
                close(&mut item, column);
                column += 1;
                continue;
            }
            _ => {}
        }
        if depth > 0 {
            item.push(at);
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_stand_alone_are_found() {
        for (text, place, found) in [
            ("INSERT INTO t (id, a) VALUES (1, 'x'), (7, 'y'), (3, 'z')", 0, Some(7)),
            ("INSERT INTO t (a, id) VALUES (f(1, 2), 5), ((9), 6 + 1)", 1, Some(5)),
            ("INSERT INTO t VALUES (DEFAULT, 1)", 0, None),
            ("INSERT INTO t VALUES (-1, 1), ($1, 2), (1.5, 3)", 0, None),
            ("INSERT INTO t VALUES (99999999999999999999)", 0, None),
            ("INSERT INTO t SELECT 1", 0, None),
            ("INSERT INTO t VALUES (1)) , (2)", 0, None),
        ] {
            assert_eq!(largest(text, place), found, "{text}");
        }
    }
}
