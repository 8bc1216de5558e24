//! A workload, what the rules found and what is advised in; one ordered, bounded [`Report`] out.
//!
//! It stands in `cli` because it knows both sides: `report` knows nobody.

pub mod comparison;
pub mod plan;
pub mod query;

use std::collections::{BTreeMap, BTreeSet};

use super::when;
use crate::catalog::model::Catalog;
use crate::report::model::{
    Coverage, Finding, IndexSet, Input, Problem, Recommendation, Report, SCHEMA_VERSION, Server, Tool, Unparsed,
    WorkloadSummary,
};
use crate::report::rank;
use crate::rules::run::Outcome;
use crate::sql::facts::{Facts, Level};
use crate::sql::{FINGERPRINT_VERSION, Fingerprint};
use crate::workload::model::{Query, QueryIndex, Workload};

/// Bounds of the report's lists; what is left out is counted.
const QUERIES: usize = 1000;
const FINDINGS: usize = 1000;
const PROBLEMS: usize = 200;
const UNPARSED: usize = 200;

/// Everything that was read and thought.
pub struct Material<'a> {
    pub workload: &'a Workload,
    /// Parallel to the workload's queries.
    pub facts: &'a [Option<Facts>],
    pub catalog: Option<&'a Catalog>,
    /// Paths by the input's number, for places in logs.
    pub places: &'a [String],
    pub inputs: Vec<Input>,
    pub unrecognised_lines: u64,
    pub outcome: Outcome,
    /// With the findings' ids already linked.
    pub recommendations: Vec<Recommendation>,
    /// Ids of those that need no finding.
    pub standing: BTreeSet<String>,
    pub index_set: Option<IndexSet>,
    pub problems: Vec<Problem>,
    pub notes: Vec<String>,
}

pub fn report(material: Material<'_>) -> Report {
    let Material { workload, facts, catalog, places, inputs, unrecognised_lines, .. } = material;
    let Outcome { found, rules_run, rules_not_run, allowed, problems, suppressed } = material.outcome;
    let mut notes = material.notes;
    let concerned: Vec<(String, Vec<QueryIndex>)> =
        found.iter().map(|f| (f.finding.id.clone(), f.draft.queries.clone())).collect();
    let mut findings: Vec<Finding> = found.into_iter().map(|f| f.finding).collect();
    rank::findings(&mut findings);
    if findings.len() > FINDINGS {
        notes.push(format!("{} findings of less impact are left out of the list", findings.len() - FINDINGS));
        findings.truncate(FINDINGS);
    }
    let mut recommendations = material.recommendations;
    let asked: BTreeSet<&str> = findings.iter().flat_map(|f| &f.recommendations).map(String::as_str).collect();
    recommendations.retain(|r| asked.contains(r.id.as_str()) || material.standing.contains(&r.id));
    rank::recommendations(&mut recommendations);

    let about = by_query(&findings, &concerned);
    let listed = listed(workload, &about);
    let totals = workload.totals();
    let total_us = totals.total_us;
    let none = Vec::new();
    let queries: Vec<_> = listed
        .iter()
        .map(|&index| {
            let mut entry = query::entry(&workload.queries[index], total_us, places);
            entry.findings = about.get(&index).unwrap_or(&none).clone();
            entry
        })
        .collect();
    notes.extend(window_note(workload));
    if workload.seen.redacted > 0 {
        notes.push(
            "a digest without literals was read: rules that look at values (casts, wildcards, counts) see less".into(),
        );
    }
    let mut problems: Vec<Problem> = material.problems.into_iter().chain(problems).collect();
    if problems.len() > PROBLEMS {
        notes.push(format!("{} further problems are left out of the list", problems.len() - PROBLEMS));
        problems.truncate(PROBLEMS);
    }
    let unparsed = unparsed(workload, facts, &mut notes);
    let seen = &workload.seen;
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "sqlsift".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            fingerprint_version: FINGERPRINT_VERSION,
        },
        inputs,
        server: catalog
            .filter(|c| c.server_version.is_some() || c.database.is_some())
            .map(|c| Server { version: c.server_version, database: c.database.clone() }),
        coverage: Coverage {
            lines: seen.lines,
            records: seen.records,
            statements: seen.statements,
            plans: seen.plans,
            plans_merged: seen.plans_merged,
            filtered: seen.filtered,
            unrecognised_lines,
            queries: totals.queries,
            queries_listed: queries.len() as u64,
            queries_overflowed: seen.overflowed,
            statements_without_duration: seen.untimed,
            smallest_duration_ms: seen.smallest_us.map(query::ms),
            units_cut: seen.units_cut,
            unparsed,
            rules_run,
            rules_not_run,
            allowed,
            notes,
            ..Coverage::default()
        },
        workload: WorkloadSummary {
            calls: totals.calls,
            total_ms: query::ms(total_us),
            first_seen: workload.window.and_then(|(first, _)| when::show(first)),
            last_seen: workload.window.and_then(|(_, last)| when::show(last)),
            window_seconds: (workload.window_us() > 0).then(|| workload.window_us() as f64 / 1e6),
            errors: workload.errors.iter().map(|e| e.count).sum(),
            deadlocks: workload.server.deadlocks,
            lock_waits: workload.lock_waits.iter().map(|l| l.waits).sum(),
            temp_files: totals.temp_files + workload.server.temp_files,
            temp_bytes: totals.temp_bytes + workload.server.temp_bytes,
            checkpoints: workload.server.checkpoints,
            autovacuums: workload.server.autovacuums + workload.server.autoanalyzes,
            connections: workload.server.connections,
            queries,
        },
        plans: Vec::new(),
        comparison: None,
        index_set: material.index_set,
        findings,
        suppressed,
        recommendations: recommendations.into_iter().map(Box::new).collect(),
        problems,
    }
}

/// The report about one fingerprint, or the beginning of one: its queries, and the findings about them.
pub fn narrow(report: &mut Report, workload: &Workload, prefix: &str, places: &[String]) -> usize {
    let fits = |fingerprint: &str| fingerprint.starts_with(prefix);
    report.workload.queries.retain(|q| fits(&q.fingerprint));
    let known: BTreeSet<(String, String)> =
        report.workload.queries.iter().map(|q| (q.fingerprint.clone(), q.database.clone())).collect();
    let fresh = |q: &Query| {
        let fingerprint = q.fingerprint.to_string();
        fits(&fingerprint) && !known.contains(&(fingerprint, q.database.clone()))
    };
    let total_us = workload.totals().total_us;
    let full = workload.queries.iter().filter(|q| fresh(q)).map(|q| query::entry(q, total_us, places));
    report.workload.queries.extend(full);
    if let Ok(exact) = prefix.parse::<Fingerprint>() {
        let single = workload.singles.find(exact).filter(fresh).map(|q| query::entry(&q, total_us, places));
        report.workload.queries.extend(single);
    }
    let findings: BTreeSet<&str> =
        report.workload.queries.iter().flat_map(|q| &q.findings).map(String::as_str).collect();
    report.findings.retain(|f| findings.contains(f.id.as_str()));
    let asked: BTreeSet<&str> = report.findings.iter().flat_map(|f| &f.recommendations).map(String::as_str).collect();
    report.recommendations.retain(|r| asked.contains(r.id.as_str()));
    report.coverage.queries_listed = report.workload.queries.len() as u64;
    report.workload.queries.len()
}

/// Ids of findings by the query that they concern, dearest first.
fn by_query(findings: &[Finding], concerned: &[(String, Vec<QueryIndex>)]) -> BTreeMap<QueryIndex, Vec<String>> {
    let queries: BTreeMap<&str, &[QueryIndex]> =
        concerned.iter().map(|(id, queries)| (id.as_str(), queries.as_slice())).collect();
    let mut about: BTreeMap<QueryIndex, Vec<String>> = BTreeMap::new();
    for finding in findings {
        let unique: BTreeSet<QueryIndex> =
            queries.get(finding.id.as_str()).copied().unwrap_or_default().iter().copied().collect();
        for query in unique {
            about.entry(query).or_default().push(finding.id.clone());
        }
    }
    about
}

/// The dearest queries and those that a finding is about, by total time.
fn listed(workload: &Workload, about: &BTreeMap<QueryIndex, Vec<String>>) -> Vec<QueryIndex> {
    let queries = &workload.queries;
    let mut order: Vec<QueryIndex> = (0..queries.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&queries[a], &queries[b]);
        (b.total_us, b.calls)
            .cmp(&(a.total_us, a.calls))
            .then_with(|| (&a.database, a.fingerprint).cmp(&(&b.database, b.fingerprint)))
    });
    let mut rank = 0;
    order.retain(|index| {
        rank += 1;
        rank <= QUERIES || about.contains_key(index)
    });
    order
}

fn unparsed(workload: &Workload, facts: &[Option<Facts>], notes: &mut Vec<String>) -> Vec<Unparsed> {
    let mut list: Vec<Unparsed> = workload
        .queries
        .iter()
        .zip(facts)
        .filter_map(|(q, facts)| match &facts.as_ref()?.level {
            Level::Parsed => None,
            Level::Tokens { reason } => Some(Unparsed {
                fingerprint: q.fingerprint.to_string(),
                database: q.database.clone(),
                reason: reason.clone(),
            }),
        })
        .collect();
    if list.len() > UNPARSED {
        notes.push(format!("{} more queries were not parsed in full", list.len() - UNPARSED));
        list.truncate(UNPARSED);
    }
    let looked_at = facts.iter().flatten().count();
    // A plan may come without its statement.
    let textless = workload.queries.iter().filter(|q| q.text.is_empty()).count();
    let all = (workload.totals().queries as usize).saturating_sub(textless);
    if looked_at < all {
        notes.push(format!("the rules about single queries looked at the {looked_at} dearest of {all} queries"));
    }
    list
}

/// What a cost "a day" is worth when the log is short.
fn window_note(workload: &Workload) -> Option<String> {
    let (first, last) = workload.window?;
    const HOUR_US: i64 = 3_600_000_000;
    let minutes = (last - first) as f64 / 60e6;
    (last - first < HOUR_US).then(|| {
        format!("figures \"a day\" in the JSON carry the rate of {minutes:.1} minutes to 24 hours: for ranking only")
    })
}

#[cfg(test)]
mod tests;
