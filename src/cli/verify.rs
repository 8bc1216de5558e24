//! Recommended indexes, the workload, the server and a clone in; the recommendations that the clone proved, with measured
//! figures, and why the others are gone, out.

use std::collections::BTreeMap;
use std::time::Instant;

use super::args::{Analyze, Common, Dsn};
use super::connect;
use super::failure::Failure;
use super::progress::Spinner;

use crate::advise::samples;
use crate::advise::verify::{Asked, Effort, Refuted, Timed};
use crate::advise::whatif::{IndexId, Values};
use crate::cli::analyze::names;
use crate::db::planner::Planner;
use crate::db::session::{Limits, Session};
use crate::db::verify::{self, Connect, Verified, VerifyError};
use crate::report::model::{Recommendation, RecommendationKind, VerifiedBy};
use crate::rules::context::WorkloadCx;
use crate::rules::run::Outcome;
use crate::sql::StatementKind;

/// Queries that are run, those with the most time first; each runs at least eight times.
const QUERIES: usize = 200;

/// What the clone said of the recommendations.
#[derive(Debug, Default)]
pub struct Judged {
    /// Ids of recommendations that are gone, with why.
    pub removed: Vec<(String, String)>,
    /// For the coverage of the report, in the order to read them.
    pub notes: Vec<String>,
    /// Not everything was tried.
    pub ended: bool,
}

/// A copy of the database that advice is tried on.
pub struct Trial<'s> {
    advised: &'s mut Session,
    dsn: &'s str,
    run: Limits,
    effort: Effort,
    spinner: Spinner,
}

const VARIABLE: &str = "SQLSIFT_VERIFY_DSN";

/// The copy that advice is to be tried on.
pub fn copy<'a>(args: &'a Analyze, advised: Option<&mut Session>) -> Result<Option<&'a Dsn>, Failure> {
    match (&args.verify, advised) {
        (Some(Dsn(dsn)), None) if std::env::var(VARIABLE).is_ok_and(|set| set == *dsn) => Ok(None),
        (Some(_), None) => Err(Failure::new(
            "--verify needs --dsn: the copy is compared with the server that is advised",
            "sqlsift analyze --dsn DSN --verify DSN",
        )),
        (Some(Dsn(dsn)), Some(advised)) => {
            // Before minutes of work, not after them.
            let connect = connect::to_copy(dsn)?;
            verify::open(advised, &connect).map_err(refused)?;
            Ok(args.verify.as_ref())
        }
        (None, _) => Ok(None),
    }
}

fn refused(error: VerifyError) -> Failure {
    match error {
        VerifyError::Db(error) => connect::lost(&error).because("the copy that --verify names does not answer"),
        told => Failure::new(told.to_string(), "sqlsift analyze --help says what --verify takes"),
    }
}

impl<'s> Trial<'s> {
    pub fn new(
        Dsn(dsn): &'s Dsn,
        args: &Analyze,
        common: &Common,
        advised: &'s mut Session,
        deadline: Option<Instant>,
    ) -> Self {
        let run = Limits { lock_ms: 10_000, ..Limits::default() }.or(Some(args.verify_timeout));
        let effort = Effort { deadline, ..Effort::default() };
        Trial { advised, dsn, run, effort, spinner: Spinner::new(common) }
    }

    /// Takes what was refuted out of the advice, and the findings' links to it.
    pub fn run(
        self,
        outcome: &mut Outcome,
        recommendations: &mut Vec<Recommendation>,
        cx: &WorkloadCx<'_>,
    ) -> Result<Judged, Failure> {
        let copy = connect::to_copy(self.dsn)?;
        let mut say = |said: &str| self.spinner.say(said);
        let judged = judge(recommendations, cx, self.advised, &copy, (self.run, &self.effort), &mut say);
        // What was learnt before stands.
        let judged = judged.unwrap_or_else(|error| Judged {
            notes: vec![format!(
                "nothing was tried on the copy that --verify names, so the advice stands as the planner costs it: {error}"
            )],
            ended: true,
            ..Judged::default()
        });
        take_back(outcome, &judged.removed);
        Ok(judged)
    }
}

/// Says at the findings why what they asked for is not advised. `removed`: ids of recommendations, with the reason.
pub fn take_back(outcome: &mut Outcome, removed: &[(String, String)]) {
    for found in &mut outcome.found {
        let finding = &mut found.finding;
        for (id, why) in removed {
            if finding.recommendations.contains(id) {
                finding.recommendations.retain(|linked| linked != id);
                finding.detail.to_mut().push_str(&format!("\nNot advised: {why}."));
            }
        }
    }
}

/// Tries the recommended indexes together. What made a query slower is taken out of `recommendations`.
fn judge(
    recommendations: &mut Vec<Recommendation>,
    cx: &WorkloadCx<'_>,
    advised: &mut Session,
    clone: &Connect<'_>,
    (run, effort): (Limits, &Effort),
    said: &mut dyn FnMut(&str),
) -> Result<Judged, VerifyError> {
    let tried: Vec<(usize, String)> = recommendations
        .iter()
        .enumerate()
        .filter(|(_, r)| r.kind == RecommendationKind::CreateIndex)
        .map(|(at, r)| (at, r.sql.trim().to_owned()))
        .collect();
    if tried.is_empty() {
        return Ok(Judged::default());
    }
    let ddls: Vec<String> = tried.iter().map(|(_, sql)| sql.clone()).collect();
    let path = cx.catalog.map(|catalog| names::path(catalog, advised)).transpose()?.unwrap_or_default();
    let planner = Planner::new(run).under(&path);
    let verified = verify::verify(advised, clone, &ddls, &asked(cx), planner, effort, said)?;
    let mut judged = Judged { ended: verified.verdict.ended.is_some(), ..Judged::default() };
    for (id, (at, _)) in tried.iter().enumerate() {
        measured(&mut recommendations[*at], id, &verified);
    }
    let mut gone: Vec<usize> = Vec::new();
    for refuted in &verified.verdict.refuted {
        let (at, sql) = &tried[refuted.index];
        let why = slower(refuted, sql);
        judged.removed.push((recommendations[*at].id.clone(), why.clone()));
        judged.notes.push(why);
        gone.push(*at);
    }
    let mut place = 0;
    recommendations.retain(|_| {
        place += 1;
        !gone.contains(&(place - 1))
    });
    judged.notes.extend(notes(&verified, &tried));
    Ok(judged)
}

/// Queries that read, with statements whose values are known.
fn asked(cx: &WorkloadCx<'_>) -> Vec<Asked> {
    let mut order: Vec<usize> = (0..cx.workload.queries.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse((cx.workload.queries[at].total_us, at)));
    let mut asked = Vec::new();
    for query in order {
        let (Some(known), Some(Some(facts))) = (cx.workload.queries.get(query), cx.facts.get(query)) else { continue };
        if known.kind != StatementKind::Select || asked.len() == QUERIES {
            continue;
        }
        let mut samples = samples::of(known, facts, cx.catalog);
        samples.retain(|sample| sample.values != Values::Generic);
        if !samples.is_empty() {
            asked.push(Asked { name: known.fingerprint.to_string(), samples });
        }
    }
    asked
}

/// Puts measured figures in the place of estimated ones, and keeps those beside them.
fn measured(recommendation: &mut Recommendation, id: IndexId, verified: &Verified) {
    let Some(built) = verified.built.iter().find(|built| built.id == id) else { return };
    let estimate = recommendation.size_bytes.replace(built.bytes);
    let mut said = format!("Built on the clone in {} ms: {}", built.build_ms, size(built.bytes));
    if let Some(estimate) = estimate {
        said.push_str(&format!(" (estimated: {})", size(estimate)));
    }
    let users: Vec<&Timed> = verified.verdict.timed.iter().filter(|timed| timed.used.contains(&id)).collect();
    if users.is_empty() && verified.verdict.ended.is_some() {
        said.push_str("; the trial ended before a query had run with it.");
    } else if users.is_empty() {
        said.push_str("; no query that could be run used it there.");
    } else {
        let sum = |of: fn(&Timed) -> f64| users.iter().map(|timed| timed.share * of(timed)).sum::<f64>();
        let (before, after) = (sum(|timed| timed.before_ms), sum(|timed| timed.after_ms));
        said.push_str("; measured there, a call of each query that uses it:");
        for (query, before, after) in by_query(&users) {
            said.push_str(&format!("\n{query} {} before, {} with the indexes", ms(before), ms(after)));
        }
        recommendation.verified_by = VerifiedBy::ExplainAnalyze;
        recommendation.before = Some(before);
        recommendation.after = Some(after);
        recommendation.range = None;
        recommendation.unit = "ms a call of each query, measured on the clone".into();
    }
    recommendation.detail = format!("{}\n{said}", recommendation.detail.trim_end()).trim_start().to_owned().into();
}

fn by_query(users: &[&Timed]) -> Vec<(String, f64, f64)> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for timed in users {
        let sum = sums.entry(&timed.query).or_default();
        sum.0 += timed.share * timed.before_ms;
        sum.1 += timed.share * timed.after_ms;
    }
    let mut rows: Vec<(String, f64, f64)> =
        sums.into_iter().map(|(query, (before, after))| (query.to_owned(), before, after)).collect();
    rows.sort_by(|a, b| (b.1 - b.2).total_cmp(&(a.1 - a.2)).then_with(|| a.0.cmp(&b.0)));
    rows
}

fn slower(refuted: &Refuted, sql: &str) -> String {
    format!(
        "{sql} made query {} slower on the clone ({} before, {} with it, {} without it)",
        refuted.query,
        ms(refuted.before_ms),
        ms(refuted.with_ms),
        ms(refuted.without_ms),
        sql = sql.trim_end_matches(';')
    )
}

fn notes(verified: &Verified, tried: &[(usize, String)]) -> Vec<String> {
    let verdict = &verified.verdict;
    let mut notes = Vec::new();
    let (before, after) = verdict.totals();
    if !verdict.timed.is_empty() {
        notes.push(format!(
            "{} statements ran on the clone: {} for one call of each query before, {} with the indexes that were kept",
            verdict.timed.len(),
            ms(before),
            ms(after)
        ));
    }
    for (id, why) in &verified.failed {
        notes.push(format!("could not be built on the clone ({why}): {}", tried[*id].1));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, why) in &verdict.not_run {
        *reasons.entry(why).or_default() += 1;
    }
    notes.extend(reasons.iter().map(|(why, count)| format!("{count} statements were not run on the clone: {why}")));
    notes.extend(verified.prepared.iter().map(|table| format!("{table} was vacuumed and analysed on the clone first")));
    notes.extend(verdict.ended.iter().map(|why| {
        format!(
            "the trial on the clone ended early, after {} of {} indexes were built and {} statements had run: {why}; what was not tried \
             stands as the planner costs it; run it again for the rest",
            verified.built.len(),
            tried.len(),
            verdict.timed.len()
        )
    }));
    notes.extend(verified.left.iter().map(|what| format!("left on the clone: {what}")));
    notes
}

fn ms(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

fn size(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
