//! Names of a statement and a catalog in; tables, columns and keys out.

use crate::catalog::access::{Access, ConditionKind, Service, accesses, best_service};
use crate::catalog::model::{Catalog, Table, TableName};
use crate::catalog::resolve::{Resolved, Resolver};
use crate::sql::facts::{Block, ColumnRef, CompareOp, Operand, Predicate, Relation, Source, Span, Test, Value};

use super::context::QueryCx;

/// The catalog's table behind a source.
pub fn table_of<'c>(catalog: &'c Catalog, source: &Source) -> Option<(&'c TableName, &'c Table)> {
    match &source.relation {
        Relation::Table(name) => catalog.table(name),
        _ => None,
    }
}

/// The table column that a reference in this block means; `None` when that is not certain, or when a CTE or sub-select
/// stands between: there the rows may have been joined or grouped.
pub fn resolve<'a>(cx: &QueryCx<'a>, block: usize, reference: &ColumnRef) -> Option<Resolved<'a>> {
    Resolver::new(cx.facts, cx.catalog).resolve(block, reference).filter(|found| found.at == found.table_at)
}

/// (block, source) that a reference in this block belongs to.
pub fn home(cx: &QueryCx<'_>, block: usize, reference: &ColumnRef) -> Option<(usize, usize)> {
    Resolver::new(cx.facts, cx.catalog).home(block, reference)
}

/// The two sides of an equality.
pub fn equality(predicate: &Predicate) -> Option<(&Operand, &Operand)> {
    match &predicate.test {
        Test::Compare { left, op: CompareOp::Eq, right } => Some((left, right)),
        _ => None,
    }
}

/// The column, when the operand is nothing else.
pub fn plain_column(operand: &Operand) -> Option<&ColumnRef> {
    match &operand.value {
        Value::Column(column) => Some(column),
        _ => None,
    }
}

/// Whether a value is the same for all rows: a constant, a parameter, or made of such.
pub fn is_fixed(operand: &Operand) -> bool {
    match &operand.value {
        Value::Constant(_) | Value::Parameter(_) => true,
        Value::Cast { operand, .. } => is_fixed(operand),
        Value::Function { args, .. } => args.iter().all(is_fixed),
        Value::Expression { columns } => columns.is_empty(),
        _ => false,
    }
}

/// Columns that the block's WHERE fixes by `=` to one value.
pub fn fixed_columns(block: &Block) -> impl Iterator<Item = &ColumnRef> {
    block.filters.iter().filter_map(equality).filter_map(|(left, right)| {
        match (plain_column(left), plain_column(right)) {
            (Some(column), None) if is_fixed(right) => Some(column),
            (None, Some(column)) if is_fixed(left) => Some(column),
            _ => None,
        }
    })
}

/// Whether the block has one table and fixes a unique key of it. Without a catalog a column `id` is taken for the key.
pub fn at_most_one_row(cx: &QueryCx<'_>, block: &Block) -> bool {
    let [source] = block.sources.as_slice() else { return false };
    let fixed: Vec<&str> = fixed_columns(block).map(|column| column.name.as_str()).collect();
    match cx.catalog.and_then(|catalog| table_of(catalog, source)) {
        Some((_, table)) => table.key_within(&fixed).is_some(),
        None => fixed.contains(&"id"),
    }
}

/// Whether an index already narrows this source by a condition other than the one under `span`: then the one under
/// `span` only sifts what is left.
pub fn narrowed_otherwise(cx: &QueryCx<'_>, at: (usize, usize), span: Span) -> bool {
    let Some(catalog) = cx.catalog else { return false };
    let outside = |other: Span| other.end <= span.start || other.start >= span.end;
    accesses(cx.text, cx.facts, Some(catalog)).into_iter().any(|access| {
        let Some(table) = catalog.tables.get(&access.table) else { return false };
        if (access.block, access.source) != at || access.or_branch {
            return false;
        }
        let mut rest = Access { sort: Vec::new(), inverted: Vec::new(), joined: Vec::new(), ..access };
        rest.equal.retain(|c| outside(c.span) && c.kind != ConditionKind::IsNull);
        rest.ranges.retain(|c| outside(c.span) && matches!(c.kind, ConditionKind::Range { lower: true, upper: true }));
        rest.restricted() && best_service(&rest, table) > Service::None
    })
}

/// The statistics say that the table has fewer rows than this.
pub fn is_small(table: &Table, rows: u64) -> bool {
    table.rows.is_some_and(|known| known >= 0.0 && known < rows as f64)
}

/// A valid index without a condition has this column first.
pub fn has_index_on(table: &Table, column: &str) -> bool {
    crate::catalog::access::indexes_of(table).iter().any(|index| {
        index.valid
            && index.predicate.is_none()
            && matches!(index.method.as_str(), "" | "btree" | "hash")
            && index.keys.first().is_some_and(|key| !key.expression && key.text == column)
    })
}

/// TABLESAMPLE stands after the source.
pub fn is_sample(cx: &QueryCx<'_>, source: &Source) -> bool {
    let after = cx.text.get(source.span.start..).unwrap_or_default();
    crate::sql::Lexer::new(after.as_bytes())
        .take(7)
        .any(|token| after.get(token.start..token.end).is_some_and(|word| word.eq_ignore_ascii_case("tablesample")))
}

/// Another table inherits from this one (and is no partition): its rows are in every scan of this one, and no key of this one
/// holds for them (documentation, "Inheritance", caveats).
pub fn has_heirs(catalog: &Catalog, name: &TableName) -> bool {
    catalog.tables.has_heirs(name)
}

/// The measurements say that nobody waits for this query today.
pub fn is_cheap(cx: &QueryCx<'_>) -> bool {
    const CALLS: u64 = 5;
    const CHEAP_US: u64 = 1_000;
    cx.query
        .is_some_and(|query| query.timed_calls >= CALLS && query.quantile_us(0.95).is_some_and(|p95| p95 < CHEAP_US))
}
