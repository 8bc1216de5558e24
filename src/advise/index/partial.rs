//! Which constant predicate is worth the WHERE of a partial index.

use crate::catalog::access::{Access, Constant, ConstantKind, Key};
use crate::catalog::model::{ConstraintKind, Table};
use crate::catalog::text::Text;
use crate::sql::facts::Span;
use crate::workload::model::Query;

/// A share of the rows below which leaving the others out of the index is a gain worth its narrower use.
const SELECTIVE: f64 = 0.3;

#[derive(Clone, Debug)]
pub struct Partial {
    pub sql: String,
    /// Predicates whose key the index does not need any more.
    pub replaces: Vec<Span>,
    constants: Vec<Constant>,
}

/// The predicate for an index on `access`, if there is one that every run of the query repeats.
pub fn choose(access: &Access, query: &Query, table: Option<&Table>) -> Option<Partial> {
    let mut chosen: Vec<&Constant> = access.constants.iter().filter(|c| worth(c, access, table)).collect();
    chosen.retain(|c| c.kind == ConstantKind::IsNull || c.kind == ConstantKind::IsNotNull || in_all_samples(c, query));
    let others = |c: &Constant| {
        access.equal.iter().any(|e| e.span != c.span) || access.wants_order() || !access.ranges.is_empty()
    };
    chosen.retain(|c| others(c) || c.selectivity.is_some_and(|s| s < SELECTIVE / 3.0));
    if chosen.is_empty() {
        return None;
    }
    let sql = chosen.iter().map(|c| c.sql.clone()).collect::<Vec<_>>().join(" AND ");
    let replaces = chosen.iter().map(|c| c.span).collect();
    Some(Partial { sql, replaces, constants: chosen.into_iter().cloned().collect() })
}

fn worth(constant: &Constant, access: &Access, table: Option<&Table>) -> bool {
    let selective = constant.selectivity.is_some_and(|s| s <= SELECTIVE);
    match constant.kind {
        ConstantKind::IsNull => true,
        // A flag has two values: as a key it is useless, as a predicate it halves the index at least.
        ConstantKind::Equal if is_flag(constant, table) => {
            constant.selectivity.is_none_or(|s| s <= 0.5) && access.wants_order()
        }
        ConstantKind::Equal | ConstantKind::NotEqual => selective,
        ConstantKind::IsNotNull => constant.selectivity.is_some_and(|s| s <= 0.5),
        ConstantKind::Other => false,
    }
}

fn is_flag(constant: &Constant, table: Option<&Table>) -> bool {
    let [name] = constant.columns.as_slice() else { return false };
    table.is_some_and(|t| t.columns.iter().any(|c| c.name == *name && c.type_name == "boolean"))
}

/// The literal stands in the query's own text and in each of at least two samples, so it is part of the program and no
/// value that a user chose.
pub fn in_all_samples(constant: &Constant, query: &Query) -> bool {
    let squeeze = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let wanted = squeeze(constant.span.of(&query.text));
    let repeated = query.samples.len() >= 2 || query.calls <= 1;
    repeated && query.samples.iter().all(|sample| squeeze(&sample.text).contains(&wanted))
}

impl Partial {
    /// What to index when the predicate is all there is.
    pub fn lone_key(&self, table: Option<&Table>) -> Option<Key> {
        lone_key(&self.constants.iter().collect::<Vec<_>>(), table)
    }
}

/// The primary key, which a reader wants anyway, else the predicate's own column.
pub fn lone_key(constants: &[&Constant], table: Option<&Table>) -> Option<Key> {
    let primary = table?.constraints.iter().find(|c| c.kind == ConstraintKind::PrimaryKey);
    let first = primary
        .and_then(|c| c.columns.first().map(Text::as_str))
        .or_else(|| constants.first()?.columns.first().map(String::as_str))?;
    Some(Key::Column(first.to_string()))
}
