//! A plan and one of its table scans in; the statement that reads this table alone under the plan's own conditions, out: what
//! the advisor of indexes is asked with ([`crate::rules::draft::Ask::IndexForScan`]).
//!
//! Values that another node delivers are `$1`; conditions that cannot be said of the table alone are left out.

use crate::catalog::access::{indexes_of, quote_ident, quote_table};
use crate::catalog::model::{Catalog, Table, TableName};
use crate::plan::model::{Key, Kind, Node, NodeId, Plan, Role};
use crate::sql::facts::RelationName;

use super::condition::{Conjunct, Names, conjuncts, grouped, order};

/// `SELECT * FROM orders WHERE status = 'open' AND customer_id = $1 ORDER BY created_at LIMIT 20`; `None` when neither a condition
/// nor an order is left, or the node scans no table.
///
/// The conditions are those of the scan itself and, on the inner side of a nested loop, the join's filter.
pub fn statement(plan: &Plan, scan: NodeId, catalog: Option<&Catalog>) -> Option<String> {
    of(plan, scan, catalog, Joins::NestedLoop)
}

/// As [`statement`], with the condition of every join above (hash and merge joins too): how the table would be read if the few
/// rows of the other side were looked up one by one (`WHERE customer_id = $1`). `None` if no join names a column of the table.
pub fn joined_statement(plan: &Plan, scan: NodeId, catalog: Option<&Catalog>) -> Option<String> {
    of(plan, scan, catalog, Joins::Every)
}

/// As [`statement`], with the scan's filter alone: without what an index answers already, joins and order.
pub fn filter_statement(plan: &Plan, scan: NodeId, catalog: Option<&Catalog>) -> Option<String> {
    let node = plan.nodes.get(scan)?;
    let (name, table) = table(node, catalog)?;
    let relabels = relabels(table);
    let names = Names { own: node.name()?, relabels: &relabels };
    let wanted: Vec<String> = conjuncts(node.text(&Key::Filter)?, names)
        .into_iter()
        .flatten()
        .map(|conjunct| grouped(&conjunct.sql))
        .collect();
    (!wanted.is_empty()).then(|| format!("SELECT * FROM {name} WHERE {}", wanted.join(" AND ")))
}

/// Whether a sort is by columns of the scan's table alone, which an index over them gives.
pub fn is_order_of_columns(plan: &Plan, sort: NodeId, scan: NodeId) -> bool {
    let own = plan.nodes[scan].name().unwrap_or_default();
    let names = Names { own, relabels: &|_| false };
    let keys = plan.nodes[sort].text(&Key::SortKey).and_then(|keys| order(keys, names));
    keys.is_some_and(|keys| {
        keys.split(", ").all(|key| {
            let (name, direction) = key.split_once(' ').unwrap_or((key, ""));
            let plain = !name.contains(['(', ':', '$', '.']);
            plain && !direction.contains("COLLATE") && !direction.contains("USING")
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    NestedLoop,
    Every,
}

fn of(plan: &Plan, scan: NodeId, catalog: Option<&Catalog>, joins: Joins) -> Option<String> {
    let node = plan.nodes.get(scan).filter(|node| node.kind.is_table_scan())?;
    let (name, table) = table(node, catalog)?;
    let relabels = relabels(table);
    let names = Names { own: node.name()?, relabels: &relabels };
    let mut wanted: Vec<String> = Vec::new();
    let mut add = |conjunct: Conjunct| {
        if !wanted.contains(&conjunct.sql) {
            wanted.push(conjunct.sql);
        }
    };
    own_conditions(node).flat_map(|text| conjuncts(text, names)).flatten().for_each(&mut add);
    let mut joined = false;
    for conjunct in join_conditions(plan, scan, joins).flat_map(|text| conjuncts(text, names)).flatten() {
        if conjunct.own {
            joined = true;
            add(conjunct);
        }
    }
    if joins == Joins::Every && !joined {
        return None;
    }
    let order = first_rows(plan, scan)
        .and_then(|(keys, rows)| Some((order(keys, names)?, rows)))
        .or_else(|| order_of_index(plan, scan, table?));
    if wanted.is_empty() && order.is_none() {
        return None;
    }
    let mut sql = format!("SELECT * FROM {name}");
    if !wanted.is_empty() {
        sql.push_str(&format!(" WHERE {}", wanted.iter().map(|w| grouped(w)).collect::<Vec<_>>().join(" AND ")));
    }
    if let Some((keys, rows)) = order {
        sql.push_str(&format!(" ORDER BY {keys} LIMIT {rows}"));
    }
    Some(sql)
}

/// Whether a cast of a column to text is a mere label: that of a varchar. Without a catalog it nearly always is.
fn relabels(table: Option<&Table>) -> impl Fn(&str) -> bool + '_ {
    move |column| {
        let known = table.and_then(|table| table.column(column));
        known.is_none_or(|column| column.type_name.starts_with("character varying"))
    }
}

/// The table as the catalog knows it, or as the plan names it; a partition's parent, because an index belongs there.
fn table<'c>(node: &Node, catalog: Option<&'c Catalog>) -> Option<(String, Option<&'c Table>)> {
    let relation = RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() };
    let mut known = catalog.and_then(|catalog| catalog.table(&relation));
    while let Some(parent) = known.and_then(|(_, table)| table.parent.as_ref()) {
        let Some(above) = catalog.and_then(|catalog| catalog.tables.get_key_value(parent)) else { break };
        known = Some(above);
    }
    Some(match (known, relation) {
        (Some((name, table)), _) => (quote_table(name), Some(table)),
        (None, RelationName { schema: Some(schema), name }) => {
            (quote_table(&TableName { schema: schema.into(), name: name.into() }), None)
        }
        (None, RelationName { schema: None, name }) => (quote_ident(&name), None),
    })
}

/// Recheck Cond stands for the index conditions of a bitmap.
pub(super) fn own_conditions(node: &Node) -> impl Iterator<Item = &str> {
    [Key::IndexCond, Key::RecheckCond, Key::Filter].into_iter().filter_map(|key| node.text(&key))
}

fn join_conditions(plan: &Plan, scan: NodeId, joins: Joins) -> impl Iterator<Item = &str> {
    let mut below = scan;
    let mut found = Vec::new();
    for above in plan.ancestors(scan) {
        let (node, role) = (&plan.nodes[above], plan.nodes[below].role);
        if role.is_side() || role == Role::Subquery {
            break;
        }
        let looked_up = node.kind == Kind::NestedLoop && role == Role::Inner;
        if node.kind.is_join() && (looked_up || joins == Joins::Every) {
            found
                .extend([Key::HashCond, Key::MergeCond, Key::JoinFilter].into_iter().filter_map(|key| node.text(&key)));
        }
        below = above;
    }
    found.into_iter()
}

/// The sort key and the number of rows that are wanted, when the scan feeds a sort below a Limit.
fn first_rows(plan: &Plan, scan: NodeId) -> Option<(&str, u64)> {
    let gathers = |node: &Node| matches!(node.kind, Kind::Gather | Kind::GatherMerge);
    let mut above = plan.ancestors(scan).map(|id| &plan.nodes[id]).skip_while(|node| gathers(node));
    let sort = above.next().filter(|node| matches!(node.kind, Kind::Sort | Kind::IncrementalSort))?;
    let limit = above.find(|node| !gathers(node)).filter(|node| node.kind == Kind::Limit)?;
    Some((sort.text(&Key::SortKey)?, wanted_rows(limit)))
}

/// The order of an index that is read from one end for a Limit, without a condition on it.
fn order_of_index(plan: &Plan, scan: NodeId, table: &Table) -> Option<(String, u64)> {
    let node = plan.nodes.get(scan).filter(|node| node.text(&Key::IndexCond).is_none())?;
    let name = node.index.as_deref()?;
    let passes = |node: &&Node| matches!(node.kind, Kind::Gather | Kind::GatherMerge | Kind::LockRows);
    let limit =
        plan.ancestors(scan).map(|id| &plan.nodes[id]).find(|node| !passes(node)).filter(|n| n.kind == Kind::Limit)?;
    let indexes = indexes_of(table);
    let index = indexes.iter().find(|index| index.name.as_str() == name)?;
    let keys: Vec<String> = index
        .keys
        .iter()
        .map(|key| {
            let sql = if key.expression { key.text.to_string() } else { quote_ident(&key.text) };
            let descending = key.descending != node.backward;
            let nulls_first = key.nulls_first != node.backward;
            match (descending, nulls_first) {
                (false, false) => sql,
                (false, true) => format!("{sql} NULLS FIRST"),
                (true, true) => format!("{sql} DESC"),
                (true, false) => format!("{sql} DESC NULLS LAST"),
            }
        })
        .collect();
    Some((keys.join(", "), wanted_rows(limit)))
}

fn wanted_rows(limit: &Node) -> u64 {
    let rows = limit.actual.filter(|a| a.loops > 0.0).map(|a| a.rows).or(limit.estimate.map(|e| e.rows));
    rows.unwrap_or(1.0).max(1.0) as u64
}

#[cfg(test)]
mod tests;
