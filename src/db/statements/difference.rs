//! Two readings in; what ran in between out.

use std::collections::BTreeMap;

use super::entry::Entry;

type Key = (Option<String>, Option<i64>, bool);

fn key(entry: &Entry) -> Key {
    (entry.user.clone(), entry.queryid, entry.toplevel)
}

/// The calls between the readings, and what is to be said of those that cannot be known. An entry that counts less than before, or since
/// another moment, was reset or thrown out and came back: all that it has now is new.
pub fn between(before: Vec<Entry>, after: Vec<Entry>, all_reset: bool) -> (Vec<Entry>, Vec<String>) {
    let mut known: BTreeMap<Key, Entry> = before.into_iter().map(|entry| (key(&entry), entry)).collect();
    let mut ran = Vec::new();
    let mut reset = 0;
    for entry in after {
        match known.remove(&key(&entry)) {
            Some(old) if old.calls > entry.calls || old.stats_since != entry.stats_since || all_reset => {
                reset += 1;
                ran.push(entry);
            }
            Some(old) if old.calls == entry.calls => {}
            Some(old) => ran.push(minus(entry, &old)),
            None => ran.push(entry),
        }
    }
    let mut notes = Vec::new();
    if reset > 0 {
        notes.push(format!(
            "{reset} entries of pg_stat_statements were reset between the two readings: their calls before that are missing"
        ));
    }
    let vanished = known.len();
    if vanished > 0 {
        notes.push(format!("{vanished} entries of pg_stat_statements vanished between the two readings"));
    }
    (ran, notes)
}

fn minus(after: Entry, before: &Entry) -> Entry {
    let calls = after.calls - before.calls;
    let total_ms = (after.total_ms - before.total_ms).max(0.0);
    let mean = total_ms / calls as f64;
    // n (σ² + μ²) is the sum of squares: those of two stretches of time add up.
    let squares = |entry: &Entry| {
        let mean = entry.mean_ms.unwrap_or(entry.total_ms / entry.calls as f64);
        Some(entry.calls as f64 * (entry.stddev_ms?.powi(2) + mean.powi(2)))
    };
    let stddev = squares(&after)
        .zip(squares(before))
        .map(|(after, before)| ((after - before) / calls as f64 - mean * mean).max(0.0).sqrt());
    Entry {
        calls,
        total_ms,
        mean_ms: Some(mean),
        stddev_ms: stddev,
        // Those of the whole time say nothing of this stretch of it.
        min_ms: None,
        max_ms: None,
        plan_ms: (after.plan_ms - before.plan_ms).max(0.0),
        rows: after.rows.saturating_sub(before.rows),
        blocks_hit: after.blocks_hit.saturating_sub(before.blocks_hit),
        blocks_read: after.blocks_read.saturating_sub(before.blocks_read),
        temp_blocks_written: after.temp_blocks_written.saturating_sub(before.temp_blocks_written),
        wal_bytes: (after.wal_bytes - before.wal_bytes).max(0.0),
        jit_functions: after.jit_functions.saturating_sub(before.jit_functions),
        jit_generation_time: (after.jit_generation_time - before.jit_generation_time).max(0.0),
        jit_inlining_time: (after.jit_inlining_time - before.jit_inlining_time).max(0.0),
        jit_optimization_time: (after.jit_optimization_time - before.jit_optimization_time).max(0.0),
        jit_emission_time: (after.jit_emission_time - before.jit_emission_time).max(0.0),
        ..after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(queryid: i64, calls: u64, mean: f64, stddev: f64) -> Entry {
        Entry {
            text: Some("SELECT $1".into()),
            queryid: Some(queryid),
            toplevel: true,
            calls,
            total_ms: mean * calls as f64,
            mean_ms: Some(mean),
            stddev_ms: Some(stddev),
            rows: calls * 2,
            ..Entry::default()
        }
    }

    #[test]
    fn calls_between_the_readings() {
        let before = vec![entry(1, 10, 2.0, 0.0), entry(2, 5, 1.0, 0.0), entry(3, 9, 1.0, 0.0), entry(4, 3, 1.0, 0.0)];
        // 10 calls of 2 ms and 10 of 4 ms: mean 3, deviation 1.
        let after = vec![entry(1, 20, 3.0, 1.0), entry(2, 5, 1.0, 0.0), entry(3, 2, 1.0, 0.0), entry(5, 1, 7.0, 0.0)];
        let (ran, notes) = between(before, after, false);
        let told: Vec<_> = ran.iter().map(|e| (e.queryid.expect("set"), e.calls, e.total_ms, e.rows)).collect();
        assert_eq!(told, [(1, 10, 40.0, 20), (3, 2, 2.0, 4), (5, 1, 7.0, 2)]);
        assert_eq!((ran[0].mean_ms, ran[0].stddev_ms), (Some(4.0), Some(0.0)));
        assert_eq!(notes.len(), 2);
    }
}
