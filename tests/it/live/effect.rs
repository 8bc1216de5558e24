//! Generated statements on generated schemas: what sqlsift predicts of each, beside what a server does.
//!
//! `SEED=n` repeats a run; `ROUNDS=n` makes it longer. The forms are in `effect/forms.txt`.

mod form;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use sqlsift::catalog::apply::Replay;
use sqlsift::catalog::model::{ConstraintKind, SourceLine};
use sqlsift::effect::model::Cause;
use sqlsift::effect::{Effect, Version, WorkKind, predict};
use sqlsift::sql::ddl;
use sqlsift::sql::split::split;

use crate::server::Server;

use form::{Form, fill, forms};
use schema::Random;

#[path = "../../support/observe.rs"]
mod observe;
use observe::{Observed, Session};

/// The schema as sqlsift understands it, statement by statement.
fn replay(sql: &str) -> Replay {
    let mut replay = Replay::default();
    for statement in split(sql.as_bytes()) {
        apply(&mut replay, statement.span.of(sql));
    }
    replay
}

fn apply(replay: &mut Replay, text: &str) {
    if let Ok(Some(ddl)) = ddl::parse(text) {
        let at = SourceLine { path: "generated.sql".into(), line: 1 };
        let complaints = replay.apply(&ddl, &at);
        assert_eq!(
            complaints.iter().filter(|one| !one.message.contains("come from a query")).count(),
            0,
            "{text}: {complaints:?}"
        );
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn new_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    now.as_nanos() as u64 % 1_000_000
}

#[derive(Default)]
struct Tally {
    statements: usize,
    forms: BTreeSet<String>,
    refused: BTreeMap<String, String>,
    not_read: BTreeSet<String>,
    disagreements: Vec<String>,
}

#[test]
#[allow(clippy::print_stderr)]
fn the_server_does_what_is_predicted() {
    let seed = number("SEED").unwrap_or_else(new_seed);
    eprintln!("SEED={seed}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tally = runtime.block_on(run(seed, number("ROUNDS").unwrap_or(4))).expect("the server answers");
    eprintln!(
        "{} statements of {} forms; refused by the server: {:#?}; not read: {:#?}",
        tally.statements,
        tally.forms.len(),
        tally.refused,
        tally.not_read,
    );
    let list = tally.disagreements.join("\n\n");
    assert!(list.is_empty(), "SEED={seed}: {} disagreements\n{list}", tally.disagreements.len());
    assert!(tally.statements >= 200 && tally.forms.len() >= 60, "too little was tried");
}

async fn run(seed: u64, rounds: u64) -> anyhow::Result<Tally> {
    let server = Server::shared();
    let mut random = Random(seed);
    let mut tally = Tally::default();
    for round in 0..rounds {
        let database = format!("effect{round}");
        let admin = Session::open(server.client_config("postgres")).await?;
        admin.run(&format!("CREATE DATABASE {database}")).await?;
        let config = server.client_config(&database);
        let session = Session::open(config.clone()).await?;
        let major: u32 = session.rows("SHOW server_version_num").await?[0][0].parse::<u32>()? / 10_000;
        let sql = schema::generate(&mut random, major) + "CREATE SCHEMA elsewhere;\n";
        session.run(&sql).await.map_err(|e| anyhow::anyhow!("{e:?}\n{sql}"))?;
        let mut replay = replay(&sql);
        let (outside, inside): (Vec<Form>, Vec<Form>) =
            forms(major).into_iter().partition(|form| form.blockers.is_some());
        for form in inside.iter().chain(&outside) {
            let Some(filled) = fill(form, &replay, &mut random) else { continue };
            let Ok(Some(statement)) = ddl::parse(&filled.text) else {
                tally.not_read.insert(form.text.clone());
                continue;
            };
            let predicted = predict(&statement, &replay, Version(major));
            let observed = match &filled.blockers {
                None => session.in_transaction(&filled.text).await?,
                Some(blockers) => session.held_up(&config, &filled.text, blockers).await?,
            };
            judge(&mut tally, form, &filled, &sql, &predicted, &observed, &replay);
            if filled.blockers.is_some() && observed.error.is_none() {
                apply(&mut replay, &filled.text);
            }
        }
        drop(session);
    }
    Ok(tally)
}

fn judge(
    tally: &mut Tally,
    form: &Form,
    filled: &Form,
    schema: &str,
    predicted: &Effect,
    observed: &Observed,
    replay: &Replay,
) {
    let certain: Vec<&str> = predicted.fails.iter().map(|failure| failure.code).collect();
    let mut wrong = Vec::new();
    match &observed.error {
        Some((code, message)) if certain.is_empty() => {
            tally.refused.insert(filled.text.clone(), format!("{code} {message}"));
            return;
        }
        Some((code, message)) if certain.contains(&code.as_str()) => {}
        Some((code, message)) => wrong.push(format!("fails with {code} {message}, not {:?}", predicted.fails)),
        None if !certain.is_empty() => wrong.push(format!("does not fail: {:?}", predicted.fails)),
        None => wrong = differences(predicted, observed, replay, &filled.text),
    }
    tally.statements += 1;
    tally.forms.insert(form.text.clone());
    if !wrong.is_empty() {
        let named = |line: &&str| {
            let words = |name: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
            predicted.locks.iter().any(|lock| words(&lock.on.name))
        };
        let about: Vec<&str> = schema.lines().filter(|line| !line.starts_with("INSERT")).filter(named).collect();
        tally.disagreements.push(format!("{}\n  {}\n{}", filled.text, wrong.join("\n  "), about.join("\n")));
    }
}

/// Each as a line; predicted first.
pub fn differences(predicted: &Effect, observed: &Observed, replay: &Replay, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let told: BTreeMap<String, &str> =
        predicted.locks.iter().map(|lock| (lock.on.to_string(), lock.mode.name())).collect();
    let names: BTreeSet<&String> = told.keys().chain(observed.locks.keys()).collect();
    for name in names {
        let (told, seen) = (told.get(name).copied(), observed.locks.get(name).copied());
        // An index is spoken of only where a statement locks it by its own name.
        let counts = observed.is_table(name) || told.is_some();
        if told != seen && counts {
            wrong.push(format!("lock on {name}: {told:?}, but {seen:?}"));
        }
    }
    let of = |kind: WorkKind| -> BTreeSet<String> {
        let works = predicted.works.iter().filter(|work| work.kind == kind).map(|work| work.on.to_string());
        works.filter(|name| observed.kinds.get(name) != Some(&'p')).collect()
    };
    let mut compare = |what: &str, told: &BTreeSet<String>, seen: &BTreeSet<String>| {
        if told != seen {
            wrong.push(format!("{what}: {told:?}, but {seen:?}"));
        }
    };
    let truncates = text.starts_with("TRUNCATE");
    let rewritten = of(WorkKind::Rewrite);
    compare("rewritten", &rewritten, if truncates { &rewritten } else { &observed.rewritten });
    compare("scanned", &of(WorkKind::Scan), &observed.scanned);
    let built = |set: &BTreeSet<String>| set.difference(&rewritten).cloned().collect::<BTreeSet<_>>();
    if !truncates {
        compare("built", &built(&of(WorkKind::IndexBuild)), &built(&observed.built));
    }
    // Whatever is read was said to be; a foreign key's other side may be read as the planner likes.
    let references = predicted.works.iter().any(|work| matches!(work.cause, Cause::ForeignKey | Cause::Validate));
    let all: BTreeSet<String> =
        [WorkKind::Rewrite, WorkKind::Scan, WorkKind::IndexBuild].into_iter().flat_map(of).collect();
    let mut read = observed.read.clone();
    if references {
        let parents = replay.catalog().tables.values().flat_map(|table| &table.constraints);
        for one in parents {
            if let ConstraintKind::ForeignKey { references, .. } = &one.kind {
                read.remove(&references.to_string());
            }
        }
        read.retain(|name| all.contains(name));
    }
    if !text.contains(" AS SELECT ") {
        compare("read", &all.iter().filter(|name| !references || read.contains(*name)).cloned().collect(), &read);
    }
    wrong
}
