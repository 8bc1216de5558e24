//! A statement that became slower in; the index that has to go, out.

use super::{IndexId, Refuted, Run, Timed, TrialError, Verdict, slower};

impl Run<'_> {
    /// Leaves out one index of the plan at a time. Of several whose absence heals it the one goes that others gain
    /// least from; if no single one does, the one whose absence helps most.
    pub(super) fn blame(&mut self, worst: &Timed, verdict: &Verdict) -> Result<Refuted, TrialError> {
        let mut tried: Vec<(bool, f64, Refuted)> = Vec::new();
        for &index in &worst.used {
            let kept: Vec<IndexId> = verdict.kept.iter().copied().filter(|kept| *kept != index).collect();
            let hidden = self.hidden(&kept);
            let shape = self.trial.shape(&worst.sql, &hidden)?;
            let without_ms =
                if shape.used.is_empty() { worst.before_ms } else { self.some(&worst.sql, shape.key, &hidden)? };
            let heals = !slower(worst.before_ms, without_ms);
            let refuted = Refuted {
                index,
                query: worst.query.clone(),
                sql: worst.sql.clone(),
                before_ms: worst.before_ms,
                with_ms: worst.after_ms,
                without_ms,
            };
            tried.push((heals, gain(index, verdict), refuted));
        }
        let best = tried.into_iter().min_by(|a, b| {
            let by_time = a.2.without_ms.total_cmp(&b.2.without_ms);
            let by_gain = a.1.total_cmp(&b.1);
            b.0.cmp(&a.0).then(if a.0 { by_gain.then(by_time) } else { by_time.then(by_gain) })
        });
        best.map(|(_, _, refuted)| refuted)
            .ok_or_else(|| TrialError::Gone("a statement became slower that uses none of the indexes".into()))
    }
}

/// What statements whose plans use the index win by the whole set, in ms a call.
fn gain(index: IndexId, verdict: &Verdict) -> f64 {
    let users = verdict.timed.iter().filter(|timed| timed.used.contains(&index));
    users.map(|timed| timed.share * (timed.before_ms - timed.after_ms)).sum()
}
