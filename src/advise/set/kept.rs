//! The set that a server's planner found best in; plain data for a snapshot file out, and back, with the queries known by fingerprint.

use std::collections::{BTreeMap, BTreeSet};

use crate::advise::constants::{Put, Seen};
use crate::advise::index::candidate::{Candidate, CandidateKey, Method, Served};
use crate::advise::index::size::Size;
use crate::advise::samples::spread::Told;
use crate::advise::whatif::Values;
use crate::catalog::access::Key;
use crate::catalog::model::TableName;
use crate::catalog::snapshot::planned::{
    PlannedConstant, PlannedIndex, PlannedKey, PlannedQuery, PlannedReason, PlannedRisk, PlannedSample, PlannedService,
    PlannedSet, PlannedSize,
};
use crate::rules::context::WorkloadCx;
use crate::workload::model::QueryIndex;

use super::reach::{Reach, reaches};
use super::{Chosen, Judged, Limits, Outcome, Risk, Service, SizeModel, TIME_WAS_OVER, of_workload, pool};

/// Classes that a candidate may ask for.
const OPCLASSES: [&str; 5] =
    ["text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops", "jsonb_path_ops", "gin_trgm_ops"];
const MODELS: [SizeModel; 2] = [SizeModel::Own, SizeModel::Hypopg];
const METHODS: [Method; 4] = [Method::Btree, Method::Gin, Method::Gist, Method::Brin];
const VALUES: [(Values, &str); 5] = [
    (Values::Logged, "logged"),
    (Values::Common, "common"),
    (Values::Rare, "rare"),
    (Values::Absent, "absent"),
    (Values::Generic, "generic"),
];
/// A file in JSON has no infinite numbers.
const MOST: f64 = 1e12;

/// How long the search took, and what it left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    pub seconds: f64,
    pub left_out: usize,
}

/// What the server says of a refused statement may hold values of its rows: it is not kept.
pub fn keep(outcome: &Outcome, search: Search, limits: &Limits, cx: &WorkloadCx<'_>) -> PlannedSet {
    let named = |query: QueryIndex| cx.workload.queries[query].fingerprint.to_string();
    let reason =
        |query: QueryIndex, reason: &str| PlannedReason { fingerprint: named(query), reason: reason.to_owned() };
    let refused = outcome.refused.iter().map(|(query, why)| {
        reason(*query, if why == TIME_WAS_OVER { why } else { "it could not be planned when the snapshot was taken" })
    });
    PlannedSet {
        budget: limits.budget,
        max_indexes: limits.most_indexes,
        size_model: limits.sizes.name().to_owned(),
        seconds: search.seconds,
        candidates: outcome.candidates,
        planner_calls: outcome.calls,
        cut_short: outcome.cut_short,
        left_out: search.left_out,
        base_ms: finite(outcome.base_ms),
        bound_ms: finite(outcome.bound_ms),
        cost_ms: finite(outcome.cost_ms),
        indexes: outcome.chosen.iter().map(|chosen| kept(chosen, &named)).collect(),
        queries: outcome
            .queries
            .iter()
            .map(|judged| PlannedQuery {
                fingerprint: named(judged.query),
                base: finite(judged.base),
                bound: finite(judged.bound),
                cost: finite(judged.cost),
                calls: finite(judged.calls),
            })
            .collect(),
        refused: refused.collect(),
        unserved: outcome.unserved.iter().map(|(query, why)| reason(*query, why)).collect(),
    }
}

fn kept(chosen: &Chosen, named: &dyn Fn(QueryIndex) -> String) -> PlannedIndex {
    let candidate = &chosen.candidate;
    let key = |key: &CandidateKey| {
        let (text, expression) = match &key.key {
            Key::Column(name) => (name.clone(), false),
            Key::Expression(sql) => (sql.clone(), true),
        };
        let opclass = key.opclass.map(str::to_owned);
        PlannedKey { text, expression, descending: key.descending, nulls_first: key.nulls_first, opclass }
    };
    let sample = |told: &Told| PlannedSample {
        share: told.share,
        values: VALUES.iter().find(|(values, _)| *values == told.values).map_or("", |(_, name)| name).to_owned(),
        saved: finite(told.figure),
    };
    let service = |service: &Service| PlannedService {
        fingerprint: named(service.query),
        base: finite(service.base),
        without: finite(service.without),
        with: finite(service.with),
        saved: service.saved.iter().map(sample).collect(),
    };
    let constant = |put: &Put| PlannedConstant {
        number: put.number,
        literal: put.literal.clone(),
        expression: put.expression.clone(),
        why: put.why.clone(),
    };
    let risk = |risk: &Risk| PlannedRisk {
        fingerprint: named(risk.query),
        table: risk.table.clone(),
        rows: finite(risk.rows),
        guesses: risk.guesses,
        margin: finite(risk.margin),
    };
    PlannedIndex {
        schema: candidate.table.schema.to_string(),
        table: candidate.table.name.to_string(),
        method: candidate.method.name().to_owned(),
        keys: candidate.keys.iter().map(key).collect(),
        equal: candidate.equal,
        include: candidate.include.iter().cloned().collect(),
        predicate: candidate.predicate.clone(),
        definition: chosen.ddl.clone(),
        bytes: chosen.bytes,
        size: chosen.size.map(|size| PlannedSize { bytes: size.bytes, least: size.least, most: size.most }),
        gain_ms: finite(chosen.gain_ms),
        upkeep_ms: finite(chosen.upkeep_ms),
        estimated: chosen.estimated,
        serves: chosen.serves.iter().map(service).collect(),
        assumed: chosen.assumed.iter().map(constant).collect(),
        risks: chosen.risks.iter().map(risk).collect(),
    }
}

fn finite(figure: f64) -> f64 {
    if figure.is_nan() { 0.0 } else { figure.clamp(-MOST, MOST) }
}

/// Why a set is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It was asked for with others than these.
    Limits,
    /// One of its queries is not among these.
    Queries,
    /// It names a kind of index, a class or a model that this version does not know.
    Unknown,
}

/// What the planner said, and the limits that it was asked with: where none are given, those of the set.
pub fn restore(set: &PlannedSet, given: &Limits, cx: &WorkloadCx<'_>) -> Result<(Outcome, Limits), Unfit> {
    let sizes = MODELS.into_iter().find(|model| model.name() == set.size_model).ok_or(Unfit::Unknown)?;
    let limits = Limits { budget: set.budget, most_indexes: set.max_indexes, sizes, without: BTreeSet::new() };
    let asked = Limits { without: BTreeSet::new(), ..given.clone() };
    if asked != Limits::default() && asked != limits {
        return Err(Unfit::Limits);
    }
    let queries = &cx.workload.queries;
    let by_name: BTreeMap<String, QueryIndex> =
        queries.iter().enumerate().map(|(at, query)| (query.fingerprint.to_string(), at)).collect();
    if !named(set).all(|fingerprint| by_name.contains_key(fingerprint)) {
        return Err(Unfit::Queries);
    }
    let outcome = outcome(set, &|fingerprint: &String| by_name.get(fingerprint).copied(), cx);
    Ok((outcome.ok_or(Unfit::Unknown)?, limits))
}

/// The fingerprints of all queries that it speaks of.
fn named(set: &PlannedSet) -> impl Iterator<Item = &String> {
    let reasons = set.refused.iter().chain(&set.unserved).map(|one| &one.fingerprint);
    let served = set.indexes.iter().flat_map(|index| &index.serves).map(|one| &one.fingerprint);
    let at_risk = set.indexes.iter().flat_map(|index| &index.risks).map(|one| &one.fingerprint);
    set.queries.iter().map(|one| &one.fingerprint).chain(reasons).chain(served).chain(at_risk)
}

fn outcome(set: &PlannedSet, find: &dyn Fn(&String) -> Option<QueryIndex>, cx: &WorkloadCx<'_>) -> Option<Outcome> {
    let judged = set.queries.iter().map(|one| {
        let query = find(&one.fingerprint)?;
        Some(Judged { query, base: one.base, bound: one.bound, cost: one.cost, calls: one.calls })
    });
    let reasons = |all: &[PlannedReason]| -> Option<Vec<(QueryIndex, String)>> {
        all.iter().map(|one| Some((find(&one.fingerprint)?, one.reason.clone()))).collect()
    };
    let accesses = of_queries(cx);
    let chosen = set.indexes.iter().map(|index| restored(index, find, &accesses));
    Some(Outcome {
        chosen: chosen.collect::<Option<_>>()?,
        queries: judged.collect::<Option<_>>()?,
        refused: reasons(&set.refused)?,
        unserved: reasons(&set.unserved)?,
        base_ms: set.base_ms,
        bound_ms: set.bound_ms,
        cost_ms: set.cost_ms,
        candidates: set.candidates,
        calls: set.planner_calls,
        cut_short: set.cut_short,
        gone: None,
    })
}

/// How an index could help each query.
fn of_queries(cx: &WorkloadCx<'_>) -> BTreeMap<QueryIndex, Vec<Reach>> {
    let Some(catalog) = cx.catalog else { return BTreeMap::new() };
    let statements = of_workload(cx, &Seen::default()).all.into_iter();
    statements.map(|one| (one.query, reaches(&one.known.text, &one.facts, catalog))).collect()
}

fn restored(
    index: &PlannedIndex,
    find: &dyn Fn(&String) -> Option<QueryIndex>,
    accesses: &BTreeMap<QueryIndex, Vec<Reach>>,
) -> Option<Chosen> {
    let key = |key: &PlannedKey| {
        let opclass = match &key.opclass {
            Some(name) => Some(*OPCLASSES.iter().find(|known| *known == name)?),
            None => None,
        };
        let text = key.text.clone();
        let (descending, nulls_first) = (key.descending, key.nulls_first);
        let key = if key.expression { Key::Expression(text) } else { Key::Column(text) };
        Some(CandidateKey { key, descending, nulls_first, opclass })
    };
    let sample = |told: &PlannedSample| {
        let (values, _) = VALUES.iter().find(|(_, name)| *name == told.values)?;
        Some(Told { share: told.share, values: *values, figure: told.saved })
    };
    let service = |one: &PlannedService| {
        let saved = one.saved.iter().map(sample).collect::<Option<_>>()?;
        Some(Service { query: find(&one.fingerprint)?, base: one.base, without: one.without, with: one.with, saved })
    };
    let risk = |one: &PlannedRisk| {
        let query = find(&one.fingerprint)?;
        Some(Risk { query, table: one.table.clone(), rows: one.rows, guesses: one.guesses, margin: one.margin })
    };
    let constant = |one: &PlannedConstant| Put {
        number: one.number,
        literal: one.literal.clone(),
        expression: one.expression.clone(),
        why: one.why.clone(),
    };
    let table = TableName { schema: index.schema.as_str().into(), name: index.table.as_str().into() };
    let method = METHODS.into_iter().find(|method| method.name() == index.method)?;
    let keys = index.keys.iter().map(key).collect::<Option<_>>()?;
    let mut candidate = Candidate {
        equal: index.equal,
        include: index.include.iter().cloned().collect(),
        predicate: index.predicate.clone(),
        ..Candidate::new(table, method, keys)
    };
    let serves: Vec<Service> = index.serves.iter().map(service).collect::<Option<_>>()?;
    for one in &serves {
        let reached = accesses.get(&one.query).into_iter().flatten();
        let taken: Vec<Served> = reached
            .filter(|reach| pool::could_use(&candidate, reach))
            .map(|reach| Served { query: Some(one.query), access: reach.access.clone(), scan: None })
            .collect();
        candidate.served.extend(taken);
    }
    Some(Chosen {
        candidate,
        ddl: index.definition.clone(),
        bytes: index.bytes,
        size: index.size.map(|size| Size { bytes: size.bytes, least: size.least, most: size.most }),
        gain_ms: index.gain_ms,
        upkeep_ms: index.upkeep_ms,
        estimated: index.estimated,
        serves,
        assumed: index.assumed.iter().map(constant).collect(),
        risks: index.risks.iter().map(risk).collect::<Option<_>>()?,
    })
}

impl SizeModel {
    pub fn name(self) -> &'static str {
        match self {
            SizeModel::Own => "own",
            SizeModel::Hypopg => "hypopg",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::context::Worth;
    use crate::workload::model::Workload;

    #[test]
    fn a_set_brings_its_limits_or_the_reason_why_it_is_not_taken() {
        let workload = Workload::default();
        let cx = WorkloadCx { workload: &workload, facts: &[], catalog: None, plans: &[], worth: Worth::default() };
        let set = PlannedSet { budget: Some(7), size_model: "hypopg".into(), ..PlannedSet::default() };
        let limits = |budget| Limits { budget, sizes: SizeModel::Hypopg, ..Limits::default() };
        let restored = |set: &PlannedSet, given: &Limits| restore(set, given, &cx).map(|(_, limits)| limits);
        assert_eq!(restored(&set, &Limits::default()), Ok(limits(Some(7))), "none were given");
        assert_eq!(restored(&set, &limits(Some(7))), Ok(limits(Some(7))));
        assert_eq!(restored(&set, &limits(Some(8))), Err(Unfit::Limits));
        let query = PlannedReason { fingerprint: "gone".into(), reason: "too long".into() };
        assert_eq!(
            restored(&PlannedSet { refused: vec![query], ..set.clone() }, &Limits::default()),
            Err(Unfit::Queries)
        );
        let later = PlannedIndex { method: "columnar".into(), ..PlannedIndex::default() };
        assert_eq!(
            restored(&PlannedSet { indexes: vec![later], ..set.clone() }, &Limits::default()),
            Err(Unfit::Unknown)
        );
        assert_eq!(
            restored(&PlannedSet { size_model: "exact".into(), ..set }, &Limits::default()),
            Err(Unfit::Unknown)
        );
    }
}
