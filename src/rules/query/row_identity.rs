//! A query block and the catalog in; whether its ORDER BY tells any two result rows apart, out.

use crate::catalog::model::Table;
use crate::rules::context::QueryCx;
use crate::rules::scope;
use crate::sql::facts::{
    Block, ColumnRef, Constant, Distinct, Join, Operand, OrderKey, Output, Predicate, Relation, Value,
};

/// `Some(true)`: a unique NOT NULL key of every table is in ORDER BY, fixed by the WHERE, or follows from a join;
/// `Some(false)`: not so; `None`: it cannot be said.
pub fn is_settled(cx: &QueryCx<'_>, index: usize, block: &Block) -> Option<bool> {
    let keys: Vec<&Operand> = block.order_by.iter().map(|key| meant(block, key)).collect();
    if !block.group_by.is_empty() {
        return grouped(cx, index, block, &keys);
    }
    if block.distinct != Distinct::No || block.has_aggregate {
        return None;
    }
    let columns = keys.iter().filter_map(|key| scope::plain_column(key)).chain(scope::fixed_columns(block));
    is_determined(cx, index, block, columns)
}

/// Whether values of these columns settle the row of every table of the block: by a unique NOT NULL key among them, or by
/// a join on a unique key with a table that is settled.
pub fn is_determined<'c>(
    cx: &QueryCx<'_>,
    index: usize,
    block: &Block,
    columns: impl Iterator<Item = &'c ColumnRef>,
) -> Option<bool> {
    let catalog = cx.catalog?;
    let mut tables: Vec<&Table> = Vec::new();
    for source in &block.sources {
        if !matches!(source.relation, Relation::Table(_)) {
            return None;
        }
        tables.push(scope::table_of(catalog, source)?.1);
    }
    let mut fixed: Vec<(usize, &str)> = Vec::new();
    for column in columns {
        if let Some((b, source)) = scope::home(cx, index, column)
            && b == index
            && !is_null_extended(block, source)
        {
            fixed.push((source, &column.name));
        }
    }
    let equalities = equalities(cx, index, block);
    let mut settled = vec![false; tables.len()];
    // Each round may settle a table through a join with one that is settled; at most one round a table.
    for _ in 0..tables.len() {
        for (source, table) in tables.iter().enumerate() {
            settled[source] = settled[source]
                || table.unique_keys().iter().any(|key| {
                    key.columns.iter().all(|column| {
                        let by_join = equalities.iter().any(|&((s, name), (other, _))| {
                            s == source && name == *column && settled.get(other).copied().unwrap_or(false)
                        });
                        let not_null = table.column(column).is_some_and(|known| known.not_null);
                        by_join || (not_null && fixed.contains(&(source, column)))
                    })
                });
        }
    }
    Some(settled.iter().all(|settled| *settled))
}

/// An outer join makes rows in which all columns of the source are NULL: its key does not tell those apart.
fn is_null_extended(block: &Block, source: usize) -> bool {
    let later = &block.sources[source + 1..];
    matches!(block.sources[source].join, Join::Left | Join::Full)
        || later.iter().any(|other| matches!(other.join, Join::Right | Join::Full))
}

/// Groups are told apart by all of their keys together.
fn grouped(cx: &QueryCx<'_>, index: usize, block: &Block, keys: &[&Operand]) -> Option<bool> {
    let ordered: Vec<&ColumnRef> = keys.iter().filter_map(|key| scope::plain_column(key)).collect();
    let mut settled = true;
    for group in &block.group_by {
        let column = scope::plain_column(group)?;
        let same = |other: &&ColumnRef| {
            other.name == column.name && scope::home(cx, index, other) == scope::home(cx, index, column)
        };
        settled &= ordered.iter().any(same);
    }
    // The key of a table among the groups settles it as well: too much to say for certain, so nothing is said.
    if settled { Some(true) } else { None }
}

type Side<'a> = (usize, &'a str);

/// Column equalities between sources of the block, in both directions.
fn equalities<'a>(cx: &QueryCx<'_>, index: usize, block: &'a Block) -> Vec<(Side<'a>, Side<'a>)> {
    let predicates = block.filters.iter().chain(block.sources.iter().flat_map(|source| &source.on));
    let mut found = Vec::new();
    for (left, right) in predicates.filter_map(|predicate: &'a Predicate| scope::equality(predicate)) {
        let (Some(left), Some(right)) = (scope::plain_column(left), scope::plain_column(right)) else { continue };
        if let (Some((lb, ls)), Some((rb, rs))) = (scope::home(cx, index, left), scope::home(cx, index, right))
            && lb == index
            && rb == index
        {
            found.push(((ls, left.name.as_str()), (rs, right.name.as_str())));
            found.push(((rs, right.name.as_str()), (ls, left.name.as_str())));
        }
    }
    found
}

/// What an ORDER BY key stands for: `ORDER BY 2` and `ORDER BY alias` mean an output.
fn meant<'a>(block: &'a Block, key: &'a OrderKey) -> &'a Operand {
    let output = |operand: &'a Output| match operand {
        Output::Expr { operand, .. } => Some(operand),
        Output::Star { .. } => None,
    };
    let found = match &key.operand.value {
        Value::Constant(Constant::Integer(ordinal)) => {
            let position = usize::try_from(*ordinal).ok().and_then(|ordinal| ordinal.checked_sub(1));
            position.and_then(|position| block.projection.get(position)).and_then(output)
        }
        Value::Column(column) if column.qualifier.is_none() => block.projection.iter().find_map(|projected| {
            let Output::Expr { operand, alias: Some(alias) } = projected else { return None };
            (*alias == column.name).then_some(operand)
        }),
        _ => None,
    };
    found.unwrap_or(&key.operand)
}
