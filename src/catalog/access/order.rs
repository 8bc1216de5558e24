//! The order that a block asks of one table, and the columns it needs of it.

use std::collections::BTreeSet;

use super::expression::{Type, key_of};
use super::model::{Access, ConditionKind, Inverted, InvertedKind, Key, SortKey};
use super::scope::{Scope, columns_of};
use crate::sql::facts::{Block, Distinct, Operand, Output};

/// The operator of a distance.
pub const NEAREST: &str = "<->";

/// ORDER BY as keys of the access's table, without those that an equality fixes; empty when something between the scan
/// and the sort breaks the order, or when another source takes part in it.
pub fn sort_keys(access: &Access, scope: &Scope<'_>) -> Vec<SortKey> {
    let block = &scope.facts.blocks[access.block];
    let broken = block.in_set_operation
        || block.distinct != Distinct::No
        || block.has_aggregate
        || !block.group_by.is_empty()
        || block.has_window;
    if broken {
        return Vec::new();
    }
    let home = (access.block, access.source);
    let mut keys: Vec<SortKey> = Vec::new();
    for order in &block.order_by {
        let operand = meant(scope.text, &order.operand, block);
        let columns = columns_of(operand);
        if columns.is_empty() || columns.iter().any(|c| scope.home(c, home.0) != Some(home)) {
            return Vec::new();
        }
        let Some(key) = key_of(operand, home, scope) else { return Vec::new() };
        let fixed =
            access.equal.iter().any(|c| c.key == key && matches!(c.kind, ConditionKind::Equal | ConditionKind::IsNull));
        if fixed || keys.iter().any(|k| k.key == key) {
            continue;
        }
        let not_null = match &key {
            Key::Column(name) => scope.column(home.0, home.1, name).is_some_and(|c| c.not_null),
            Key::Expression(_) => false,
        };
        let fine = is_fine(&key, home, scope);
        keys.push(SortKey { key, descending: order.descending, nulls_first: order.nulls_sort_first(), not_null, fine });
    }
    keys
}

/// The leading keys of GROUP BY (or of SELECT DISTINCT) that are of this source: rows in their order need no sort or hash.
pub fn group_keys(access: &Access, scope: &Scope<'_>) -> Vec<Key> {
    let home = (access.block, access.source);
    let block = &scope.facts.blocks[access.block];
    let distinct = block.distinct == Distinct::All && block.group_by.is_empty();
    let outputs = block.projection.iter().filter_map(|output| match output {
        Output::Expr { operand, .. } if distinct => Some(operand),
        _ => None,
    });
    let own = |operand: &Operand| {
        let columns = columns_of(operand);
        let ours = !columns.is_empty() && columns.iter().all(|c| scope.home(c, home.0) == Some(home));
        if ours { key_of(operand, home, scope) } else { None }
    };
    let written = block.group_by.iter().map(|operand| meant(scope.text, operand, block));
    written.chain(outputs).map_while(own).collect()
}

/// `ORDER BY at <-> $1 LIMIT 5`: GiST gives the nearest first (documentation, "GiST Indexes", ordering operators of points, boxes, polygons
/// and circles).
pub fn nearest(access: &Access, scope: &Scope<'_>) -> Option<Inverted> {
    let home = (access.block, access.source);
    let block = &scope.facts.blocks[access.block];
    let first = block.order_by.first().filter(|first| !first.descending && block.limit.is_some())?;
    let operand = meant(scope.text, &first.operand, block);
    let columns = columns_of(operand);
    let [column] = columns.as_slice() else { return None };
    let known = scope.column(home.0, home.1, &column.name).filter(|_| scope.home(column, home.0) == Some(home))?;
    let told = operand.span.of(scope.text).contains(NEAREST) && Type::of(&known.type_name) == Type::Geometric;
    told.then(|| Inverted {
        key: Key::Column(column.name.clone()),
        columns: vec![column.name.clone()],
        kind: InvertedKind::RangeType,
        operator: NEAREST.to_owned(),
        span: operand.span,
        unknown_pattern: false,
    })
}

/// By statistics, else by the type: times and wide numbers seldom repeat much.
fn is_fine(key: &Key, home: (usize, usize), scope: &Scope<'_>) -> bool {
    const FEW_ROWS: f64 = 100.0;
    let Key::Column(name) = key else { return false };
    let (Some(table), Some(column)) = (scope.table(home.0, home.1), scope.column(home.0, home.1, name)) else {
        return false;
    };
    match (super::distinct_values(table, name), table.rows) {
        (Some(distinct), Some(rows)) => rows / distinct.max(1.0) <= FEW_ROWS,
        _ => matches!(Type::of(&column.type_name), Type::Timestamp | Type::TimestampTz | Type::Uuid),
    }
}

/// The output behind an ordinal or an output column's name (documentation, "SELECT", ORDER BY: a bare name that is
/// both an output and an input column means the output); the operand itself otherwise.
pub fn meant<'b>(text: &str, operand: &'b Operand, block: &'b Block) -> &'b Operand {
    let written = operand.span.of(text).trim();
    let output = |wanted: &dyn Fn(usize, Option<&str>) -> bool| {
        block.projection.iter().enumerate().find_map(|(i, o)| match o {
            Output::Expr { operand, alias } if wanted(i, alias.as_deref()) => Some(operand),
            _ => None,
        })
    };
    let starred = block.projection.iter().any(|o| matches!(o, Output::Star { .. }));
    let found = match written.parse::<usize>() {
        Ok(n) if !starred => output(&|i, _| i + 1 == n),
        Ok(_) => None,
        Err(_) => output(&|_, alias| alias.is_some_and(|a| a == written.trim_matches('"'))),
    };
    found.unwrap_or(operand)
}

/// Columns of a source that its block touches; `None` for all of them, or when that is not known.
pub fn needed_columns(scope: &Scope<'_>, b: usize, s: usize) -> Option<BTreeSet<String>> {
    let block = &scope.facts.blocks[b];
    if scope.facts.write.is_some() && b == 0 {
        return None;
    }
    let mut needed = BTreeSet::new();
    for output in &block.projection {
        if let Output::Star { qualifier, .. } = output
            && qualifier.as_ref().is_none_or(|q| *q == block.sources[s].alias)
        {
            return None;
        }
    }
    for used in &block.uses {
        // A whole-row reference has the name of a source.
        if used.column.qualifier.is_none() && block.sources.iter().any(|source| source.alias == used.column.name) {
            return None;
        }
        match scope.home(&used.column, b) {
            Some(home) if home == (b, s) => {
                needed.insert(used.column.name.clone());
            }
            Some(_) => {}
            // An output column's name in ORDER BY has no home of its own.
            None if is_output(block, &used.column.name) => {}
            None => return None,
        }
    }
    for source in &block.sources {
        if source.natural {
            return None;
        }
        needed.extend(source.using.iter().filter(|name| scope.column(b, s, name).is_some()).cloned());
    }
    Some(needed)
}

fn is_output(block: &Block, name: &str) -> bool {
    block.projection.iter().any(|o| matches!(o, Output::Expr { alias: Some(alias), .. } if alias == name))
}
