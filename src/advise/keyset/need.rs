//! The index that pages by key need.

use crate::catalog::access::{
    Access, ConditionKind, Key, Service, SortKey, accesses, best_service, indexes_of, provides_order, serves,
    table_name,
};
use crate::catalog::model::Index;
use crate::rules::context::WorkloadCx;
use crate::sql::facts::{Bound, Facts, Relation};
use crate::workload::model::QueryIndex;

use super::{Pages, pages};
use crate::advise::index::candidate::{Candidate, CandidateKey, MAX_KEYS, Method};
use crate::advise::index::{NewIndex, ddl, name::Names, table_of};

pub enum Need {
    /// An index gives the order already.
    Exists(String),
    /// One that is recommended anyway.
    Planned(String),
    Create {
        sql: String,
        /// An index that gives the order, though not for the rows of the WHERE alone.
        filtered: Option<String>,
    },
    /// Keys of several tables, or too many: no index can.
    Impossible,
}

pub fn index_need(pages: &Pages, text: &str, facts: &Facts, planned: &[NewIndex], cx: &WorkloadCx<'_>) -> Need {
    let Some(access) = page_access(pages, text, facts, cx) else { return Need::Impossible };
    let table = table_of(&access.table, cx);
    if let Some(table) = table
        && best_service(&access, table) == Service::Full
    {
        let all = indexes_of(table);
        let index = all.iter().find(|i| serves(&access, i) == Service::Full);
        return Need::Exists(index.map(|i| i.name.clone()).unwrap_or_default().to_string());
    }
    let of_table = planned.iter().filter(|p| p.candidate.table == access.table);
    if let Some(new) = of_table.into_iter().find(|p| serves(&access, &p.candidate.as_index("")) == Service::Full) {
        return Need::Planned(new.name.clone());
    }
    let mut keys: Vec<CandidateKey> = access
        .equal
        .iter()
        .filter(|c| !matches!(c.kind, ConditionKind::AnyOf(_)))
        .map(|c| CandidateKey::plain(c.key.clone()))
        .collect();
    let equal = keys.len();
    keys.extend(access.sort.iter().map(CandidateKey::sorted));
    if keys.len() > MAX_KEYS {
        return Need::Impossible;
    }
    let mut candidate = Candidate::new(access.table.clone(), Method::Btree, keys);
    candidate.equal = equal;
    let mut names = Names::of(cx.catalog);
    planned.iter().for_each(|p| names.take(&p.candidate.table.schema, &p.name));
    let name = names.choose(&candidate);
    let ordered = |i: &&Index| i.predicate.is_none() && provides_order(&i.keys, &access.sort);
    let existing = table.map(indexes_of).unwrap_or_default();
    let filtered = existing.iter().map(AsRef::as_ref).find(ordered).map(|i| i.name.to_string());
    Need::Create { sql: ddl::write(&candidate, &name, cx.catalog, &mut names).create, filtered }
}

/// The access of the table whose columns are the keys, asking for the pages' order.
fn page_access(pages: &Pages, text: &str, facts: &Facts, cx: &WorkloadCx<'_>) -> Option<Access> {
    let mut homes = pages.keys.iter().map(|k| k.column.as_ref().map(|(home, _)| *home));
    let home = homes.next()??;
    if homes.any(|h| h != Some(home)) || !facts.blocks.first()?.group_by.is_empty() {
        return None;
    }
    let found = accesses(text, facts, cx.catalog).into_iter().find(|a| (a.block, a.source) == home && !a.or_branch);
    let mut access = match found {
        Some(access) => access,
        None => {
            let Relation::Table(relation) = &facts.blocks[0].sources.get(home.1)?.relation else {
                return None;
            };
            Access::of_table(table_name(relation, cx.catalog))
        }
    };
    access.offset = None;
    access.limit = facts.limit.or(Some(Bound::Unknown));
    access.ranges.clear();
    let fixed = |key: &Key| access.equal.iter().any(|c| c.key == *key && !matches!(c.kind, ConditionKind::AnyOf(_)));
    let sort = pages.keys.iter().filter_map(|k| {
        let key = Key::Column(k.column.as_ref()?.1.clone());
        let (descending, nulls_first, not_null) = (k.descending, k.nulls_first, !k.nullable);
        (!fixed(&key)).then_some(SortKey { key, descending, nulls_first, not_null, fine: false })
    });
    access.sort = sort.collect();
    Some(access)
}

/// The order that the pages of a query need of its table, for the planning of indexes.
pub fn page_need(query: QueryIndex, cx: &WorkloadCx<'_>) -> Option<Access> {
    let known = cx.workload.queries.get(query)?;
    let facts = cx.facts.get(query)?.as_ref()?;
    let pages = pages(&known.text, facts, cx.catalog).ok()?;
    page_access(&pages, &known.text, facts, cx)
}
