//! One access of a query in; the indexes that could serve it, out, from narrow to wide.
//!
//! Unlike the estimate's one candidate per access, these are many: the planner judges them, and the search chooses.

use std::collections::BTreeSet;

use crate::advise::index::candidate::{self, Candidate, CandidateKey, MAX_KEYS, Method, quick};
use crate::advise::index::{include, partial, pattern};
use crate::catalog::access::{
    Access, Condition, ConditionKind, Constant, ConstantKind, Inverted, Key, distinct_values,
};
use crate::catalog::model::Table;
use crate::sql::facts::Span;
use crate::workload::model::Query;

use super::reach::Reach;

/// How much an index of this kind takes, from little to much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// One key.
    Single,
    /// Several keys.
    Several,
    /// With every column that the access reads.
    Covering,
}

/// A condition that more rows than this fulfil is not worth an index of its own.
const LARGEST_PART: f64 = 0.6;

/// Keys that are tried alone, however few candidates there may be.
const LEAST_SINGLES: usize = 8;

/// Bytes of a row that a covering index may carry.
const WIDEST: u32 = 80;

/// The candidates for one access, each once.
pub fn candidates(reach: &Reach, query: &Query, table: &Table, most: usize) -> Vec<(Tier, Candidate)> {
    let access = &reach.access;
    let parts = Parts::of(access, table);
    let mut leads: Vec<Vec<CandidateKey>> = Vec::new();
    let mut add = |keys: Vec<CandidateKey>| {
        let keys = distinct(keys);
        if !keys.is_empty() && !leads.contains(&keys) {
            leads.push(keys);
        }
    };
    parts.singles().into_iter().for_each(&mut add);
    parts.several().into_iter().for_each(&mut add);
    parts.pairs(&reach.mentioned).into_iter().for_each(&mut add);
    let mut found = Vec::new();
    let mut counts = [0usize; 3];
    for keys in leads {
        let tier = if keys.len() == 1 { Tier::Single } else { Tier::Several };
        let mut candidate = Candidate::new(access.table.clone(), Method::Btree, keys);
        candidate.equal = candidate.keys.iter().take_while(|k| parts.is_equal(&k.key)).count();
        if let Some(include) = covering(&candidate, access, table)
            && counts[2] < most
        {
            counts[2] += 1;
            found.push((Tier::Covering, Candidate { include, ..candidate.clone() }));
        }
        // Planning is hardly longer for an index of one key, and each may be what makes a join worth it.
        if counts[tier as usize] < if tier == Tier::Single { most.max(LEAST_SINGLES) } else { most } {
            counts[tier as usize] += 1;
            found.push((tier, candidate));
        }
    }
    if most > 0 {
        found.extend(partials(reach, query, table, most / 2));
        found.extend(brin(access, table).map(|candidate| (Tier::Several, candidate)));
    }
    found
}

/// Indexes that only hold the rows with a condition that every run of the query repeats: each condition, and all of them.
fn partials(reach: &Reach, query: &Query, table: &Table, most: usize) -> Vec<(Tier, Candidate)> {
    let access = &reach.access;
    let fixed: Vec<&Constant> = access.constants.iter().filter(|c| is_fixed(c, query, table)).collect();
    let mut groups: Vec<Vec<&Constant>> = fixed.iter().map(|one| vec![*one]).collect();
    if fixed.len() > 1 {
        groups.push(fixed);
    }
    let mut found: Vec<(Tier, Candidate)> = Vec::new();
    for group in groups {
        let replaced = |span: &Span| group.iter().any(|c| c.span == *span);
        let mut rest = access.clone();
        rest.equal.retain(|c| !replaced(&c.span));
        rest.ranges.retain(|c| !replaced(&c.span));
        rest.constants.retain(|c| !replaced(&c.span));
        let parts = Parts::of(&rest, table);
        let mut leads: Vec<Vec<CandidateKey>> = parts.singles();
        leads.extend(parts.several());
        if leads.iter().all(Vec::is_empty) {
            leads.extend(partial::lone_key(&group, Some(table)).map(|key| vec![CandidateKey::plain(key)]));
        }
        let sql = group.iter().map(|c| c.sql.clone()).collect::<Vec<_>>().join(" AND ");
        let before = found.len();
        for keys in leads {
            let mut candidate = Candidate::new(access.table.clone(), Method::Btree, distinct(keys));
            candidate.equal = candidate.keys.iter().take_while(|k| parts.is_equal(&k.key)).count();
            candidate.predicate = Some(sql.clone());
            if candidate.keys.is_empty()
                || found.iter().any(|(_, f)| f.keys == candidate.keys && f.predicate == candidate.predicate)
            {
                continue;
            }
            if let Some(include) = covering(&candidate, access, table) {
                found.push((Tier::Covering, Candidate { include, ..candidate.clone() }));
            }
            found.push((Tier::Several, candidate));
            if found.len() - before >= most {
                break;
            }
        }
    }
    found
}

/// The condition is a part of the program, as far as can be told: it stands in every sample, or its column has so few values that each has
/// a meaning (`status = 'pending'`). A number of a tenant or a user is neither.
fn is_fixed(constant: &Constant, query: &Query, table: &Table) -> bool {
    const FEW_VALUES: f64 = 25.0;
    let selective = constant.selectivity.is_none_or(|share| share <= LARGEST_PART);
    let value = matches!(constant.kind, ConstantKind::Equal | ConstantKind::Other) && constant.columns.len() == 1;
    let few = || distinct_values(table, &constant.columns[0]).is_some_and(|values| values <= FEW_VALUES);
    selective && partial::in_all_samples(constant, query) && (!value || query.samples.len() > 1 || few())
}

/// A range over rows that lie in its order: block ranges take next to no room.
fn brin(access: &Access, table: &Table) -> Option<Candidate> {
    const BIG_ROWS: f64 = 100_000.0;
    const IN_ORDER: f64 = 0.95;
    let in_order = |c: &&Condition| {
        let Key::Column(name) = &c.key else { return false };
        let stats = table.column(name).and_then(|column| column.stats.as_ref());
        stats.and_then(|stats| stats.correlation).is_some_and(|correlation| correlation.abs() >= IN_ORDER)
    };
    let ranges = || access.ranges.iter().filter(|c| matches!(c.kind, ConditionKind::Range { .. }));
    let range = ranges().find(in_order).filter(|_| table.rows.is_some_and(|rows| rows >= BIG_ROWS))?;
    Some(Candidate::new(access.table.clone(), Method::Brin, vec![CandidateKey::plain(range.key.clone())]))
}

/// Indexes of the kinds that look inside a value: the planner's what-if does not know them. A pattern that nobody knows may be any; where
/// the samples show patterns, they were settled before.
pub fn inverted(access: &Access, query: &Query) -> Vec<Candidate> {
    let shown = query.samples.iter().any(|sample| !sample.parameters.is_empty());
    let known = |one: &&Inverted| !one.unknown_pattern || (!shown && !quick(query));
    access.inverted.iter().filter(known).map(|one| candidate::inverted(one, access)).collect()
}

/// What remains to be carried for an index-only scan; `None` when nothing remains, or too much.
fn covering(candidate: &Candidate, access: &Access, table: &Table) -> Option<BTreeSet<String>> {
    let needed = access.columns.as_ref()?;
    if candidate.keys.iter().any(|k| matches!(k.key, Key::Expression(_)) || k.opclass.is_some()) {
        return None;
    }
    let keyed = |name: &&String| !candidate.keys.iter().any(|k| k.key == Key::Column((*name).clone()));
    let extra: BTreeSet<String> = needed.iter().filter(keyed).cloned().collect();
    let width: Option<u32> = extra.iter().map(|name| include::width(table.column(name)?)).sum();
    (!extra.is_empty() && width? <= WIDEST).then_some(extra)
}

fn distinct(keys: Vec<CandidateKey>) -> Vec<CandidateKey> {
    let mut kept: Vec<CandidateKey> = Vec::new();
    for key in keys {
        if !kept.iter().any(|k| k.key == key.key) {
            kept.push(key);
        }
    }
    kept.truncate(MAX_KEYS);
    kept
}

/// The keys that an access gives, by what they are good for.
struct Parts {
    equal: Vec<CandidateKey>,
    /// Join keys by partner.
    partners: Vec<Vec<CandidateKey>>,
    ranges: Vec<CandidateKey>,
    sort: Vec<CandidateKey>,
    group: Vec<CandidateKey>,
}

impl Parts {
    fn of(access: &Access, table: &Table) -> Self {
        let plain = |c: &Condition| CandidateKey::plain(c.key.clone());
        let mut equal: Vec<&Condition> = access.equal.iter().collect();
        let share = |c: &Condition| c.selectivity.unwrap_or(1.0);
        let listed = |c: &Condition| matches!(c.kind, ConditionKind::AnyOf(_));
        equal.sort_by(|a, b| listed(a).cmp(&listed(b)).then(share(a).total_cmp(&share(b))));
        let mut partners: Vec<(ConditionKind, Vec<CandidateKey>)> = Vec::new();
        for condition in &access.joined {
            match partners.iter_mut().find(|(kind, _)| *kind == condition.kind) {
                Some((_, keys)) => keys.push(plain(condition)),
                None => partners.push((condition.kind, vec![plain(condition)])),
            }
        }
        let mut ranges: Vec<&Condition> = access.ranges.iter().collect();
        ranges.retain(|c| c.kind != ConditionKind::Prefix || pattern::has_prefix_search(&c.key, Some(table)));
        ranges.sort_by(|a, b| share(a).total_cmp(&share(b)));
        let ranged = |c: &&Condition| {
            let opclass = (c.kind == ConditionKind::Prefix).then(|| pattern::opclass(&c.key, Some(table)));
            CandidateKey { opclass, ..plain(c) }
        };
        Parts {
            equal: equal.into_iter().map(plain).collect(),
            partners: partners.into_iter().map(|(_, keys)| keys).collect(),
            ranges: ranges.iter().map(ranged).collect(),
            sort: access.sort.iter().map(CandidateKey::sorted).collect(),
            group: access.group.iter().cloned().map(CandidateKey::plain).collect(),
        }
    }

    fn is_equal(&self, key: &Key) -> bool {
        self.equal.iter().any(|k| k.key == *key)
    }

    fn singles(&self) -> Vec<Vec<CandidateKey>> {
        let first = self.sort.first().into_iter().chain(self.group.first());
        // The first of each kind stand before the second of any.
        let kinds: [Vec<&CandidateKey>; 4] = [
            self.partners.iter().flatten().collect(),
            self.equal.iter().collect(),
            self.ranges.iter().collect(),
            first.collect(),
        ];
        let longest = kinds.iter().map(Vec::len).max().unwrap_or(0);
        let all = (0..longest).flat_map(|n| kinds.iter().filter_map(move |kind| kind.get(n)));
        all.map(|key| vec![(*key).clone()]).collect()
    }

    /// Every column that is mentioned alone, and in front of every other one.
    fn pairs(&self, mentioned: &BTreeSet<String>) -> Vec<Vec<CandidateKey>> {
        let keys: Vec<CandidateKey> =
            mentioned.iter().map(|name| CandidateKey::plain(Key::Column(name.clone()))).collect();
        let alone = keys.iter().map(|key| vec![key.clone()]);
        let pairs = keys.iter().flat_map(|a| keys.iter().map(move |b| vec![a.clone(), b.clone()]));
        alone.chain(pairs).collect()
    }

    /// From what serves most conditions to what serves few.
    fn several(&self) -> Vec<Vec<CandidateKey>> {
        let Parts { equal, partners, ranges, sort, group } = self;
        let mut all: Vec<Vec<CandidateKey>> = Vec::new();
        let mut joined = |parts: &[&[CandidateKey]]| all.push(parts.concat());
        joined(&[equal, sort]);
        joined(&[equal, ranges]);
        for keys in partners {
            joined(&[equal, keys]);
            joined(&[keys, equal]);
            joined(&[keys, equal, ranges]);
        }
        joined(&[equal, group]);
        for range in ranges {
            let range = std::slice::from_ref(range);
            joined(&[equal, range]);
            joined(&[equal, range, ranges]);
            joined(&[range, equal]);
            joined(&[range, equal, ranges]);
            for keys in partners {
                joined(&[equal, keys, range]);
                joined(&[keys, equal, range]);
                joined(&[keys, range]);
                joined(&[range, keys]);
            }
            for one in equal {
                joined(&[std::slice::from_ref(one), range]);
            }
        }
        for keys in partners {
            joined(&[keys]);
            for others in partners {
                joined(&[keys, others]);
            }
            joined(&[keys, group]);
        }
        for one in equal {
            for other in equal {
                joined(&[std::slice::from_ref(one), std::slice::from_ref(other)]);
            }
            joined(&[std::slice::from_ref(one), equal]);
            for keys in partners {
                joined(&[std::slice::from_ref(one), keys]);
                joined(&[keys, std::slice::from_ref(one)]);
            }
        }
        joined(&[sort, equal]);
        joined(&[sort, ranges]);
        joined(&[sort]);
        joined(&[group]);
        joined(&[group, equal, ranges]);
        all
    }
}
