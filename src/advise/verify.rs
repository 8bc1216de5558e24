//! Indexes and the statements that they are for in; which of them a clone of the database proved, and which it refuted, out.
//!
//! Every statement is timed with and without the indexes. Where one becomes slower, the index whose absence makes it as fast
//! as before leaves the set, and what then is planned otherwise is timed again, until no statement is slower.

use std::collections::BTreeMap;

use super::whatif::{IndexId, Sample};

mod blame;
#[cfg(test)]
mod tests;
mod timing;

pub use timing::Effort;
use timing::Times;

/// Slower counts from both on: 10 % of a short statement is noise, 20 ms of a long one too.
const SLOWER_SHARE: f64 = 0.10;
const SLOWER_MS: f64 = 20.0;

/// A query, and what it is to be tried with.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Of the query, as the reader knows it.
    pub name: String,
    /// Statements without parameters; others are left out, and said to be.
    pub samples: Vec<Sample>,
}

/// How a statement is planned when some indexes are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The same for plans that go the same way.
    pub key: u64,
    /// Tried indexes in the plan, ascending.
    pub used: Vec<IndexId>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// This statement is not executed, or was refused; the others go on.
    #[error("{0}")]
    Statement(String),
    /// It ran longer than it may.
    #[error("it was stopped after {0} ms")]
    Timeout(u32),
    /// The clone is gone, or the user stopped: report what is known.
    #[error("{0}")]
    Gone(String),
}

/// A clone on which the tried indexes exist.
pub trait Trial {
    /// Plans a statement as if these indexes were not there.
    fn shape(&mut self, sql: &str, hidden: &[IndexId]) -> Result<Shape, TrialError>;
    /// Runs it, and gives its execution time in ms.
    fn run(&mut self, sql: &str, hidden: &[IndexId]) -> Result<f64, TrialError>;
}

/// What one statement took.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    pub query: String,
    pub sql: String,
    pub share: f64,
    /// Medians in ms; of what was stopped, its limit.
    pub before_ms: f64,
    /// With the indexes that were kept; the same as before when the plan uses none of them.
    pub after_ms: f64,
    /// Kept indexes in its plan.
    pub used: Vec<IndexId>,
    pub stopped: bool,
}

/// An index that made a statement slower.
#[derive(Clone, Debug, PartialEq)]
pub struct Refuted {
    pub index: IndexId,
    pub query: String,
    pub sql: String,
    /// Without any of the indexes, with all that were left then, and with those but this one.
    pub before_ms: f64,
    pub with_ms: f64,
    pub without_ms: f64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    pub kept: Vec<IndexId>,
    pub refuted: Vec<Refuted>,
    pub timed: Vec<Timed>,
    /// Query and reason.
    pub not_run: Vec<(String, String)>,
    /// Why it ended early; the statements that are not in `timed` were not tried.
    pub ended: Option<String>,
}

impl Verdict {
    /// Time of one call of each query, before and after, in ms.
    pub fn totals(&self) -> (f64, f64) {
        let sum = |of: fn(&Timed) -> f64| self.timed.iter().map(|timed| timed.share * of(timed)).sum();
        (sum(|timed| timed.before_ms), sum(|timed| timed.after_ms))
    }
}

/// Whether `after` is slower than `before` beyond what chance makes of it.
pub fn slower(before_ms: f64, after_ms: f64) -> bool {
    after_ms > before_ms * (1.0 + SLOWER_SHARE) && after_ms - before_ms > SLOWER_MS
}

/// Tries `indexes`, which all exist on the clone, on all samples. `said` hears what is being done.
pub fn verify(
    trial: &mut dyn Trial,
    indexes: &[IndexId],
    asked: &[Asked],
    effort: &Effort,
    said: &mut dyn FnMut(&str),
) -> Verdict {
    let mut run = Run { trial, all: indexes, effort, times: BTreeMap::new() };
    let mut verdict = Verdict { kept: indexes.to_vec(), ..Verdict::default() };
    let mut statements: Vec<(&Asked, &Sample)> = Vec::new();
    for query in asked {
        statements.extend(query.samples.iter().map(|sample| (query, sample)));
    }
    let ended = run.until_none_is_slower(&mut statements, &mut verdict, said);
    verdict.ended = ended.err().map(|error| error.to_string());
    verdict
}

struct Run<'t> {
    trial: &'t mut dyn Trial,
    all: &'t [IndexId],
    effort: &'t Effort,
    /// By statement and the shape of its plan: what is planned alike is not timed again.
    times: BTreeMap<(String, u64), Times>,
}

impl Run<'_> {
    fn hidden(&self, kept: &[IndexId]) -> Vec<IndexId> {
        self.all.iter().copied().filter(|index| !kept.contains(index)).collect()
    }

    fn until_none_is_slower(
        &mut self,
        statements: &mut Vec<(&Asked, &Sample)>,
        verdict: &mut Verdict,
        said: &mut dyn FnMut(&str),
    ) -> Result<(), TrialError> {
        loop {
            verdict.timed.clear();
            let mut left = Vec::new();
            for (place, (query, sample)) in statements.iter().enumerate() {
                said(&format!("running {} ({} of {})", query.name, place + 1, statements.len()));
                match self.timed(query, sample, &verdict.kept) {
                    Ok(timed) => {
                        verdict.timed.push(timed);
                        left.push((*query, *sample));
                    }
                    Err(TrialError::Gone(why)) => return Err(TrialError::Gone(why)),
                    Err(why) => verdict.not_run.push((query.name.clone(), why.to_string())),
                }
            }
            *statements = left;
            let excess = |timed: &Timed| timed.after_ms - timed.before_ms;
            let worst = verdict.timed.iter().filter(|timed| slower(timed.before_ms, timed.after_ms));
            let Some(mut worst) = worst.max_by(|a, b| excess(a).total_cmp(&excess(b))).cloned() else { return Ok(()) };
            // Another load of the machine between two runs looks the same.
            said(&format!("{} seems slower: measuring again", worst.query));
            let again = self.again(&worst.sql, &verdict.kept)?;
            if !slower(again.before_ms, again.after_ms) {
                continue;
            }
            (worst.before_ms, worst.after_ms) = (again.before_ms, again.after_ms);
            said(&format!("{} became slower: finding the index", worst.query));
            let refuted = self.blame(&worst, verdict)?;
            verdict.kept.retain(|index| *index != refuted.index);
            verdict.refuted.push(refuted);
        }
    }

    fn timed(&mut self, query: &Asked, sample: &Sample, kept: &[IndexId]) -> Result<Timed, TrialError> {
        let hidden = self.hidden(kept);
        let shape = self.trial.shape(&sample.sql, &hidden)?;
        let times =
            if shape.used.is_empty() { self.alone(&sample.sql)? } else { self.pair(&sample.sql, shape.key, &hidden)? };
        Ok(Timed {
            query: query.name.clone(),
            sql: sample.sql.clone(),
            share: sample.share,
            before_ms: times.before_ms,
            after_ms: times.after_ms,
            used: shape.used,
            stopped: times.stopped,
        })
    }
}
