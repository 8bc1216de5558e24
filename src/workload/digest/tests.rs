use proptest::prelude::*;

use super::super::export;
use super::super::model::{OffsetStats, Origin, Sample, UnitExample};
use super::*;
use crate::ingest::event::{SessionId, Severity};
use crate::ingest::export::ExportRow;

fn bytes(workload: &Workload) -> String {
    let mut out = Vec::new();
    write(workload, &["a.log".to_owned()], &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// A workload with something of everything, told by a few numbers.
fn workload(seed: &[(u8, u16, bool)]) -> Workload {
    let rows: Vec<ExportRow> = seed
        .iter()
        .map(|&(table, ms, _)| ExportRow {
            query: format!("SELECT * FROM t{} WHERE a = {ms}", table % 4),
            toplevel: true,
            calls: 1,
            total_ms: f64::from(ms),
            min_ms: Some(f64::from(ms)),
            max_ms: Some(f64::from(ms)),
            ..ExportRow::default()
        })
        .collect();
    let mut workload = export::workload(&rows);
    workload.seen.smallest_us = seed.iter().map(|&(_, ms, _)| u64::from(ms)).min();
    let count = workload.queries.len();
    for (index, &(table, ms, flag)) in seed.iter().enumerate() {
        let at = i64::from(ms) * 1_000_000;
        let origin = Origin { input: 0, line: u64::from(table) };
        let child = index % count;
        let query = &mut workload.queries[child];
        query.sketch.add(u64::from(ms));
        query.histogram.add(at, 1, u64::from(ms));
        query.users.add(if flag { "app" } else { "job" }, 1);
        query.first_seen = query.first_seen.into_iter().chain([at]).min();
        query.offsets =
            flag.then_some(OffsetStats { calls: 1, max: u64::from(ms), sum: u64::from(ms) }).or(query.offsets);
        let seen = UnitExample {
            session: SessionId(u64::from(table)),
            pid: 1,
            origin,
            at,
            runs: u32::from(table) + 5,
            distinct: 3,
            wall_us: u64::from(ms),
            user: String::new(),
            application: "web".to_owned(),
            tag: String::new(),
        };
        query.samples.push(Sample {
            duration_us: flag.then_some(u64::from(ms)),
            at: Some(at),
            origin,
            text: format!("SELECT '\"{table}\u{1}'"),
            parameters: String::new(),
            user: String::new(),
            application: String::new(),
            remote: String::new(),
            session: SessionId(u64::MAX),
            pid: 0,
        });
        let mut pair = Pair::new(child, (child + 1) % count);
        pair.units = 1;
        pair.max_runs = seen.runs;
        pair.runs.add(u64::from(seen.runs));
        pair.examples.push(seen.clone());
        let mut repeat = Repeat::new(child);
        repeat.runs.add(u64::from(seen.runs));
        repeat.varied_examples.push(seen);
        if !workload.pairs.iter().any(|known| (known.child, known.parent) == (pair.child, pair.parent)) {
            workload.pairs.push(pair);
            workload.repeats.push(repeat);
        }
        let mut group = ErrorGroup {
            severity: Severity::Error,
            sqlstate: String::new(),
            message: "boom".to_owned(),
            example: format!("boom {ms}"),
            count: 1,
            peak_per_minute: 0,
            minutes: Vec::new(),
            first_seen: at,
            last_seen: at,
            origin,
            database: String::new(),
            query: Some(child),
        };
        group.count_minute(at.div_euclid(60_000_000), 1);
        if workload.errors.is_empty() {
            workload.errors.push(group);
        }
    }
    // Sorted lists are what a finished workload has.
    Workload::merge(vec![workload, Workload::default()])
}

fn seed() -> impl Strategy<Value = Vec<(u8, u16, bool)>> {
    prop::collection::vec((any::<u8>(), any::<u16>(), any::<bool>()), 0..12)
}

proptest! {
    #[test]
    fn reading_gives_what_was_written(seed in seed()) {
        let workload = workload(&seed);
        let written = bytes(&workload);
        let (read, inputs) = read(written.as_bytes()).expect("it was written just now");
        prop_assert_eq!(inputs, ["a.log"]);
        prop_assert_eq!(bytes(&read), written);
    }

    #[test]
    fn merging_has_no_order(a in seed(), b in seed(), c in seed()) {
        let [a, b, c] = [a, b, c].map(|seed| workload(&seed));
        let merge = |parts: &[&Workload]| Workload::merge(parts.iter().map(|part| (*part).clone()).collect());
        let all = bytes(&merge(&[&a, &b, &c]));
        prop_assert_eq!(&bytes(&merge(&[&c, &b, &a])), &all);
        prop_assert_eq!(&bytes(&merge(&[&b, &merge(&[&a, &c])])), &all);
        prop_assert_eq!(&bytes(&merge(&[&merge(&[&c, &b]), &a])), &all);
    }
}

#[test]
fn other_versions_are_named() {
    let error = |text: &str| read(text.as_bytes()).expect_err("refused").to_string();
    let message = error(r#"{"sqlsift_digest": 1, "fingerprint_version": 99}"#);
    assert!(message.contains("version 99") && message.contains(&format!("version {FINGERPRINT_VERSION}")), "{message}");
    assert!(error(r#"{"sqlsift_digest": 7, "fingerprint_version": 1}"#).contains("format 7"));
    assert!(error("{}").contains("no digest"));
}

#[test]
fn a_damaged_reference_is_found() {
    let whole = bytes(&workload(&[(1, 2, true), (2, 3, false)]));
    let damaged = whole.replace("\"parent\":0", "\"parent\":77");
    assert!(matches!(read(damaged.as_bytes()), Err(DigestError::Reference { index: 77, .. })));
}

#[test]
fn redacting_leaves_no_literal() {
    let mut workload = workload(&[(1, 4711, true), (2, 3, false)]);
    workload.queries[0].samples[0].remote = "10.1.2.3".to_owned();
    workload.queries[0].samples[0].parameters = "$1 = 'secret'".to_owned();
    workload.errors[0].message = "user secret is not known".to_owned();
    workload.redact();
    let written = bytes(&workload);
    for secret in ["secret", "10.1.2.3", "a = 4711", "boom 4711"] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
    assert!(written.contains("a = ?"));
    assert_eq!(workload.seen.redacted, 1);
}
