//! The captured workload, told by three log formats, by pg_stat_statements and by SQL over the csvlog: one answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlsift::ingest::cut::cut;
use sqlsift::ingest::detect::{Detected, Hints, detect};
use sqlsift::ingest::filter::Filter;
use sqlsift::ingest::parse;
use sqlsift::ingest::source::Place;
use sqlsift::sql::Fingerprint;
use sqlsift::workload::fold::Folder;
use sqlsift::workload::model::{Query, Workload};
use sqlsift::workload::part::PartBuilder;
use sqlsift::workload::pipeline::{self, ReadOptions, ReadOutcome, Silent};

const STDERR: &str = "fixtures/logs/shop/postgresql.log";
const CSV: &str = "fixtures/logs/shop/postgresql.csv.gz";
const JSON: &str = "fixtures/logs/shop/postgresql.json.gz";

fn read(paths: &[&str], threads: usize) -> ReadOutcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places: Vec<Place> = paths.iter().map(|path| Place::File(root.join(path))).collect();
    let outcome = pipeline::read(&places, &ReadOptions { threads, ..ReadOptions::default() }, &Silent)
        .expect("fixtures are readable");
    assert_eq!(outcome.problems, [], "{paths:?}");
    outcome
}

fn queries(workload: &Workload) -> Vec<Query> {
    workload.queries.iter().cloned().chain(workload.singles.expand()).collect()
}

/// What must be the same whatever the log's format: everything but lines, sessions and the order of unrelated lines.
fn told(workload: &Workload) -> BTreeMap<(String, Fingerprint), String> {
    queries(workload)
        .into_iter()
        .map(|mut query| {
            for sample in &mut query.samples {
                sample.origin = Default::default();
                sample.session = Default::default();
                // csvlog and jsonlog have the port of a connection, the prefix of this stderr log has none of it.
                sample.remote.clear();
            }
            for plan in &mut query.plans {
                plan.origin = Default::default();
            }
            // The stderr log's prefix has no query id.
            query.query_ids.clear();
            ((query.database.clone(), query.fingerprint), format!("{query:#?}"))
        })
        .collect()
}

/// Repetitions and pairs, without where they were seen.
fn patterns(workload: &Workload) -> BTreeSet<String> {
    let name = |index: usize| workload.queries[index].fingerprint;
    let repeats = workload.repeats.iter().map(|repeat| {
        let counts =
            (repeat.same_units, repeat.same_calls, repeat.varied_units, repeat.varied_calls, repeat.hidden_calls);
        format!("{} repeats {counts:?} {} {}", name(repeat.query), repeat.wall_us, repeat.database_us)
    });
    let pairs = workload.pairs.iter().map(|pair| {
        let counts = (pair.units, pair.calls, pair.max_runs, pair.wall_us, pair.database_us, pair.distance);
        format!("{} under {} {counts:?}", name(pair.child), name(pair.parent))
    });
    let walks =
        workload.walks.iter().map(|walk| format!("{} walks {} {}", name(walk.query), walk.walks, walk.max_offset));
    repeats.chain(pairs).chain(walks).collect()
}

/// One line of `sums.csv` for all queries: lines and µs.
fn sum(phase: &str) -> (u64, u64) {
    let sums = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs/shop/sums.csv"))
        .expect("the fixture is there");
    let line = sums.lines().find_map(|line| line.strip_prefix(&format!("all,{phase},"))).expect("the phase is listed");
    let (lines, us) = line.split_once(',').expect("two columns");
    (lines.parse().expect("a number"), us.parse().expect("a number"))
}

#[test]
fn the_sum_of_durations_is_that_of_postgres() {
    for path in [STDERR, CSV, JSON] {
        let workload = read(&[path], 1).workload;
        let totals = workload.totals();
        assert_eq!(totals.total_us - totals.plan_only_us, sum("all").1, "{path}");
        assert_eq!(workload.seen.statement_us, sum("all").1, "{path}");
        assert_eq!(totals.calls, sum("statement").0 + sum("execute").0, "{path}");
        assert_eq!(workload.seen.plans, sum("plan").0, "{path}");
        let steps = queries(&workload)
            .iter()
            .map(|query| (query.parse_us, query.bind_us))
            .fold((0, 0), |(parse, bind), query| (parse + query.0, bind + query.1));
        assert_eq!(steps, (sum("parse").1, sum("bind").1), "{path}");
        assert_eq!(totals.plan_only_us, 0, "every plan belongs to a logged statement or is nested");
        let nested: u64 = queries(&workload).iter().map(|query| query.nested_calls).sum();
        assert_eq!(workload.seen.plans_merged + nested, sum("plan").0, "{path}");
    }
}

#[test]
fn three_formats_one_answer() {
    let stderr = read(&[STDERR], 1).workload;
    for path in [CSV, JSON] {
        let other = read(&[path], 1).workload;
        let (a, b) = (told(&stderr), told(&other));
        assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{path}");
        for (key, query) in &a {
            assert_eq!(query, &b[key], "{path}");
        }
        assert_eq!(patterns(&stderr), patterns(&other), "{path}");
        assert_eq!(stderr.server, other.server, "{path}");
        let errors = |workload: &Workload| -> Vec<(String, u64)> {
            workload.errors.iter().map(|group| (group.message.clone(), group.count)).collect()
        };
        let sorted = |mut list: Vec<(String, u64)>| {
            list.sort();
            list
        };
        assert_eq!(sorted(errors(&stderr)), sorted(errors(&other)), "{path}");
    }
}

#[test]
fn threads_do_not_show() {
    let digest = |outcome: &ReadOutcome| {
        let mut bytes = Vec::new();
        sqlsift::workload::digest::write(&outcome.workload, &outcome.names(), &mut bytes)
            .expect("a Vec takes everything");
        bytes
    };
    let one = digest(&read(&[STDERR, CSV], 1));
    assert!(one == digest(&read(&[CSV, STDERR], 3)), "threads or the order of arguments show");
}

/// `bytes` cut near each of `places`, each piece parsed by itself, the parts folded last one first.
fn in_pieces(bytes: &[u8], places: &[usize]) -> Workload {
    let Ok(Detected::Log(format)) = detect(bytes, &Hints::default()) else { panic!("the fixture is a log") };
    let mut starts: Vec<usize> = places.iter().map(|place| cut(&format, bytes, *place)).collect();
    starts.extend([0, bytes.len()]);
    starts.sort_unstable();
    starts.dedup();
    let mut parts = Vec::new();
    let mut builder = PartBuilder::new();
    let mut line = 1;
    for (index, piece) in starts.windows(2).enumerate() {
        let chunk = &bytes[piece[0]..piece[1]];
        let scratch = &mut parse::Scratch::default();
        parse::events(&format, chunk, line, scratch, &Filter::default(), &mut |event| builder.event(event));
        parts.push((index as u64, builder.finish(0)));
        line += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    let mut folder = Folder::default();
    for (index, part) in parts.into_iter().rev() {
        folder.add(index, part);
    }
    folder.finish()
}

#[test]
fn cuts_do_not_show() {
    let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(STDERR)).expect("the fixture is there");
    let digest = |places: &[usize]| {
        let mut bytes = Vec::new();
        sqlsift::workload::digest::write(&in_pieces(&whole, places), &[], &mut bytes).expect("a Vec takes everything");
        bytes
    };
    let uncut = digest(&[]);
    // Steps that have nothing to do with the length of a line.
    for step in [1_009, 65_537, 999_983] {
        let places: Vec<usize> = (step..whole.len()).step_by(step).collect();
        assert!(digest(&places) == uncut, "a cut every {step} bytes shows");
    }
}

#[test]
fn calls_are_those_of_pg_stat_statements() {
    let export = read(&["fixtures/pgss/shop.csv"], 1).workload;
    assert_eq!(told(&export), told(&read(&["fixtures/pgss/shop.json"], 1).workload));
    let calls = |workload: &Workload| {
        let mut calls: BTreeMap<(String, Fingerprint), (u64, u64, String)> = BTreeMap::new();
        for query in queries(workload) {
            let entry = calls.entry((query.database.clone(), query.fingerprint)).or_insert((0, 0, query.text.clone()));
            entry.0 += query.calls;
            entry.1 += query.nested_calls;
        }
        calls
    };
    let counted = calls(&export);
    for path in [STDERR, CSV, JSON] {
        let logged = calls(&read(&[path], 1).workload);
        // Statements that failed are in the log's errors, and in pg_stat_statements not at all; utility commands are in both.
        for (key, (calls, _, text)) in &logged {
            assert_eq!(counted.get(key).map_or(0, |counted| counted.0), *calls, "{path}: {text}");
        }
        for (key, (calls, _, text)) in &counted {
            assert_eq!(logged.get(key).map_or(0, |logged| logged.0), *calls, "{path}: {text}");
        }
    }
}

#[test]
fn events_are_counted_as_often_as_they_stand_in_the_log() {
    let log =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(STDERR)).expect("the fixture is there");
    let count = |text: &str| log.lines().filter(|line| line.contains(text)).count() as u64;
    let workload = read(&[STDERR], 2).workload;
    assert_eq!(workload.server.connections, count(" LOG:  connection authorized: "));
    assert_eq!(workload.server.disconnections, count(" LOG:  disconnection: "));
    assert_eq!(workload.totals().temp_files + workload.server.temp_files, count(" LOG:  temporary file: "));
    assert_eq!(workload.server.deadlocks, count(" ERROR:  deadlock detected"));
    assert_eq!(workload.deadlocks.len() as u64, workload.server.deadlocks);
    let errors: u64 = workload.errors.iter().map(|group| group.count).sum();
    assert_eq!(errors, count(" ERROR:  ") + count(" FATAL:  ") + count(" WARNING:  "));
    let waits: u64 = workload.lock_waits.iter().map(|group| group.waits).sum();
    // A deadlock is noticed without a line of waiting on one side: what acquires was waiting.
    assert!(
        (count(" still waiting for ")..=count(" still waiting for ") + count(" acquired ")).contains(&waits),
        "{waits}"
    );
}
