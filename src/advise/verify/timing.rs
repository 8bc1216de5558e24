//! A statement and two sets of hidden indexes in; its median times under both, from alternating runs, out.

use std::time::Instant;

use super::{IndexId, Run, TrialError, slower};

/// How much is run.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Pairs of runs of each statement, after one that warms the caches.
    pub pairs: usize,
    /// As many at most where the verdict is not clear.
    pub most_pairs: usize,
    /// A statement that takes longer than this is not warmed up.
    pub warm_ms: f64,
    /// One that takes longer than this runs once each way, and again only where that gives no clear verdict.
    pub long_ms: f64,
    /// No further statement is begun from then on.
    pub deadline: Option<Instant>,
}

impl Default for Effort {
    fn default() -> Self {
        Effort { pairs: 3, most_pairs: 7, warm_ms: 2_000.0, long_ms: 5_000.0, deadline: None }
    }
}

/// Medians in ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    pub before_ms: f64,
    pub after_ms: f64,
    pub stopped: bool,
}

/// Differences between these shares of the time before are no clear verdict.
const UNCLEAR: std::ops::Range<f64> = 1.02..1.3;

impl Run<'_> {
    /// A statement whose plan uses none of the indexes.
    pub(super) fn alone(&mut self, sql: &str) -> Result<Times, TrialError> {
        if let Some(times) = self.times.get(&(sql.to_owned(), 0)) {
            return Ok(*times);
        }
        let all = self.all.to_vec();
        self.in_time()?;
        self.once(sql, &all)?;
        let (ms, stopped) = self.once(sql, &all)?;
        let times = Times { before_ms: ms, after_ms: ms, stopped };
        self.times.insert((sql.to_owned(), 0), times);
        Ok(times)
    }

    /// Without any of the indexes, and with those that are not hidden.
    pub(super) fn pair(&mut self, sql: &str, key: u64, hidden: &[IndexId]) -> Result<Times, TrialError> {
        if let Some(times) = self.times.get(&(sql.to_owned(), key)) {
            return Ok(*times);
        }
        let all = self.all.to_vec();
        let times = self.alternate(sql, &all, hidden)?;
        self.times.insert((sql.to_owned(), key), times);
        Ok(times)
    }

    /// As [`Run::pair`], from runs of now.
    pub(super) fn again(&mut self, sql: &str, kept: &[IndexId]) -> Result<Times, TrialError> {
        let hidden = self.hidden(kept);
        let key = self.trial.shape(sql, &hidden)?.key;
        self.times.remove(&(sql.to_owned(), key));
        self.pair(sql, key, &hidden)
    }

    /// Its median with what is not hidden, from few runs: good enough to choose by, not to judge by.
    pub(super) fn some(&mut self, sql: &str, key: u64, hidden: &[IndexId]) -> Result<f64, TrialError> {
        if let Some(times) = self.times.get(&(sql.to_owned(), key)) {
            return Ok(times.after_ms);
        }
        self.in_time()?;
        let (first, stopped) = self.once(sql, hidden)?;
        if stopped {
            return Ok(first);
        }
        let mut runs = Vec::new();
        while runs.len() < self.effort.pairs {
            runs.push(self.once(sql, hidden)?.0);
        }
        Ok(median(&runs))
    }

    fn alternate(&mut self, sql: &str, one: &[IndexId], other: &[IndexId]) -> Result<Times, TrialError> {
        self.in_time()?;
        let (mut before, mut after): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let first = (self.once(sql, one)?, self.once(sql, other)?);
        let stopped = first.0.1 || first.1.1;
        if stopped {
            // Its limit is what is known of it, and another wait for it would teach nothing.
            return Ok(Times { before_ms: first.0.0, after_ms: first.1.0, stopped });
        }
        if first.0.0.max(first.1.0) > self.effort.warm_ms {
            before.push(first.0.0);
            after.push(first.1.0);
        }
        let long = first.0.0.max(first.1.0) > self.effort.long_ms;
        let mut pairs = if long { 1 } else { self.effort.pairs };
        loop {
            if before.len() < pairs {
                before.push(self.once(sql, one)?.0);
                after.push(self.once(sql, other)?.0);
            }
            if before.len() == pairs && pairs < self.effort.most_pairs {
                let (before_ms, after_ms) = (median(&before), median(&after));
                let unclear = UNCLEAR.contains(&(after_ms / before_ms.max(f64::MIN_POSITIVE)));
                if unclear || slower(before_ms, after_ms) {
                    pairs = if long { self.effort.pairs } else { self.effort.most_pairs };
                }
            }
            if before.len() >= pairs {
                break;
            }
        }
        Ok(Times { before_ms: median(&before), after_ms: median(&after), stopped: false })
    }

    /// The time, and whether it is the limit at which it was stopped.
    fn once(&mut self, sql: &str, hidden: &[IndexId]) -> Result<(f64, bool), TrialError> {
        match self.trial.run(sql, hidden) {
            Ok(ms) => Ok((ms, false)),
            Err(TrialError::Timeout(ms)) => Ok((f64::from(ms), true)),
            Err(other) => Err(other),
        }
    }

    fn in_time(&self) -> Result<(), TrialError> {
        match self.effort.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(TrialError::Gone("the time limit was reached".into())),
            _ => Ok(()),
        }
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[length / 2],
        length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
    }
}
