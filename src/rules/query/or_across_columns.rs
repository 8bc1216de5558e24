//! `query/or_across_columns`: OR between different columns, of which some have no index, or which stand in different tables.
//! Silent where every branch has an index (a bitmap OR answers it), where another indexed condition leaves few rows, and for
//! `$1 IS NULL OR …`.

use serde::Deserialize;

use crate::catalog::access::{Access, Service, accesses, best_service, columns_of};
use crate::catalog::model::{Column, TableKind};
use crate::catalog::types::family;
use crate::report::model::Severity;
use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::{rewrite, scope};
use crate::sql::facts::{
    Block, ColumnRef, CompareOp, Distinct, Join, Operand, Output, Predicate, Role, Source, Span, Test,
};

use super::row_identity;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: u64,
}

/// A column of a branch: where it stands and its name.
type Home = ((usize, usize), String);

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for (index, block) in cx.facts.blocks.iter().enumerate() {
            for predicate in &block.filters {
                let Test::Or(branches) = &predicate.test else { continue };
                let homes: Option<Vec<Vec<Home>>> =
                    branches.iter().map(|branch| sargable_columns(cx, index, branch)).collect();
                if let Some(homes) = homes {
                    out.drafts.extend(self.judge(cx, index, block, predicate, branches, &homes));
                }
            }
        }
    }
}

impl Rule {
    fn judge(
        &self,
        cx: &QueryCx<'_>,
        index: usize,
        block: &Block,
        predicate: &Predicate,
        branches: &[Vec<Predicate>],
        homes: &[Vec<Home>],
    ) -> Option<Draft> {
        let mut all: Vec<&Home> = homes.iter().flatten().collect();
        all.sort();
        all.dedup();
        let mut sources: Vec<(usize, usize)> = all.iter().map(|(at, _)| *at).collect();
        sources.dedup();
        if all.len() < 2 || sources.iter().any(|at| scope::narrowed_otherwise(cx, *at, predicate.span)) {
            return None;
        }
        let catalog = cx.catalog?;
        for at in &sources {
            let (_, table) = scope::table_of(catalog, cx.facts.blocks.get(at.0)?.sources.get(at.1)?)?;
            if scope::is_small(table, self.min_rows) {
                return None;
            }
        }
        let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
        let names = names.join(", ");
        let mut draft = if sources.len() > 1 {
            Draft::about(
                cx,
                format!("OR between columns of two tables ({names}) cannot use an index"),
                "Neither table can be narrowed before the join, because a row that fails one side may still pass by the other: \
                 the tables are joined whole and sifted afterwards.",
            )
        } else {
            let unserved = unserved(cx, index, sources.first()?.1, predicate.span)?;
            Draft::about(
                cx,
                format!("OR across {names}: without an index for each of them the whole table is read"),
                "Two indexes can be combined for an OR, but only if every branch has one. One branch without makes the others \
                 useless.",
            )
            .evidence(documented("branch without an index", unserved))
        };
        draft = draft.at(predicate.span);
        if let Some(sql) = union(cx, block, predicate, branches) {
            draft = draft.ask(Ask::Ready(Advice::rewrite(
                "Ask for each branch by itself with UNION",
                "UNION removes the rows that both branches find; every table's key is in the result, so no other rows \
                 are lost.",
                sql,
            )));
        }
        draft.asks.extend(cx.index.map(|query| Ask::IndexFor { query }));
        Some(if scope::is_cheap(cx) { draft.severity(Severity::Info) } else { draft })
    }
}

/// The columns that a branch compares with fixed values in a way that an index could answer; `None` when the branch has
/// none, which means that it cannot be narrowed at all.
fn sargable_columns(cx: &QueryCx<'_>, block: usize, branch: &[Predicate]) -> Option<Vec<Home>> {
    let columns: Vec<Home> = branch
        .iter()
        .filter_map(sargable)
        .filter_map(|operand| match columns_of(operand).as_slice() {
            [column] => Some((scope::home(cx, block, column)?, column.name.clone())),
            _ => None,
        })
        .collect();
    (!columns.is_empty()).then_some(columns)
}

fn sargable(predicate: &Predicate) -> Option<&Operand> {
    match &predicate.test {
        Test::Compare { op: CompareOp::NotEq | CompareOp::Distinct, .. } => None,
        Test::Compare { left, right, .. } if scope::is_fixed(right) && !scope::is_fixed(left) => Some(left),
        Test::Compare { left, right, .. } if scope::is_fixed(left) && !scope::is_fixed(right) => Some(right),
        Test::InList { operand, items, negated: false } if items.iter().all(scope::is_fixed) => Some(operand),
        Test::AnyArray { operand, op: CompareOp::Eq, array } if scope::is_fixed(array) => Some(operand),
        Test::Between { operand, negated: false, .. } => Some(operand),
        _ => None,
    }
}

/// The text of a branch that no index serves; `None` when all are served, or nothing is known of them.
fn unserved(cx: &QueryCx<'_>, block: usize, source: usize, span: Span) -> Option<String> {
    let catalog = cx.catalog?;
    let inside = |access: &Access| {
        let mut spans =
            access.equal.iter().chain(&access.ranges).map(|c| c.span).chain(access.inverted.iter().map(|c| c.span));
        spans.all(|s| span.start <= s.start && s.end <= span.end)
    };
    let branches: Vec<Access> = accesses(cx.text, cx.facts, Some(catalog))
        .into_iter()
        .filter(|access| access.or_branch && (access.block, access.source) == (block, source) && inside(access))
        .collect();
    let without = branches.iter().find(|access| {
        catalog.tables.get(&access.table).is_some_and(|table| best_service(access, table) == Service::None)
    })?;
    let span = without.equal.iter().chain(&without.ranges).map(|c| c.span).next()?;
    Some(crate::sql::normalize(span.of(cx.text).as_bytes()))
}

/// One SELECT a branch; only where the result holds a key of every table, so that UNION takes away nothing else.
fn union(cx: &QueryCx<'_>, block: &Block, predicate: &Predicate, branches: &[Vec<Predicate>]) -> Option<String> {
    let plain = block.role == Role::Root
        && cx.facts.blocks.len() == 1
        && !cx.facts.set_operation
        && block.distinct == Distinct::No
        && block.group_by.is_empty()
        && !block.has_aggregate
        && !block.has_window
        && block.order_by.is_empty()
        && block.limit.is_none()
        && block.offset.is_none()
        && block.locking.is_none();
    if !plain || !can_unite(cx, block)? {
        return None;
    }
    let mut parts = Vec::new();
    for branch in branches {
        let span = Span { start: branch.first()?.span.start, end: branch.last()?.span.end };
        let text = span.of(cx.text);
        if !rewrite::is_balanced(text) {
            return None;
        }
        parts.push(rewrite::replace(cx.text, vec![rewrite::instead(predicate.span, text)]));
    }
    Some(parts.join("\nUNION\n"))
}

/// UNION compares whole rows, so a key of each table must be among them and every column's type must have an equality; what
/// is computed could be random or have any type.
fn can_unite(cx: &QueryCx<'_>, block: &Block) -> Option<bool> {
    let catalog = cx.catalog?;
    let mut shown: Vec<(usize, &Column)> = Vec::new();
    for output in &block.projection {
        match output {
            Output::Star { qualifier, .. } => {
                let covered = |source: &Source| qualifier.as_ref().is_none_or(|name| source.alias == *name);
                for (at, source) in block.sources.iter().enumerate().filter(|(_, source)| covered(source)) {
                    let (_, table) = scope::table_of(catalog, source)?;
                    shown.extend(table.columns.iter().map(|column| (at, column)));
                }
            }
            Output::Expr { operand, .. } => {
                let known = scope::resolve(cx, 0, scope::plain_column(operand)?)?;
                shown.push((known.at.1, known.column));
            }
        }
    }
    let outer = block.sources.iter().any(|source| matches!(source.join, Join::Left | Join::Right | Join::Full));
    let plain = |source: &Source| {
        scope::table_of(catalog, source).is_some_and(|(name, table)| {
            !matches!(table.kind, TableKind::View | TableKind::Foreign) && !scope::has_heirs(catalog, name)
        })
    };
    if !block.sources.iter().all(plain) {
        return Some(false);
    }
    let references: Vec<&ColumnRef> = block
        .projection
        .iter()
        .filter_map(|output| match output {
            Output::Expr { operand, .. } => scope::plain_column(operand),
            Output::Star { .. } => None,
        })
        .collect();
    let all_keys = block.sources.iter().enumerate().all(|(at, source)| {
        let has = |column: &str| shown.iter().any(|(s, c)| *s == at && c.name == column && c.not_null);
        scope::table_of(catalog, source).is_some_and(|(_, table)| {
            table.unique_keys().iter().any(|key| key.columns.iter().all(|column| has(column)))
        })
    });
    let determined = !outer && row_identity::is_determined(cx, 0, block, references.into_iter()) == Some(true);
    Some((all_keys || determined) && shown.iter().all(|(_, column)| has_equality(&column.type_name)))
}

/// Types without an equality that UNION could use (error 42883, "could not identify an equality operator"), and those that
/// are not known.
fn has_equality(type_name: &str) -> bool {
    const WITHOUT: [&str; 9] = ["json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"];
    let base = family(type_name).unwrap_or_default();
    !base.is_empty() && !WITHOUT.contains(&base.trim_end_matches("[]"))
}
