//! `query/not_in_nullable`: NOT IN over a sub-select that can give NULL. Silent where the column is NOT NULL, or the
//! sub-select leaves NULLs out.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::{rewrite, scope, walk};
use crate::sql::facts::{Block, ColumnRef, CompareOp, Distinct, Join, Operand, Output, Predicate, Relation, Test};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (outer, block) in cx.facts.blocks.iter().enumerate() {
            for predicate in walk::conjuncts(block) {
                if let Some((operand, inner)) = not_in(predicate) {
                    judge(cx, outer, predicate, operand, inner, out);
                }
            }
        }
    }
}

fn not_in(predicate: &Predicate) -> Option<(&Operand, usize)> {
    match &predicate.test {
        Test::InQuery { operand, block, negated: true } => Some((operand, *block)),
        Test::Not(inner) => match &inner.test {
            Test::InQuery { operand, block, negated: false } => Some((operand, *block)),
            _ => None,
        },
        _ => None,
    }
}

fn judge(cx: &QueryCx<'_>, outer: usize, predicate: &Predicate, operand: &Operand, inner: usize, out: &mut Sink) {
    let Some(block) = cx.facts.blocks.get(inner) else { return };
    let [Output::Expr { operand: output, .. }] = block.projection.as_slice() else { return };
    let Some(column) = scope::plain_column(output) else { return };
    let Some(known) = scope::resolve(cx, inner, column) else {
        out.not_examined.push(format!("whether {} can be NULL is not known", column.name));
        return;
    };
    let outer_join = known.at.0 == inner && gives_nulls(block, known.at.1);
    if (known.column.not_null && !outer_join) || leaves_nulls_out(cx, inner, block, column) {
        return;
    }
    let table = &known.table_name.name;
    let draft = Draft::about(
        cx,
        format!("NOT IN finds nothing at all once {table}.{} holds a NULL", column.name),
        "`x NOT IN (…, NULL)` is never true, so a single NULL in the sub-select makes the query return no row. It also \
         keeps the planner from an anti join.",
    )
    .at(predicate.span)
    .evidence(documented("can be NULL", format!("{table}.{}", column.name)));
    let can_move = |reference: &ColumnRef| is_never_null(cx, outer, reference);
    let reference = scope::plain_column(operand).filter(|reference| can_move(reference));
    let exists = reference.and_then(|reference| not_exists(cx, outer, reference, inner, column));
    let (title, detail, text) = match exists {
        Some(text) => (
            "Ask with NOT EXISTS",
            "NOT EXISTS is not misled by NULLs. The result differs exactly where the sub-select has a NULL: rows come back \
             that NOT IN swallowed.",
            Some(text),
        ),
        None => (
            "Leave NULLs out of the sub-select",
            "The result differs exactly where the sub-select has a NULL: rows come back that NOT IN swallowed.",
            without_nulls(cx, operand, inner, column),
        ),
    };
    out.find(match text {
        Some(text) => {
            let sql = rewrite::replace(cx.text, vec![rewrite::instead(predicate.span, text)]);
            draft.ask(Ask::Ready(Advice::rewrite(title, detail, sql)))
        }
        None => draft,
    });
}

/// The statement with NOT EXISTS in the place of its only NOT IN over a sub-select, where the catalog proves that neither side is
/// ever NULL: then the two are the same (documentation, "Subquery Expressions").
pub fn as_not_exists(cx: &QueryCx<'_>) -> Option<String> {
    let mut all = cx.facts.blocks.iter().enumerate().flat_map(|(outer, block)| {
        walk::conjuncts(block)
            .filter_map(|p| not_in(p).map(|(operand, inner)| (p.span, operand, inner)))
            .map(move |f| (outer, f))
    });
    let (outer, (span, operand, inner)) = all.next()?;
    if all.next().is_some() {
        return None;
    }
    let block = cx.facts.blocks.get(inner)?;
    let [Output::Expr { operand: output, .. }] = block.projection.as_slice() else { return None };
    let column = scope::plain_column(output)?;
    let known = scope::resolve(cx, inner, column).filter(|known| known.at.0 == inner && known.column.not_null)?;
    let reference = scope::plain_column(operand).filter(|reference| is_never_null(cx, outer, reference))?;
    if gives_nulls(block, known.at.1) {
        return None;
    }
    let text = not_exists(cx, outer, reference, inner, column)?;
    Some(rewrite::replace(cx.text, vec![rewrite::instead(span, text)]))
}

/// `NULL NOT IN (…)` is not true, unless nothing is in the list, while NOT EXISTS finds no partner of a NULL: the two agree
/// only for values that are not NULL.
fn is_never_null(cx: &QueryCx<'_>, outer: usize, reference: &ColumnRef) -> bool {
    let Some(known) = scope::resolve(cx, outer, reference).filter(|known| known.at.0 == outer) else { return false };
    let block = &cx.facts.blocks[outer];
    known.column.not_null && !gives_nulls(block, known.at.1)
}

/// A source that an outer join fills with NULLs.
fn gives_nulls(block: &Block, source: usize) -> bool {
    let later = |s: &crate::sql::facts::Source| matches!(s.join, Join::Right | Join::Full);
    matches!(block.sources[source].join, Join::Left | Join::Full) || block.sources[source + 1..].iter().any(later)
}

/// A condition on the column that no NULL passes.
fn leaves_nulls_out(cx: &QueryCx<'_>, inner: usize, block: &Block, column: &ColumnRef) -> bool {
    let home = scope::home(cx, inner, column);
    let same = |operand: &Operand| {
        scope::plain_column(operand)
            .is_some_and(|other| other.name == column.name && scope::home(cx, inner, other) == home)
    };
    let inner_joins = block.sources.iter().filter(|s| matches!(s.join, Join::Inner | Join::Cross)).flat_map(|s| &s.on);
    block.filters.iter().chain(inner_joins).any(|predicate| match &predicate.test {
        Test::IsNull { operand, negated: true } => same(operand),
        Test::Compare { op: CompareOp::NotDistinct | CompareOp::Distinct, .. } => false,
        Test::Compare { left, right, .. } => same(left) || same(right),
        Test::InList { operand, .. }
        | Test::InQuery { operand, negated: false, .. }
        | Test::AnyArray { operand, .. }
        | Test::Like { operand, .. }
        | Test::Between { operand, .. } => same(operand),
        _ => false,
    })
}

/// The sub-select's FROM and WHERE, ready for one more condition; `None` where a condition would mean something else.
fn extensible<'a>(cx: &'a QueryCx<'_>, inner: usize, column: &ColumnRef) -> Option<(String, &'a str)> {
    let block = cx.facts.blocks.get(inner)?;
    let (inner_block, inner_source) = scope::home(cx, inner, column)?;
    let source = block.sources.get(inner_source).filter(|_| inner_block == inner)?;
    let plain = block.group_by.is_empty()
        && !block.has_aggregate
        && !block.has_window
        && !block.in_set_operation
        && block.distinct != Distinct::On
        && block.limit.is_none()
        && block.offset.is_none()
        && matches!(source.relation, Relation::Table(_));
    let alternatives = block.filters.iter().any(|filter| matches!(filter.test, Test::Or(_)));
    if !plain || alternatives {
        return None;
    }
    let end = block.order_span.map_or(block.span.end, |order| order.start);
    let rest = cx.text.get(block.projection_span.end..end)?.trim_end();
    let link = if block.where_span.is_some() { "AND" } else { "WHERE" };
    rewrite::is_balanced(rest).then(|| (format!("{} {link}", rewrite::closed(rest)), source.alias.as_str()))
}

/// `x NOT IN (SELECT y … AND y IS NOT NULL)`
fn without_nulls(cx: &QueryCx<'_>, operand: &Operand, inner: usize, column: &ColumnRef) -> Option<String> {
    let block = cx.facts.blocks.get(inner)?;
    let (rest, alias) = extensible(cx, inner, column)?;
    let head = cx.text.get(block.span.start..block.projection_span.end)?;
    let quote = crate::catalog::access::quote_ident;
    let starts = head.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"));
    starts.then(|| {
        let (shown, alias, name) = (operand.span.of(cx.text), quote(alias), quote(&column.name));
        format!("{shown} NOT IN ({head}{rest} {alias}.{name} IS NOT NULL)")
    })
}

/// The whole predicate, correlated; `None` where names would mean something else inside.
fn not_exists(
    cx: &QueryCx<'_>,
    outer: usize,
    reference: &ColumnRef,
    inner: usize,
    column: &ColumnRef,
) -> Option<String> {
    let (_, outer_source) = scope::home(cx, outer, reference)?;
    let outer_alias = &cx.facts.blocks.get(outer)?.sources.get(outer_source)?.alias;
    if cx.facts.blocks.get(inner)?.sources.iter().any(|source| source.alias == *outer_alias) {
        return None;
    }
    let (rest, alias) = extensible(cx, inner, column)?;
    let quote = crate::catalog::access::quote_ident;
    let (inner_name, outer_name) = (quote(&column.name), quote(&reference.name));
    Some(format!("NOT EXISTS (SELECT 1{rest} {}.{inner_name} = {}.{outer_name})", quote(alias), quote(outer_alias)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{SchemaFile, from_files};

    #[test]
    fn not_exists_is_written_where_it_is_proved_to_be_the_same() {
        let ddl = "CREATE TABLE o (id bigint PRIMARY KEY, x bigint); CREATE TABLE r (id bigint PRIMARY KEY, o_id bigint NOT NULL, y bigint);";
        let catalog = from_files(&[SchemaFile { path: "schema.sql", text: ddl }]).catalog;
        let of = |text: &str| {
            let facts = crate::sql::facts(text);
            as_not_exists(&QueryCx { text, facts: &facts, catalog: Some(&catalog), query: None, index: None })
        };
        assert_eq!(
            of("SELECT * FROM o WHERE id NOT IN (SELECT o_id FROM r WHERE y > 1)").as_deref(),
            Some("SELECT * FROM o WHERE NOT EXISTS (SELECT 1 FROM r WHERE y > 1 AND r.o_id = o.id)")
        );
        // Either side may be NULL, through the column or through an outer join.
        assert_eq!(of("SELECT * FROM o WHERE x NOT IN (SELECT o_id FROM r)"), None);
        assert_eq!(of("SELECT * FROM o WHERE id NOT IN (SELECT y FROM r)"), None);
        assert_eq!(of("SELECT * FROM o WHERE id NOT IN (SELECT r.o_id FROM o p LEFT JOIN r ON r.y = p.x)"), None);
        assert_eq!(of("SELECT * FROM r LEFT JOIN o ON o.x = r.y WHERE o.id NOT IN (SELECT o_id FROM r q)"), None);
        // A condition more would change which rows the sub-select takes.
        assert_eq!(of("SELECT * FROM o WHERE id NOT IN (SELECT o_id FROM r LIMIT 5)"), None);
        // Which of the two the plan is about is not known.
        assert_eq!(of("SELECT * FROM o WHERE id NOT IN (SELECT o_id FROM r) AND id NOT IN (SELECT id FROM r)"), None);
        let facts = crate::sql::facts("SELECT * FROM o WHERE id NOT IN (SELECT o_id FROM r)");
        let text = "SELECT * FROM o WHERE id NOT IN (SELECT o_id FROM r)";
        assert_eq!(as_not_exists(&QueryCx { text, facts: &facts, catalog: None, query: None, index: None }), None);
    }
}
