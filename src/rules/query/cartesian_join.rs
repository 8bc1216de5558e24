//! `query/cartesian_join`: tables with nothing between them. Silent about CROSS JOIN written out, functions, single rows, LATERAL,
//! and wherever a name cannot be settled.

use serde::Deserialize;

use crate::catalog::access::columns_of;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink, estimated};
use crate::rules::{scope, walk};
use crate::sql::facts::{Block, Bound, ColumnRef, Join, Operand, Place, Predicate, Relation, Source, Test};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate().filter(|(_, block)| block.sources.len() > 1) {
            let Some(groups) = groups(cx, index, block) else { continue };
            let many = |source: &usize| !is_single_row(cx, index, block, *source);
            let lone: Vec<usize> = (0..block.sources.len()).filter(many).collect();
            let Some(first) = lone.first().copied() else { continue };
            if let Some(other) = lone.into_iter().find(|source| groups[*source] != groups[first]) {
                out.find(cartesian(cx, block, first, other));
            }
        }
    }
}

fn cartesian(cx: &QueryCx<'_>, block: &Block, first: usize, other: usize) -> Draft {
    let (a, b) = (&block.sources[first], &block.sources[other]);
    let mut draft = Draft::about(
        cx,
        format!("Nothing links {} and {}: every row is paired with every row", a.alias, b.alias),
        "No condition compares a column of the one with a column of the other, so the result has as many rows as the \
         product of both. If that is meant, write CROSS JOIN; else a join condition is missing.",
    )
    .at(b.join_span);
    let rows = |source: &Source| cx.catalog.and_then(|c| scope::table_of(c, source)).and_then(|(_, table)| table.rows);
    if let (Some(left), Some(right)) = (rows(a), rows(b)) {
        draft = draft.evidence(estimated("pairs without any condition", left * right, "rows"));
    }
    draft
}

/// For each source the group of sources that conditions link it with; `None` when a name cannot be settled.
fn groups(cx: &QueryCx<'_>, index: usize, block: &Block) -> Option<Vec<usize>> {
    let mut groups: Vec<usize> = (0..block.sources.len()).collect();
    let mut fixed: Vec<(String, usize)> = Vec::new();
    let mut by_outer: Vec<usize> = Vec::new();
    for (position, source) in block.sources.iter().enumerate() {
        let follows = source.lateral
            || source.natural
            || !source.using.is_empty()
            || source.join == Join::Cross
            || !matches!(source.relation, Relation::Table(_) | Relation::Cte(_) | Relation::Derived(_));
        if follows {
            (0..position).for_each(|earlier| link(&mut groups, earlier, position));
        }
    }
    for predicate in walk::conjuncts(block) {
        let columns = mentioned(predicate);
        let mut sources: Vec<usize> = Vec::new();
        let mut outer = false;
        for column in &columns {
            match scope::home(cx, index, column) {
                Some((b, source)) if b == index => sources.push(source),
                // A row of an enclosing block is one row here: what is compared with it is fixed, and linked by it.
                Some(_) => outer = true,
                // It could belong to any of them: with another column next to it, nothing can be said.
                None if columns.len() > 1 => return None,
                None => {}
            }
        }
        if outer {
            sources.first().into_iter().for_each(|source| by_outer.push(*source));
        }
        sources.windows(2).for_each(|pair| link(&mut groups, pair[0], pair[1]));
        if let (Some((value, _)), [source]) = (fixed_value(cx.text, predicate), sources.as_slice()) {
            // `a.x = $1 AND b.y = $1` links a and b as well as `a.x = b.y` does.
            for (known, other) in &fixed {
                if *known == value {
                    link(&mut groups, *other, *source);
                }
            }
            fixed.push((value, *source));
        }
    }
    by_outer.windows(2).for_each(|pair| link(&mut groups, pair[0], pair[1]));
    // Sub-selects that look at several sources link them.
    let mut last: Option<usize> = None;
    for used in block.uses.iter().filter(|used| used.place == Place::Nested) {
        let (b, source) = scope::home(cx, index, &used.column)?;
        if b == index {
            last.into_iter().for_each(|last| link(&mut groups, last, source));
            last = Some(source);
        }
    }
    Some(groups)
}

fn link(groups: &mut [usize], a: usize, b: usize) {
    let (from, to) = (groups[a].max(groups[b]), groups[a].min(groups[b]));
    groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
}

fn fixed_value<'p>(text: &str, predicate: &'p Predicate) -> Option<(String, &'p ColumnRef)> {
    let (left, right) = scope::equality(predicate)?;
    let (column, value) = match (scope::plain_column(left), scope::plain_column(right)) {
        (Some(column), None) => (column, right),
        (None, Some(column)) => (column, left),
        _ => return None,
    };
    scope::is_fixed(value).then(|| (value.span.of(text).to_lowercase(), column))
}

/// Every column that a predicate mentions, those of its branches among them.
fn mentioned(predicate: &Predicate) -> Vec<&ColumnRef> {
    let mut found = Vec::new();
    collect(predicate, &mut found);
    found
}

fn collect<'p>(predicate: &'p Predicate, found: &mut Vec<&'p ColumnRef>) {
    let mut add = |operand: &'p Operand| found.extend(columns_of(operand));
    match &predicate.test {
        Test::Compare { left, right, .. } | Test::Operator { left, right, .. } => {
            add(left);
            add(right);
        }
        Test::InList { operand, items, .. } => {
            add(operand);
            items.iter().for_each(add);
        }
        Test::InQuery { operand, .. } | Test::IsNull { operand, .. } | Test::Truth(operand) => add(operand),
        Test::AnyArray { operand, array, .. } => {
            add(operand);
            add(array);
        }
        Test::Like { operand, pattern, .. } => {
            add(operand);
            add(pattern);
        }
        Test::Between { operand, low, high, .. } => [operand, low, high].into_iter().for_each(add),
        Test::Exists { .. } => {}
        Test::Or(branches) => branches.iter().flatten().for_each(|inner| collect(inner, found)),
        Test::Not(inner) => collect(inner, found),
        Test::Other { columns } => found.extend(columns),
    }
}

/// At most one row: a sub-select that aggregates or has LIMIT 1, a table whose key is fixed, a row of constants.
fn is_single_row(cx: &QueryCx<'_>, index: usize, block: &Block, source: usize) -> bool {
    match &block.sources[source].relation {
        Relation::Derived(inner) => cx.facts.blocks.get(*inner).is_none_or(is_single_block),
        Relation::Cte(name) => {
            let body =
                cx.facts.blocks.iter().find(|b| matches!(&b.role, crate::sql::facts::Role::Cte(cte) if cte == name));
            body.is_none_or(is_single_block)
        }
        Relation::Table(_) => {
            let Some((_, table)) = cx.catalog.and_then(|catalog| scope::table_of(catalog, &block.sources[source]))
            else {
                return false;
            };
            let fixed: Vec<&str> = scope::fixed_columns(block)
                .filter(|column| scope::home(cx, index, column) == Some((index, source)))
                .map(|column| column.name.as_str())
                .collect();
            table.key_within(&fixed).is_some()
        }
        Relation::Function(_) | Relation::Other => true,
    }
}

fn is_single_block(block: &Block) -> bool {
    let values = block.sources.is_empty() && !block.in_set_operation;
    values || (block.has_aggregate && block.group_by.is_empty()) || block.limit == Some(Bound::Number(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linking_is_transitive() {
        let mut groups = vec![0, 1, 2, 3];
        link(&mut groups, 2, 3);
        link(&mut groups, 0, 3);
        assert_eq!(groups, [0, 1, 0, 0]);
    }
}
