//! `query/distinct_with_join`: DISTINCT takes away again the copies that a join made, where EXISTS would make none.

use serde::Deserialize;

use crate::catalog::model::{TableKind, TableName};
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::scope;
use crate::sql::facts::{Block, Distinct, Join, Level, Output, Place, Predicate, Relation, Role, Source, Span, Test};
use crate::sql::{Lexer, StatementKind, TokenKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        if cx.facts.kind != StatementKind::Select || cx.facts.level != Level::Parsed || cx.catalog.is_none() {
            return;
        }
        let judged = cx.facts.blocks.iter().enumerate().filter(|(_, block)| can_be_judged(block));
        for (index, _) in judged {
            out.drafts.extend([(0, 1), (1, 0)].into_iter().find_map(|(kept, tested)| judge(cx, index, kept, tested)));
        }
    }
}

fn can_be_judged(block: &Block) -> bool {
    let plain = |source: &Source| {
        matches!(source.relation, Relation::Table(_))
            && matches!(source.join, Join::First | Join::Inner)
            && !source.lateral
            && !source.natural
            && !source.nested
            && source.using.is_empty()
    };
    block.distinct == Distinct::All
        && block.sources.len() == 2
        && block.sources.iter().all(plain)
        && block.group_by.is_empty()
        && !block.has_aggregate
        && !block.has_window
        && !block.has_having
        && block.locking.is_none()
        && !block.uses.iter().any(|used| used.place == Place::Nested)
}

/// `kept` gives all columns, a key of its own among them, so that its rows are distinct by themselves; `tested` gives none and can have
/// several partners for one row.
fn judge(cx: &QueryCx<'_>, index: usize, kept: usize, tested: usize) -> Option<Draft> {
    let catalog = cx.catalog?;
    let block = &cx.facts.blocks[index];
    let (kept_name, kept_table) = scope::table_of(catalog, &block.sources[kept])?;
    let (tested_name, tested_table) = scope::table_of(catalog, &block.sources[tested])?;
    let heirs = |name: &TableName| scope::has_heirs(catalog, name);
    if heirs(kept_name) || matches!(kept_table.kind, TableKind::View | TableKind::Foreign) {
        return None;
    }
    let mut shown = Vec::new();
    for output in &block.projection {
        match output {
            Output::Star { qualifier: Some(qualifier), .. } if *qualifier == block.sources[kept].alias => {
                shown.extend(kept_table.columns.iter().map(|column| column.name.as_str()));
            }
            Output::Expr { operand, .. } => {
                let column = scope::plain_column(operand)?;
                if scope::home(cx, index, column)? != (index, kept) {
                    return None;
                }
                shown.push(column.name.as_str());
            }
            Output::Star { .. } => return None,
        }
    }
    let key = kept_table.key_within(&shown).filter(|key| key.strict)?;
    let mut equated = Vec::new();
    for used in &block.uses {
        let home = scope::home(cx, index, &used.column)?;
        let condition = matches!(used.place, Place::Where | Place::On(_));
        if home == (index, tested) && !condition {
            return None;
        }
    }
    for (left, right) in conditions(block).filter_map(scope::equality) {
        for column in [left, right].into_iter().filter_map(scope::plain_column) {
            if scope::home(cx, index, column) == Some((index, tested)) {
                equated.push(column.name.as_str());
            }
        }
    }
    // With one partner at most the join makes no copies: DISTINCT is another matter.
    if tested_table.key_within(&equated).is_some() || equated.is_empty() {
        return None;
    }
    let draft = Draft::about(
        cx,
        format!("DISTINCT takes away the copies of {} that the join with {} makes", kept_name.name, tested_name.name),
        format!(
            "Of {} nothing is asked but whether there is a row. The join gives one copy for each, and all of them are then sorted or hashed to \
             get rid of the copies.",
            tested_name.name
        ),
    );
    let draft = draft.at(block.projection_span).evidence(documented(
        "distinct by itself",
        format!("{} is unique ({}) in {}", key.name, key.columns.join(", "), kept_name.name),
    ));
    Some(match rewritten(cx, index, kept, tested) {
        Some(sql) => draft.ask(Ask::Ready(Advice::rewrite(
            format!("Ask whether {} has a row with EXISTS", tested_name.name),
            "The same rows: EXISTS stops at the first partner and makes no copies.",
            sql,
        ))),
        None => draft,
    })
}

fn conditions(block: &Block) -> impl Iterator<Item = &Predicate> {
    block.sources.iter().flat_map(|source| &source.on).chain(&block.filters)
}

/// Conditions that speak of the tested table go into the sub-select; the others stay. Only of the outermost block: what stands around it is kept.
fn rewritten(cx: &QueryCx<'_>, index: usize, kept: usize, tested: usize) -> Option<String> {
    let block = &cx.facts.blocks[index];
    if index != 0 || block.role != Role::Root || block.in_set_operation || cx.facts.blocks.len() > 1 {
        return None;
    }
    let within = |inner: Span, outer: Span| outer.start <= inner.start && inner.end <= outer.end;
    let of_tested = |predicate: &Predicate| {
        block.uses.iter().any(|used| {
            within(used.column.span, predicate.span) && scope::home(cx, index, &used.column) == Some((index, tested))
        })
    };
    let (inside, outside): (Vec<&Predicate>, Vec<&Predicate>) = conditions(block).partition(|one| of_tested(one));
    let written = |predicates: Vec<&Predicate>| -> Vec<String> {
        predicates.into_iter().map(|one| in_parentheses(one, cx.text)).collect()
    };
    let exists = format!(
        "EXISTS (SELECT FROM {} WHERE {})",
        block.sources[tested].span.of(cx.text),
        written(inside).join(" AND ")
    );
    let all: Vec<String> = written(outside).into_iter().chain([exists]).collect();
    let from = block.sources.iter().map(|source| source.join_span.end).max()?;
    let end = block.where_span.map_or(from, |span| span.end.max(from));
    let before = cx.text.get(..block.projection_span.start)?;
    let distinct = before.to_ascii_lowercase().rfind("distinct")?;
    Some(format!(
        "{}{} FROM {} WHERE {}{}",
        &before[..distinct],
        block.projection_span.of(cx.text),
        block.sources[kept].span.of(cx.text),
        all.join(" AND "),
        cx.text.get(end..)?.trim_end(),
    ))
}

/// An OR among conjuncts needs parentheses, which the span of a condition does not hold.
fn in_parentheses(predicate: &Predicate, text: &str) -> String {
    let written = predicate.span.of(text);
    match predicate.test {
        Test::Or(_) if !is_enclosed(written) => format!("({written})"),
        _ => written.to_owned(),
    }
}

/// One pair of parentheses is around all of it.
fn is_enclosed(text: &str) -> bool {
    let mut depth = 0usize;
    for token in Lexer::new(text.as_bytes()) {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return token.kind == TokenKind::RightParen && token.end == text.len();
        }
    }
    false
}
