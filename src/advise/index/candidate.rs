//! One access that no index serves to the index that would: equality columns, then the order or one range.

use std::collections::BTreeSet;

use crate::catalog::access::{
    Access, Condition, ConditionKind, Inverted, InvertedKind, Key, Service, SortKey, best_service, indexes_of,
    provides_order, serves,
};
use crate::catalog::model::{Index, IndexKey, Table, TableName};
use crate::rules::plan::scan::doubt::{Doubt, Partitions};
use crate::sql::facts::Bound;
use crate::workload::model::{Query, QueryIndex};

use super::{include, partial, pattern};

/// More key columns than this make an index that few queries need and every write pays for.
pub const MAX_KEYS: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    Btree,
    Gin,
    Gist,
    Brin,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Btree => "btree",
            Method::Gin => "gin",
            Method::Gist => "gist",
            Method::Brin => "brin",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CandidateKey {
    pub key: Key,
    pub descending: bool,
    pub nulls_first: bool,
    pub opclass: Option<&'static str>,
}

impl CandidateKey {
    pub fn plain(key: Key) -> Self {
        CandidateKey { key, descending: false, nulls_first: false, opclass: None }
    }

    pub fn sorted(sort: &SortKey) -> Self {
        // Where NULLs do not occur, the option is left at its default: nobody writes it.
        let nulls_first = if sort.not_null { sort.descending } else { sort.nulls_first };
        CandidateKey { key: sort.key.clone(), descending: sort.descending, nulls_first, opclass: None }
    }
}

/// An access that the candidate is for.
#[derive(Clone, Debug)]
pub struct Served {
    /// `None` for a foreign key's own need.
    pub query: Option<QueryIndex>,
    pub access: Access,
    /// The access is that of a plan's scan.
    pub scan: Option<Scan>,
}

/// A scan of a plan, known by the statement that reads its table alone.
#[derive(Clone, Debug)]
pub struct Scan {
    pub statement: String,
    /// Of the query's time, 0 to 1.
    pub share: f64,
    /// Rows that it kept and rows that it read, over all loops; `None` when the plan was not executed.
    pub rows: Option<(f64, f64)>,
    pub doubt: Doubt,
}

#[derive(Clone, Debug)]
pub struct Candidate {
    pub table: TableName,
    pub method: Method,
    pub keys: Vec<CandidateKey>,
    /// The first so many keys are compared for equality: their order among themselves is free.
    pub equal: usize,
    pub include: BTreeSet<String>,
    pub predicate: Option<String>,
    pub served: Vec<Served>,
}

impl Candidate {
    pub fn new(table: TableName, method: Method, keys: Vec<CandidateKey>) -> Self {
        let (include, served) = (BTreeSet::new(), Vec::new());
        Candidate { table, method, keys, equal: 0, include, predicate: None, served }
    }

    /// The scans that it is for read a partition whose parent no catalog tells.
    pub fn partitions(&self) -> Option<&Partitions> {
        self.served.iter().find_map(|served| served.scan.as_ref()?.doubt.partitions.as_ref())
    }

    /// The index as the catalog would have it once it is created.
    pub fn as_index(&self, name: &str) -> Index {
        let keys = self.keys.iter().map(|k| {
            let (text, expression) = match &k.key {
                Key::Column(name) => (name.clone(), false),
                Key::Expression(sql) => (sql.clone(), true),
            };
            let (descending, nulls_first) = (k.descending, k.nulls_first);
            let opclass = k.opclass.map(str::to_owned);
            IndexKey {
                text: text.into(),
                expression,
                descending,
                nulls_first,
                opclass: opclass.map(Into::into),
                collation: None,
            }
        });
        Index {
            name: name.into(),
            method: self.method.name().into(),
            keys: keys.collect(),
            include: self.include.iter().map(Into::into).collect(),
            predicate: self.predicate.clone().map(Into::into),
            valid: true,
            ..Index::default()
        }
    }
}

/// Candidates for one access, which no index of the table serves in full.
pub fn candidates(access: &Access, query: (QueryIndex, &Query), table: Option<&Table>) -> Vec<Candidate> {
    if table.is_some_and(|table| best_service(access, table) == Service::Full) || quick(query.1) {
        return Vec::new();
    }
    let mut access = access.clone();
    // A flag splits the table in two: as a key it is dead weight unless the statistics know better.
    access.equal.retain(|c| !is_boolean(c, table) || c.selectivity.is_some_and(|s| s < 0.1));
    if order_is_enough(&access, query.1, table) {
        return Vec::new();
    }
    if !pattern::settle(&mut access, query.1) {
        return Vec::new();
    }
    access.ranges.retain(|c| c.kind != ConditionKind::Prefix || pattern::has_prefix_search(&c.key, table));
    let mut found = Vec::new();
    if !access.inverted.is_empty() && access.equal.is_empty() && access.ranges.is_empty() {
        found.extend(access.inverted.iter().map(|i| inverted(i, &access)));
    } else if let Some(brin) = brin(&access, table) {
        found.push(brin);
    } else {
        found.extend(btree(&access, query.1, table));
    }
    for candidate in &mut found {
        candidate.served.push(Served { query: Some(query.0), access: access.clone(), scan: None });
    }
    found.retain(|candidate| !exists(candidate, table) && helps(candidate, &access));
    found
}

fn is_boolean(condition: &Condition, table: Option<&Table>) -> bool {
    let Key::Column(name) = &condition.key else { return false };
    let column = table.and_then(|t| t.columns.iter().find(|c| c.name == *name));
    column.is_some_and(|c| c.type_name == "boolean")
}

fn btree(access: &Access, query: &Query, table: Option<&Table>) -> Option<Candidate> {
    let partial = partial::choose(access, query, table);
    let gone = |c: &&Condition| !partial.as_ref().is_some_and(|p| p.replaces.contains(&c.span));
    let equal: Vec<&Condition> = access.equal.iter().filter(gone).collect();
    let single = |c: &&&Condition| !matches!(c.kind, ConditionKind::AnyOf(_));
    let ordered = access.wants_order() && early_stop(access);
    let mut keys = Vec::new();
    let mut add = |key: CandidateKey| {
        let known = keys.iter().any(|k: &CandidateKey| k.key == key.key);
        if !known && keys.len() < MAX_KEYS {
            keys.push(key);
        }
        keys.len()
    };
    let mut fixed = 0;
    for c in by_selectivity(equal.iter().filter(|c| !ordered || single(c)).copied()) {
        fixed = add(CandidateKey::plain(c.key.clone()));
    }
    if fixed == 0 {
        for c in foremost_partner(access) {
            fixed = add(CandidateKey::plain(c.key.clone()));
        }
    }
    if ordered {
        access.sort.iter().for_each(|sort| {
            add(CandidateKey::sorted(sort));
        });
        // Checked inside the index before the row is fetched.
        equal.iter().filter(|c| !single(c)).for_each(|c| {
            add(CandidateKey::plain(c.key.clone()));
        });
    } else if let Some(range) = best_range(access, fixed > 0) {
        let opclass = (range.kind == ConditionKind::Prefix).then(|| pattern::opclass(&range.key, table));
        add(CandidateKey { opclass, ..CandidateKey::plain(range.key.clone()) });
    }
    if keys.is_empty() {
        keys.extend(partial.as_ref()?.lone_key(table).map(CandidateKey::plain));
    }
    if keys.is_empty() {
        return None;
    }
    let mut candidate = Candidate::new(access.table.clone(), Method::Btree, keys);
    candidate.equal = fixed;
    candidate.predicate = partial.map(|p| p.sql);
    candidate.include = include::choose(&candidate, access, query, table);
    Some(candidate)
}

/// A LIMIT saves reading only while the rows skipped before the page are few.
fn early_stop(access: &Access) -> bool {
    !access.equal.is_empty() || matches!(access.offset, None | Some(Bound::Number(0..1000)))
}

/// Most selective first where statistics tell; else as written, single values before lists.
fn by_selectivity<'a>(conditions: impl Iterator<Item = &'a Condition>) -> Vec<&'a Condition> {
    let mut sorted: Vec<&Condition> = conditions.collect();
    sorted.sort_by(|a, b| {
        let lists = |c: &Condition| matches!(c.kind, ConditionKind::AnyOf(_));
        let share = |c: &Condition| c.selectivity.unwrap_or(1.0);
        lists(a).cmp(&lists(b)).then(share(a).total_cmp(&share(b)))
    });
    sorted
}

/// Join columns with one partner: the one with the most of them, the first on a tie.
fn foremost_partner(access: &Access) -> Vec<&Condition> {
    let with = |kind: ConditionKind| access.joined.iter().filter(move |c| c.kind == kind).collect::<Vec<_>>();
    let mut best: Vec<&Condition> = Vec::new();
    for condition in &access.joined {
        let group = with(condition.kind);
        if group.len() > best.len() {
            best = group;
        }
    }
    best
}

/// A range alone is worth an index when it is closed or looks for recent rows; `< x` alone is the clean-up of most of
/// a table.
fn best_range(access: &Access, follows_equality: bool) -> Option<&Condition> {
    let worth = |c: &&Condition| match c.kind {
        ConditionKind::Range { lower, .. } => follows_equality || lower,
        _ => true,
    };
    let share = |c: &Condition| {
        c.selectivity.unwrap_or(match c.kind {
            ConditionKind::Range { lower: true, upper: true } | ConditionKind::Prefix => 0.05,
            _ => 0.33,
        })
    };
    access.ranges.iter().filter(worth).min_by(|a, b| share(a).total_cmp(&share(b)))
}

pub fn inverted(inverted: &Inverted, access: &Access) -> Candidate {
    let (method, opclass) = match inverted.kind {
        InvertedKind::JsonPath => (Method::Gin, Some("jsonb_path_ops")),
        InvertedKind::JsonKeys | InvertedKind::Array | InvertedKind::TextSearch => (Method::Gin, None),
        InvertedKind::Trigram => (Method::Gin, Some("gin_trgm_ops")),
        InvertedKind::RangeType => (Method::Gist, None),
    };
    let key = CandidateKey { opclass, ..CandidateKey::plain(inverted.key.clone()) };
    Candidate::new(access.table.clone(), method, vec![key])
}

/// Measured, and so quick that there is nothing for an index to save.
pub fn quick(query: &Query) -> bool {
    const QUICK_US: f64 = 500.0;
    query.timed_calls > 0 && query.mean_us() < QUICK_US
}

/// An index that exists gives the order, and either the LIMIT was measured to stop soon or the rows that OFFSET skips
/// are the trouble, which pages by key cure and another index does not.
fn order_is_enough(access: &Access, query: &Query, table: Option<&Table>) -> bool {
    const SOON_US: f64 = 2_000.0;
    const SOON_BEFORE_SEARCH_US: f64 = 20_000.0;
    let gives = |i: &Index| i.predicate.is_none() && provides_order(&i.keys, &access.sort);
    let given = access.wants_order() && table.is_some_and(|t| indexes_of(t).iter().any(|i| gives(i)));
    let soon = if access.inverted.is_empty() { SOON_US } else { SOON_BEFORE_SEARCH_US };
    given && (access.offset.is_some() || (query.timed_calls > 0 && query.mean_us() < soon))
}

/// Rows that were appended in the column's order, on a table where a btree would be large.
fn brin(access: &Access, table: Option<&Table>) -> Option<Candidate> {
    const BIG_ROWS: f64 = 1_000_000.0;
    const IN_ORDER: f64 = 0.95;
    let [range] = access.ranges.as_slice() else { return None };
    let Key::Column(name) = &range.key else { return None };
    let table = table?;
    let stats = table.columns.iter().find(|c| c.name == *name)?.stats.as_ref()?;
    let fits = access.equal.is_empty()
        && !access.wants_order()
        && matches!(range.kind, ConditionKind::Range { .. })
        && table.rows? >= BIG_ROWS
        && stats.correlation?.abs() >= IN_ORDER;
    let key = CandidateKey::plain(range.key.clone());
    fits.then(|| Candidate::new(access.table.clone(), Method::Brin, vec![key]))
}

/// The candidate's keys are the first keys of an index that exists: the server would gain nothing.
pub fn exists(candidate: &Candidate, table: Option<&Table>) -> bool {
    let Some(table) = table else { return false };
    let wanted = candidate.as_index("");
    indexes_of(table).iter().any(|index| {
        let same_method = index.method == wanted.method || (index.method.is_empty() && wanted.method == "btree");
        let pairs = || index.keys.iter().zip(&wanted.keys);
        let same_keys = index.keys.len() >= wanted.keys.len()
            && pairs().enumerate().all(|(i, (have, want))| {
                let directed =
                    i < candidate.equal || (have.descending, have.nulls_first) == (want.descending, want.nulls_first);
                have.text == want.text
                    && have.expression == want.expression
                    && directed
                    && (want.opclass.is_none() || have.opclass == want.opclass)
            });
        let covers =
            wanted.include.iter().all(|c| index.include.contains(c) || index.keys.iter().any(|k| k.text == *c));
        // Where a predicate does the selecting, an index on all rows is not the same.
        let whole = index.predicate == wanted.predicate || (index.predicate.is_none() && candidate.equal > 0);
        index.valid && same_method && same_keys && covers && whole
    })
}

/// The candidate serves what it was built for, as a rule that looks at the new catalog will judge it.
fn helps(candidate: &Candidate, access: &Access) -> bool {
    candidate.method == Method::Brin || serves(access, &candidate.as_index("")) != Service::None
}
