//! What makes a row of the result unique.

use crate::catalog::access::{Scope, columns_of, meant, quote_ident, table_name};
use crate::catalog::model::{ConstraintKind, Table, TableKind};
use crate::catalog::text::Text;
use crate::sql::facts::{Block, CompareOp, Join, Operand, OrderKey, Output, Predicate, Relation, Test, Value};

use super::PageKey;

type Home = (usize, usize);

/// For each source that can multiply rows: its unique keys, the one to add (if none is there) first.
#[derive(Debug)]
pub struct Wanted {
    sources: Vec<Vec<Vec<PageKey>>>,
}

impl Wanted {
    pub fn satisfied_by(&self, keys: &[PageKey]) -> bool {
        self.sources.iter().all(|choices| choices.iter().any(|choice| missing(choice, keys).is_empty()))
    }

    /// Columns to add so that the order is total.
    pub fn missing(&mut self, keys: &[PageKey]) -> Vec<PageKey> {
        let mut added: Vec<PageKey> = Vec::new();
        for choices in &self.sources {
            let have: Vec<PageKey> = keys.iter().chain(&added).cloned().collect();
            let best = choices.iter().map(|choice| missing(choice, &have)).min_by_key(Vec::len);
            added.extend(best.unwrap_or_default());
        }
        added
    }
}

fn missing(choice: &[PageKey], keys: &[PageKey]) -> Vec<PageKey> {
    let same = |a: &PageKey, b: &PageKey| if a.column.is_some() { a.column == b.column } else { a.sql == b.sql };
    choice.iter().filter(|wanted| !keys.iter().any(|key| same(key, wanted))).cloned().collect()
}

/// The keys that a total order of the block needs.
pub fn keys(scope: &Scope<'_>, block: &Block) -> Result<Wanted, String> {
    if !block.group_by.is_empty() {
        let group: Result<Vec<PageKey>, String> =
            block.group_by.iter().map(|operand| grouping_key(scope, block, operand)).collect();
        let group = group?;
        for order in &block.order_by {
            let key = super::page_key(scope, block, meant(scope.text, &order.operand, block)).ok();
            let same = |g: &PageKey, k: &PageKey| g.sql == k.sql || (g.column.is_some() && g.column == k.column);
            if !key.is_some_and(|key| group.iter().any(|g| same(g, &key))) {
                let sql = order.operand.span.of(scope.text);
                return Err(format!("the order by {sql} is computed from the group: it cannot be a cursor in WHERE"));
            }
        }
        return Ok(Wanted { sources: vec![vec![group]] });
    }
    let mut determined: Vec<usize> = Vec::new();
    let mut sources = Vec::new();
    while determined.len() < block.sources.len() {
        let Some(s) = starting_source(scope, block, &determined) else { break };
        sources.push(unique_keys(scope, block, s)?);
        determined = settled_from(scope, block, &determined, s);
    }
    Ok(Wanted { sources })
}

/// All sources of which a row of `start` and those settled before leaves at most one row.
fn settled_from(scope: &Scope<'_>, block: &Block, before: &[usize], start: usize) -> Vec<usize> {
    let mut determined: Vec<usize> = before.iter().copied().chain([start]).collect();
    let next = |settled: &[usize]| {
        (0..block.sources.len()).find(|s| !settled.contains(s) && at_most_one(scope, block, *s, settled))
    };
    while let Some(s) = next(&determined) {
        determined.push(s);
    }
    determined
}

fn grouping_key(scope: &Scope<'_>, block: &Block, operand: &Operand) -> Result<PageKey, String> {
    super::page_key(scope, block, meant(scope.text, operand, block))
}

/// The source that settles most others; on a tie the one of the order's first key, then the first in FROM.
fn starting_source(scope: &Scope<'_>, block: &Block, determined: &[usize]) -> Option<usize> {
    let home = |order: &OrderKey| columns_of(&order.operand).first().and_then(|c| scope.home(c, 0)).map(|(_, s)| s);
    let ordered = block.order_by.first().and_then(home);
    let open = (0..block.sources.len()).filter(|s| !determined.contains(s));
    open.max_by_key(|s| {
        let reach = settled_from(scope, block, determined, *s).len();
        (reach, ordered == Some(*s), std::cmp::Reverse(*s))
    })
}

fn unique_keys(scope: &Scope<'_>, block: &Block, s: usize) -> Result<Vec<Vec<PageKey>>, String> {
    let source = &block.sources[s];
    let table = scope.table(0, s).ok_or_else(|| format!("the table {} is not in the schema", source.alias))?;
    let inherited = table.kind == TableKind::Table && has_children(scope, block, s);
    let all: Vec<Vec<PageKey>> = key_columns(table)
        .into_iter()
        .filter(|_| !inherited)
        .map(|columns| columns.into_iter().map(|name| key_of_column(scope, block, s, &name)).collect())
        .collect();
    if all.is_empty() {
        return Err(format!(
            "{} has no primary key or unique key without NULLs: rows with equal keys could be lost",
            source.alias
        ));
    }
    Ok(all)
}

fn key_of_column(scope: &Scope<'_>, block: &Block, s: usize, name: &str) -> PageKey {
    let quoted = quote_ident(name);
    let alias = quote_ident(&block.sources[s].alias);
    let qualified = block.sources.len() > 1 || renamed(block, name) || qualifies(block);
    let sql = if qualified { format!("{alias}.{quoted}") } else { quoted };
    PageKey {
        sql,
        column: Some(((0, s), name.to_owned())),
        descending: false,
        nulls_first: false,
        nullable: nullable(scope, block, (0, s), name),
        tie_breaker: true,
        output: String::new(),
    }
}

/// Rows of inheriting tables are read along, and no unique index spans them (documentation, "Inheritance", Caveats).
fn has_children(scope: &Scope<'_>, block: &Block, s: usize) -> bool {
    let (Relation::Table(relation), Some(catalog)) = (&block.sources[s].relation, scope.catalog) else { return false };
    let name = table_name(relation, scope.catalog);
    catalog.tables.values().any(|table| table.is_below(&name))
}

/// An output has this name and is something else: in ORDER BY the bare name would mean the output (documentation,
/// "SELECT", ORDER BY), in WHERE the column.
pub fn renamed(block: &Block, name: &str) -> bool {
    block.projection.iter().any(|output| match output {
        Output::Expr { operand, alias: Some(alias) } => {
            alias == name && !matches!(&operand.value, Value::Column(column) if column.name == name)
        }
        _ => false,
    })
}

/// The query writes its columns with their table.
fn qualifies(block: &Block) -> bool {
    block.order_by.iter().flat_map(|order| columns_of(&order.operand)).any(|column| column.qualifier.is_some())
}

/// Column sets that no two rows of a table share, the primary key first. Deferrable constraints may be violated within
/// a transaction, partial indexes speak of some rows only, and nullable columns allow several NULLs: all left out.
fn key_columns(table: &Table) -> Vec<Vec<Text>> {
    let not_null = |name: &Text| table.columns.iter().any(|c| c.name == *name && c.not_null);
    let mut keys: Vec<Vec<Text>> = Vec::new();
    let mut constraints: Vec<_> = table.constraints.iter().filter(|c| !c.deferrable).collect();
    constraints.sort_by_key(|c| c.kind != ConstraintKind::PrimaryKey);
    for constraint in constraints {
        match constraint.kind {
            ConstraintKind::PrimaryKey => keys.push(constraint.columns.clone()),
            ConstraintKind::Unique if constraint.columns.iter().all(not_null) => keys.push(constraint.columns.clone()),
            _ => {}
        }
    }
    if matches!(table.kind, TableKind::View | TableKind::Foreign) {
        return Vec::new();
    }
    for index in &table.indexes {
        let columns: Vec<Text> = index.keys.iter().map(|k| k.text.clone()).collect();
        let plain = index.unique && index.valid && index.predicate.is_none() && !index.constraint;
        if plain && index.keys.iter().all(|k| !k.expression) && columns.iter().all(not_null) {
            keys.push(columns);
        }
    }
    keys
}

/// The join finds at most one row of the source for each combination of rows of the settled ones.
fn at_most_one(scope: &Scope<'_>, block: &Block, s: usize, determined: &[usize]) -> bool {
    let source = &block.sources[s];
    let Some(table) = scope.table(0, s) else { return false };
    let mut fixed: Vec<String> =
        source.using.iter().filter(|_| (0..s).any(|p| determined.contains(&p))).cloned().collect();
    let own = source.on.iter();
    let inner = block.sources.iter().enumerate().filter(|(j, other)| *j != s && *j > s && other.join == Join::Inner);
    let others = inner.flat_map(|(_, other)| &other.on);
    // WHERE on the inner side of a LEFT JOIN comes after the join, and can only take rows away.
    for predicate in own.chain(others).chain(&block.filters) {
        fixed.extend(fixed_column(scope, predicate, (0, s), determined));
    }
    let inherited = table.kind == TableKind::Table && has_children(scope, block, s);
    !inherited && key_columns(table).iter().any(|key| key.iter().all(|column| fixed.iter().any(|one| one == column)))
}

/// The column of `home` that an equality with a constant or a settled source fixes.
fn fixed_column(scope: &Scope<'_>, predicate: &Predicate, home: Home, determined: &[usize]) -> Option<String> {
    let Test::Compare { left, op: CompareOp::Eq, right } = &predicate.test else { return None };
    let column = |operand: &Operand| match &operand.value {
        Value::Column(column) if scope.home(column, 0) == Some(home) => Some(column.name.clone()),
        _ => None,
    };
    let settled = |operand: &Operand| {
        columns_of(operand).iter().all(|c| scope.home(c, 0).is_some_and(|(b, s)| b == 0 && determined.contains(&s)))
            && !matches!(operand.value, Value::Function { .. } | Value::Subquery(_) | Value::Expression { .. })
    };
    match (column(left), column(right)) {
        (Some(name), _) if settled(right) => Some(name),
        (_, Some(name)) if settled(left) => Some(name),
        _ => None,
    }
}

/// The key's value can be NULL in the result.
pub fn nullable(scope: &Scope<'_>, block: &Block, home: Home, name: &str) -> bool {
    if home.0 != 0 {
        return true;
    }
    let declared = scope.column(0, home.1, name).is_some_and(|c| c.not_null)
        || scope.table(0, home.1).is_some_and(|t| {
            t.constraints.iter().any(|c| c.kind == ConstraintKind::PrimaryKey && c.columns.iter().any(|k| k == name))
        });
    let outer = matches!(block.sources[home.1].join, Join::Left | Join::Full | Join::Right);
    if declared && !outer {
        return false;
    }
    !block.filters.iter().any(|predicate| rejects_null(scope, predicate, home, name))
}

/// The conjunct is not true for a NULL in the column.
fn rejects_null(scope: &Scope<'_>, predicate: &Predicate, home: Home, name: &str) -> bool {
    let is = |operand: &Operand| matches!(&operand.value, Value::Column(c) if c.name == name && scope.home(c, 0) == Some(home));
    match &predicate.test {
        Test::IsNull { operand, negated: true } => is(operand),
        Test::Compare { left, op, right } => {
            !matches!(op, CompareOp::NotDistinct | CompareOp::Distinct) && (is(left) || is(right))
        }
        Test::Between { operand, negated: false, .. } | Test::InList { operand, negated: false, .. } => is(operand),
        Test::Like { operand, negated: false, .. } => is(operand),
        _ => false,
    }
}
