//! Whether an index serves an access.

use std::borrow::Cow;

use super::expression::{normal_expression, strip_parens};
use super::model::{Access, Condition, ConditionKind, InvertedKind, Key, SortKey};
use crate::catalog::model::{ConstraintKind, Index, IndexKey, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    None,
    /// This many leading keys bound the scan; conditions or the order are left to a filter or a sort.
    Prefix(usize),
    /// Every condition that an index can bound is bounded, and the order is given where a LIMIT profits from it.
    Full,
}

/// The indexes of a table with those of its keys: a primary key or unique constraint has one even where the catalog
/// lists none.
pub fn indexes_of(table: &Table) -> Vec<Cow<'_, Index>> {
    let mut all: Vec<Cow<'_, Index>> = table.indexes.iter().map(Cow::Borrowed).collect();
    for constraint in &table.constraints {
        let keyed = matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
        if !keyed || table.indexes.iter().any(|i| i.name == constraint.name) {
            continue;
        }
        let keys = constraint.columns.iter().map(|c| IndexKey { text: c.clone(), ..IndexKey::default() }).collect();
        let name = constraint.name.clone();
        let index = Index {
            name,
            method: "btree".into(),
            keys,
            unique: true,
            valid: true,
            constraint: true,
            ..Index::default()
        };
        all.push(Cow::Owned(index));
    }
    all
}

/// The best that any index of the table does for the access.
pub fn best_service(access: &Access, table: &Table) -> Service {
    indexes_of(table).iter().map(|index| serves(access, index)).max().unwrap_or(Service::None)
}

pub fn serves(access: &Access, index: &Index) -> Service {
    if !index.valid || !implied(index, access) {
        return Service::None;
    }
    let access = &without_implied(access, index);
    match index.method.as_str() {
        "" | "btree" => btree(access, index),
        "hash" => {
            let [key] = index.keys.as_slice() else { return Service::None };
            let hit =
                access.equal.iter().chain(&access.joined).any(|c| c.kind != ConditionKind::IsNull && same(key, &c.key));
            match (hit, access.equal.len() <= 1 && access.ranges.is_empty() && !access.wants_order()) {
                (true, true) => Service::Full,
                (true, false) => Service::Prefix(1),
                (false, _) => Service::None,
            }
        }
        "gin" | "gist" => inverted(access, index),
        "brin" => {
            let hit = access.ranges.iter().any(|r| index.keys.iter().any(|k| same(k, &r.key)));
            if hit { Service::Prefix(1) } else { Service::None }
        }
        _ => Service::None,
    }
}

/// The query's conjuncts imply the index's predicate, as far as equal text shows it.
fn implied(index: &Index, access: &Access) -> bool {
    let Some(predicate) = &index.predicate else { return true };
    split_and(strip_parens(predicate)).into_iter().all(|part| {
        let wanted = normal_expression(part);
        if access.conjuncts.contains(&wanted) {
            return true;
        }
        // A strict condition on a column implies that it is not null (`predicate_implied_by` in predtest.c).
        let strict = |c: &Condition| c.kind != ConditionKind::IsNull;
        wanted.strip_suffix("isnotnull").is_some_and(|column| {
            let on = |c: &Condition| strict(c) && c.columns.iter().any(|name| normal_expression(name) == column);
            access.equal.iter().chain(&access.ranges).chain(&access.joined).any(on)
        })
    })
}

/// The access without the conditions that every row of a partial index fulfils anyway.
fn without_implied<'a>(access: &'a Access, index: &Index) -> Cow<'a, Access> {
    let Some(predicate) = &index.predicate else { return Cow::Borrowed(access) };
    let parts: Vec<String> = split_and(strip_parens(predicate)).into_iter().map(normal_expression).collect();
    let implied = |c: &Condition| {
        let constant = access.constants.iter().find(|k| k.span == c.span);
        constant.is_some_and(|k| parts.contains(&normal_expression(&k.sql)))
    };
    let mut rest = access.clone();
    rest.equal.retain(|c| !implied(c));
    rest.ranges.retain(|c| !implied(c));
    Cow::Owned(rest)
}

/// Conjuncts of a predicate's text, split at AND outside parentheses and strings.
fn split_and(sql: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0i32, false);
    let bytes = sql.as_bytes();
    for i in 0..bytes.len() {
        match bytes[i] {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            b' ' if !quoted && depth == 0 && bytes[i..].len() > 4 && bytes[i..i + 5].eq_ignore_ascii_case(b" and ") => {
                parts.push(&sql[start..i]);
                start = i + 5;
            }
            _ => {}
        }
    }
    parts.push(&sql[start.min(sql.len())..]);
    parts
}

/// The index key stands on the same column or expression.
pub fn same(index: &IndexKey, key: &Key) -> bool {
    match key {
        Key::Column(name) => !index.expression && index.text == *name,
        Key::Expression(sql) => index.expression && normal_expression(&index.text) == normal_expression(sql),
    }
}

fn btree(access: &Access, index: &Index) -> Service {
    let single = |c: &&Condition| !matches!(c.kind, ConditionKind::AnyOf(_));
    let mut bound = 0;
    let (mut equal, mut joined) = (Vec::new(), Vec::new());
    for key in &index.keys {
        if let Some(c) = access.equal.iter().find(|c| same(key, &c.key)) {
            // An array on a key in front of the order's keys breaks the order.
            if access.wants_order() && !single(&c) {
                break;
            }
            equal.push(c);
        } else if let Some(c) = access.joined.iter().find(|c| same(key, &c.key)) {
            joined.push(c);
        } else {
            break;
        }
        bound += 1;
    }
    if index.unique && bound == index.keys.len() {
        return Service::Full;
    }
    let rest = &index.keys[bound..];
    let ordered = !access.sort.is_empty() && joined.is_empty() && nearly_ordered(rest, &access.sort);
    let ranged = rest.first().is_some_and(|key| access.ranges.iter().any(|r| range_serves(key, r)));
    let all_equal = if access.wants_order() {
        access.equal.iter().filter(single).all(|c| equal.iter().any(|e| e.key == c.key))
    } else {
        access.equal.iter().all(|c| equal.iter().any(|e| e.key == c.key))
    };
    let partner_done = joined.iter().any(|j| {
        let siblings = access.joined.iter().filter(|c| c.kind == j.kind);
        siblings.into_iter().all(|c| joined.iter().any(|d| d.key == c.key))
    });
    let full = if access.wants_order() {
        all_equal && ordered
    } else if access.equal.is_empty() && access.ranges.is_empty() {
        partner_done || (access.joined.is_empty() && index.predicate.is_some())
    } else {
        all_equal && (access.ranges.is_empty() || ranged)
    };
    match (full, bound + usize::from(ranged)) {
        (true, _) => Service::Full,
        (false, 0) => Service::None,
        (false, n) => Service::Prefix(n),
    }
}

/// A plain key serves comparisons; a prefix search needs a pattern operator class or the C collation.
fn range_serves(key: &IndexKey, range: &Condition) -> bool {
    let pattern = key.opclass.as_deref().is_some_and(|o| o.contains("pattern_ops"));
    let c_collated =
        key.collation.as_deref().is_some_and(|c| matches!(c.trim_matches('"'), "C" | "POSIX" | "ucs_basic"));
    let fits = match range.kind {
        ConditionKind::Prefix => pattern || c_collated,
        _ => !pattern,
    };
    fits && same(key, &range.key)
}

/// These index keys, read forwards or backwards, give the order.
pub fn provides_order(keys: &[IndexKey], sort: &[SortKey]) -> bool {
    if keys.len() < sort.len() || sort.is_empty() {
        return false;
    }
    let reads = |backwards: bool| {
        keys.iter().zip(sort).all(|(key, wanted)| {
            let usable = key.opclass.as_deref().is_none_or(|o| !o.contains("pattern_ops"));
            usable
                && same(key, &wanted.key)
                && (key.descending != backwards) == wanted.descending
                && (wanted.not_null || (key.nulls_first != backwards) == wanted.nulls_first)
        })
    };
    reads(false) || reads(true)
}

/// The whole order, or its first keys down to one whose values hardly repeat.
fn nearly_ordered(keys: &[IndexKey], sort: &[SortKey]) -> bool {
    let fine = sort.iter().position(|key| key.fine);
    provides_order(keys, sort) || fine.is_some_and(|at| provides_order(keys, &sort[..=at]))
}

fn inverted(access: &Access, index: &Index) -> Service {
    let hit = access.inverted.iter().any(|i| {
        index.keys.iter().any(|key| {
            let opclass = key.opclass.as_deref().unwrap_or_default();
            same(key, &i.key)
                && match i.kind {
                    InvertedKind::Trigram => opclass.contains("trgm_ops"),
                    InvertedKind::JsonKeys => index.method == "gin" && !opclass.contains("path_ops"),
                    InvertedKind::JsonPath | InvertedKind::Array => index.method == "gin",
                    InvertedKind::TextSearch => true,
                    InvertedKind::RangeType => index.method == "gist",
                }
        })
    });
    let only = access.equal.is_empty() && access.ranges.is_empty() && access.inverted.len() == 1;
    match (hit, only) {
        (true, true) => Service::Full,
        (true, false) => Service::Prefix(1),
        (false, _) => Service::None,
    }
}
