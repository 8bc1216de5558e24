//! Sessions as the log tells them: events in, a workload out.

mod properties;

use super::super::model::{Query, Workload};
use super::super::part::PartBuilder;
use super::*;
use crate::ingest::event::{
    Event, EventKind, LockWait, LoggedError, LoggedPlan, Phase, PlanFormat, SessionId, Statement, TempFile, Who,
};

/// A record that owns what an event borrows.
#[derive(Clone, Debug)]
struct Line {
    at: i64,
    session: u64,
    application: &'static str,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Statement { phase: Phase, us: Option<i64>, text: String, parameters: String },
    Duration(i64),
    Plan { us: i64, text: String, nested: bool },
    Error { text: String, message: &'static str, state: &'static str },
    Lock { acquired: bool, us: i64 },
    Temp { bytes: u64, text: String },
    Disconnection,
}

fn with_event<T>(line: &Line, number: u64, sink: impl FnOnce(&Event<'_>) -> T) -> T {
    let kind = match &line.kind {
        Kind::Statement { phase, us, text, parameters } => EventKind::Statement(Statement {
            phase: *phase,
            duration_us: *us,
            text: text.as_bytes(),
            parameters: parameters.as_bytes(),
            name: b"",
        }),
        Kind::Duration(us) => EventKind::Duration { duration_us: *us },
        Kind::Plan { us, text, nested } => EventKind::Plan(LoggedPlan {
            format: PlanFormat::Text,
            duration_us: *us,
            query: text.as_bytes(),
            parameters: b"",
            body: b"Seq Scan on t",
            nested: *nested,
        }),
        Kind::Error { text, message, state } => EventKind::Error(LoggedError {
            severity: Severity::Error,
            sqlstate: state.as_bytes(),
            message: message.as_bytes(),
            detail: b"",
            hint: b"",
            context: b"",
            statement: text.as_bytes(),
        }),
        Kind::Lock { acquired, us } => EventKind::LockWait(LockWait {
            state: if *acquired { LockState::Acquired } else { LockState::Waiting },
            waited_us: *us,
            mode: b"ShareLock",
            target: b"transaction 727",
            detail: b"",
            context: b"",
            statement: b"",
        }),
        Kind::Temp { bytes, text } => EventKind::TempFile(TempFile { bytes: *bytes, statement: text.as_bytes() }),
        Kind::Disconnection => EventKind::Disconnection { session_us: 1 },
    };
    let who = Who { database: b"shop", user: b"app", application: line.application.as_bytes(), remote: b"" };
    sink(&Event { at: line.at, line: number, session: SessionId(line.session), pid: 7, who, query_id: 0, kind })
}

/// Folds the lines, cut before each of `cuts`, the parts added in `order`.
fn fold_cut(lines: &[Line], cuts: &[usize], backwards: impl Fn(usize) -> usize, limits: Limits) -> Workload {
    let mut parts = Vec::new();
    let mut builder = PartBuilder::new();
    for (number, line) in lines.iter().enumerate() {
        if cuts.contains(&number) {
            parts.push(builder.finish(0));
        }
        with_event(line, number as u64 + 1, |event| builder.event(event));
    }
    parts.push(builder.finish(0));
    let mut folder = Folder::new(limits);
    let count = parts.len();
    let mut parts: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    for index in 0..count {
        let index = backwards(index);
        folder.add(index as u64, parts[index].take().expect("each once"));
    }
    folder.finish()
}

/// Everything that a workload says, packed queries written out.
fn told(mut workload: Workload) -> String {
    let singles: Vec<Query> = std::mem::take(&mut workload.singles).expand().collect();
    format!("{workload:#?} {singles:#?}")
}

fn fold(lines: &[Line]) -> Workload {
    fold_cut(lines, &[], |index| index, Limits::default())
}

/// One session, a millisecond between records.
#[derive(Default)]
struct Log(Vec<Line>);

impl Log {
    fn push(&mut self, kind: Kind) -> &mut Self {
        let at = self.0.last().map_or(1_000_000_000, |line| line.at + 1_000);
        self.0.push(Line { at, session: 1, application: "web", kind });
        self
    }

    fn simple(&mut self, us: i64, text: &str) -> &mut Self {
        self.step(Phase::Simple, Some(us), text, "")
    }

    fn step(&mut self, phase: Phase, us: Option<i64>, text: &str, parameters: &str) -> &mut Self {
        self.push(Kind::Statement { phase, us, text: text.to_owned(), parameters: parameters.to_owned() })
    }

    fn plan(&mut self, us: i64, text: &str) -> &mut Self {
        self.push(Kind::Plan { us, text: text.to_owned(), nested: false })
    }

    fn pause(&mut self, us: i64) -> &mut Self {
        let at = self.0.last().map_or(1_000_000_000, |line| line.at) + us;
        self.0.push(Line { at, session: 99, application: "web", kind: Kind::Duration(0) });
        self
    }
}

fn query(workload: &Workload, text: &str) -> Query {
    let fingerprint = crate::sql::scan(text.as_bytes(), &mut crate::sql::Scratch::default()).fingerprint;
    let found = workload.find(fingerprint);
    assert_eq!(found.len(), 1, "{text}");
    found[0].clone().into_owned()
}

#[test]
fn parse_and_bind_are_part_of_the_call() {
    let mut log = Log::default();
    let text = "SELECT * FROM t WHERE id = $1";
    log.step(Phase::Parse, Some(30), text, "").step(Phase::Bind, Some(20), text, "$1 = '1'").step(
        Phase::Execute,
        Some(100),
        text,
        "$1 = '1'",
    );
    log.step(Phase::Bind, Some(5), text, "$1 = '2'").step(Phase::Execute, Some(50), text, "$1 = '2'");
    // Only the bind was slow enough to be logged.
    log.step(Phase::Bind, Some(1000), text, "$1 = '3'").step(Phase::Bind, Some(7), text, "$1 = '4'");
    log.step(Phase::Fetch, Some(11), text, "");
    let workload = fold(&log.0);
    let query = query(&workload, text);
    assert_eq!((query.calls, query.timed_calls), (2, 2));
    assert_eq!((query.min_us, query.max_us), (55, 150));
    assert_eq!((query.parse_us, query.bind_us), (30, 20 + 5 + 1000 + 7));
    assert_eq!(query.beside_us, 1000 + 7 + 11);
    assert_eq!(query.total_us, 150 + 55 + 1018);
    assert_eq!(query.total_us, workload.seen.statement_us);
    assert_eq!(query.sum_squares, 150 * 150 + 55 * 55);
}

#[test]
fn a_logged_text_and_its_duration_are_one_call() {
    let mut log = Log::default();
    log.step(Phase::Simple, None, "SELECT 7 FROM a", "").push(Kind::Duration(40));
    log.step(Phase::Simple, None, "SELECT 8 FROM a", "");
    log.step(Phase::Simple, None, "SELECT 9 FROM a", "").push(Kind::Error {
        text: "SELECT 9 FROM a".into(),
        message: "division by zero",
        state: "22012",
    });
    log.step(Phase::Simple, None, "SELECT 8 FROM b", "").push(Kind::Duration(2)).push(Kind::Duration(3));
    let workload = fold(&log.0);
    let a = query(&workload, "SELECT 1 FROM a");
    assert_eq!((a.calls, a.timed_calls, a.total_us, a.errors), (2, 1, 40, 1));
    assert_eq!(query(&workload, "SELECT 1 FROM b").total_us, 2);
    assert_eq!((workload.seen.bare_durations, workload.seen.bare_us, workload.seen.statement_us), (1, 3, 42));
    assert_eq!(workload.seen.untimed, 2);
    assert_eq!(workload.errors.len(), 1);
    assert_eq!(workload.errors[0].query, workload.queries.iter().position(|known| known.fingerprint == a.fingerprint));
}

#[test]
fn a_plan_and_its_statement_are_one_call() {
    let text = "SELECT * FROM t WHERE id = 1";
    let mut log = Log::default();
    // The simple protocol logs the plan first, the extended one after a SELECT.
    log.plan(90, text).simple(100, text);
    log.step(Phase::Execute, Some(100), text, "").plan(95, text);
    // Alone: too quick for log_min_duration_statement, say.
    log.plan(10, text).simple(5, "SELECT other FROM u");
    log.plan(500, text);
    log.push(Kind::Plan { us: 3, text: "SELECT inner_one FROM v".into(), nested: true });
    let workload = fold(&log.0);
    let query_of_text = query(&workload, text);
    assert_eq!((query_of_text.calls, query_of_text.plan_count), (4, 4));
    assert_eq!((query_of_text.plan_only_calls, query_of_text.plan_only_us), (2, 510));
    assert_eq!(query_of_text.total_us, 200 + 510);
    assert_eq!(workload.seen.plans_merged, 2);
    // All of one shape: the slowest, which is the newest too.
    assert_eq!(query_of_text.plans.len(), 1);
    assert_eq!(query_of_text.plans[0].duration_us, 500);
    let nested = query(&workload, "SELECT inner_one FROM v");
    assert_eq!((nested.calls, nested.nested_calls, nested.nested_us), (0, 1, 3));
    let totals = workload.totals();
    assert_eq!(totals.total_us - totals.plan_only_us, workload.seen.statement_us);
}

#[test]
fn plans_of_several_statements_in_one_text() {
    let text = "SELECT 1 FROM a; SELECT 2 FROM b";
    let mut log = Log::default();
    log.plan(10, text).plan(20, text).simple(40, text);
    let workload = fold(&log.0);
    assert_eq!(query(&workload, text).calls, 1);
    assert_eq!(workload.seen.plans_merged, 2);
}

#[test]
fn a_lock_wait_is_counted_once_and_goes_to_the_next_statement() {
    let mut log = Log::default();
    log.push(Kind::Lock { acquired: false, us: 1_000_000 }).push(Kind::Lock { acquired: true, us: 2_500_000 });
    log.push(Kind::Temp { bytes: 10, text: String::new() });
    log.push(Kind::Temp { bytes: 5, text: "SELECT 1 FROM big".into() });
    log.simple(2_600_000, "UPDATE t SET a = 1");
    let workload = fold(&log.0);
    let update = query(&workload, "UPDATE t SET a = 2");
    assert_eq!((update.lock_waits, update.lock_wait_us), (1, 2_500_000));
    assert_eq!((update.temp_files, update.temp_bytes), (1, 10));
    assert_eq!(query(&workload, "SELECT 1 FROM big").temp_bytes, 5);
    let group = &workload.lock_waits[0];
    assert_eq!(
        (group.waits, group.acquired, group.total_us, group.target_kind.as_str()),
        (1, 1, 2_500_000, "transaction")
    );
}

#[test]
fn n_plus_one_shows_as_a_pair() {
    let mut log = Log::default();
    for request in 0..2 {
        log.simple(300, "SELECT * FROM authors ORDER BY name LIMIT 10");
        for id in 0..8 {
            log.simple(100, &format!("SELECT * FROM books WHERE author_id = {id}"));
            log.simple(100, "SELECT * FROM settings WHERE id = 1");
        }
        if request == 0 {
            log.pause(2_000_000);
        }
    }
    let workload = fold(&log.0);
    assert_eq!(workload.seen.units, 2);
    let text = |index: usize| workload.queries[index].text.as_str();
    let pair = workload.pairs.iter().find(|pair| text(pair.child).contains("books")).expect("a pair");
    assert!(text(pair.parent).contains("authors"));
    assert_eq!((pair.units, pair.calls, pair.max_runs, pair.median_runs, pair.parent_calls), (2, 16, 8, 8, 2));
    assert_eq!((pair.distance, pair.database_us), (0, 1600));
    // 8 runs, every other millisecond, from the start of the first to the end of the last.
    assert_eq!(pair.wall_us, 2 * (7 * 2_000 + 100));
    assert_eq!(pair.examples.len(), 2);
    assert_eq!((pair.examples[0].runs, pair.examples[0].distinct), (8, 8));
    let same = workload.repeats.iter().find(|repeat| text(repeat.query).contains("settings")).expect("a repeat");
    assert_eq!((same.same_units, same.same_calls, same.varied_units), (2, 16, 0));
    assert_eq!(workload.pairs.len(), 1, "constant lookups have no parent");
}

#[test]
fn units_end_at_pauses_but_not_in_a_transaction() {
    let mut log = Log::default();
    log.simple(1, "BEGIN");
    for id in 0..5 {
        log.simple(10, &format!("INSERT INTO t VALUES ({id})")).pause(3_000_000);
    }
    log.simple(1, "COMMIT");
    let workload = fold(&log.0);
    assert_eq!(workload.seen.units, 1);
    assert_eq!(workload.repeats.len(), 1);
    assert_eq!((workload.repeats[0].varied_calls, workload.repeats[0].each_in_own_transaction), (5, 0));

    let mut log = Log::default();
    for id in 0..6 {
        log.simple(1, "BEGIN").simple(10, &format!("UPDATE a SET x = {id}")).simple(1, "SELECT 1 FROM b");
        log.simple(1, "SELECT 1 FROM c").simple(1, "COMMIT");
    }
    let workload = fold(&log.0);
    let update = workload.repeats.iter().find(|repeat| workload.queries[repeat.query].text.starts_with("UPDATE"));
    let update = update.expect("six runs");
    assert_eq!((update.each_in_own_transaction, update.with_others_between), (1, 1));
}

#[test]
fn tools_retries_and_hidden_literals() {
    let mut log = Log::default();
    for id in 0..6 {
        log.simple(10, &format!("SELECT * FROM t WHERE id = {id}"));
        log.0.last_mut().expect("pushed").application = "pg_dump";
    }
    let workload = fold(&log.0);
    assert!(workload.repeats.is_empty());
    assert_eq!(workload.seen.outside_units, 6);

    let mut log = Log::default();
    for _ in 0..6 {
        log.simple(10, "UPDATE t SET n = n + 1 WHERE id = 5");
        log.push(Kind::Error { text: String::new(), message: "could not serialize access", state: "40001" });
    }
    assert!(fold(&log.0).repeats.is_empty());

    let mut log = Log::default();
    for _ in 0..6 {
        log.step(Phase::Execute, Some(5), "SELECT * FROM t WHERE id = $1", "");
    }
    let workload = fold(&log.0);
    assert_eq!((workload.repeats[0].hidden_units, workload.repeats[0].same_units), (1, 0));
}

#[test]
fn offsets_that_rise_are_a_walk() {
    let mut log = Log::default();
    for page in 1..9 {
        log.simple(10, &format!("SELECT * FROM t WHERE kind = 3 ORDER BY id LIMIT 20 OFFSET {}", page * 20));
        log.simple(10, "SELECT count(*) FROM t WHERE kind = 3").pause(1_500_000);
    }
    let text = "SELECT * FROM t WHERE kind = $1 ORDER BY id LIMIT 20 OFFSET $2";
    for page in 1..7 {
        log.step(Phase::Execute, Some(10), text, &format!("$1 = '3', $2 = '{}'", page * 20));
    }
    let workload = fold(&log.0);
    assert_eq!(workload.walks.len(), 1, "both texts have one fingerprint");
    let walk = &workload.walks[0];
    assert_eq!((walk.walks, walk.longest_steps, walk.step, walk.max_offset), (2, 7, 20, 160));
    assert_eq!(query(&workload, text).offsets.expect("read").max, 160);
    assert!(workload.neighbours.iter().any(|pair| workload.queries[pair.second].text.contains("count")));
}

#[test]
fn too_many_queries_go_to_one_entry() {
    let mut log = Log::default();
    for table in 0..20 {
        log.simple(10, &format!("SELECT * FROM t{table}"));
    }
    let workload = fold_cut(&log.0, &[], |index| index, Limits { queries: 5, ..Limits::default() });
    assert_eq!(workload.totals().calls, 20);
    assert_eq!(workload.totals().total_us, 200);
    assert_eq!(workload.seen.overflowed, 15);
    assert_eq!(workload.totals().queries, 6);
}

#[test]
fn packed_queries_lose_nothing() {
    let mut log = Log::default();
    for table in 0..50 {
        log.step(
            Phase::Execute,
            Some(10 + table),
            &format!("SELECT * FROM t{table} WHERE a = $1 /*action='x'*/"),
            "$1 = '4'",
        );
    }
    let packed = fold_cut(&log.0, &[], |index| index, Limits { unpacked: 3, ..Limits::default() });
    let unpacked = fold(&log.0);
    assert_eq!((packed.queries.len(), packed.singles.len()), (3, 47));
    assert_eq!(unpacked.singles.len(), 0);
    assert_eq!(packed.totals(), unpacked.totals());
    for query in &unpacked.queries {
        assert_eq!(format!("{:?}", packed.find(query.fingerprint)), format!("{:?}", unpacked.find(query.fingerprint)));
    }
}
