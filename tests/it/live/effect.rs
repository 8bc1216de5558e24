//! Generated statements on generated schemas: what sqlsift predicts of each, beside what a server does.
//!
//! `SEED=n` repeats a run; `ROUNDS=n` makes it longer. The forms are in `effect/forms.txt`.

mod form;
mod said;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use sqlsift::effect::{Effect, ONCE, VOLATILE, Version, predict};
use sqlsift::rules::registry::Registry;
use sqlsift::sql::ddl;

use crate::server::Server;

use form::{fill, forms};
use schema::Random;

#[path = "../../support/named.rs"]
mod named;
#[path = "../../support/observe.rs"]
mod observe;
use observe::{Observed, Session, apply, differences, replay};

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
    let tally = runtime.block_on(run(seed, number("ROUNDS").unwrap_or(4))).unwrap_or_else(|e| panic!("{e:#}"));
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
    let registry = Registry::defaults();
    for round in 0..rounds {
        let database = format!("effect{round}");
        let admin = Session::open(server.client_config("postgres")).await?;
        admin.run(&format!("CREATE DATABASE {database}")).await?;
        let config = server.client_config(&database);
        let session = Session::open(config.clone()).await?;
        let major: u32 = session.rows("SHOW server_version_num").await?[0][0].parse::<u32>()? / 10_000;
        let sql = schema::generate(&mut random, major);
        // In UTC timestamps with and without a time zone are the same bytes; what is predicted must not lean on it.
        session.run(&format!("SET timezone = 'Europe/Berlin';\n{sql}")).await?;
        let mut replay = replay(&sql);
        for form in &forms(major) {
            let Some(filled) = fill(form, &replay, &mut random) else { continue };
            let Ok(Some(statement)) = ddl::parse(&filled) else {
                tally.not_read.insert(form.clone());
                continue;
            };
            let predicted = predict(&statement, &replay, Version(major));
            let observed = session.observe(&config, &filled, &statement, &replay).await?;
            judge(&mut tally, form, &filled, &sql, &predicted, &observed);
            if observed.error.is_none() && !observed.held_up {
                let unsaid = said::unsaid(&registry, &sql, &filled, major, &observed);
                tally.disagreements.extend(unsaid.into_iter().map(|unsaid| format!("{filled}\n  {unsaid}")));
            }
            // Such a statement cannot be rolled back.
            if observe::blockers(&statement, &replay).is_some() && observed.error.is_none() {
                apply(&mut replay, &filled);
            }
        }
        drop(session);
    }
    Ok(tally)
}

fn judge(tally: &mut Tally, form: &str, filled: &str, schema: &str, predicted: &Effect, observed: &Observed) {
    let certain: Vec<&str> = predicted.fails.iter().map(|failure| failure.code).collect();
    let mut wrong = Vec::new();
    match &observed.error {
        Some((code, message)) if certain.is_empty() => {
            tally.refused.insert(filled.to_owned(), format!("{code} {message}"));
            return;
        }
        Some((code, message)) if certain.contains(&code.as_str()) => {}
        Some((code, message)) => wrong.push(format!("fails with {code} {message}, not {:?}", predicted.fails)),
        None if !certain.is_empty() => wrong.push(format!("does not fail: {:?}", predicted.fails)),
        None => wrong = differences(predicted, observed),
    }
    tally.statements += 1;
    tally.forms.insert(form.to_owned());
    if !wrong.is_empty() {
        let named = |line: &&str| {
            let words = |name: &str| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
            predicted.locks.iter().any(|lock| words(&lock.on.name))
        };
        let about: Vec<&str> = schema.lines().filter(|line| !line.starts_with("INSERT")).filter(named).collect();
        tally.disagreements.push(format!("{}\n  {}\n{}", filled, wrong.join("\n  "), about.join("\n")));
    }
}

/// Functions whose calls in a default decide whether ADD COLUMN writes every row. The server may lack what a later one brings.
#[test]
fn functions_of_defaults_are_as_volatile_as_is_said() {
    let list = |names: &[&str]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let wrong = |names: &[&str], but: &str| {
        Server::shared().psql(
            "postgres",
            &format!(
                "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace \
                 AND proname IN ({}) AND {but} ORDER BY 1",
                list(names)
            ),
        )
    };
    // Before Postgres 15 a time with a time zone, which no default is likely to be, was moved to another one by a volatile function.
    let moved = "oid::regprocedure::text <> 'timezone(text,time with time zone)'";
    assert_eq!(wrong(ONCE, &format!("provolatile = 'v' AND {moved}")).trim(), "");
    assert_eq!(wrong(VOLATILE, "provolatile <> 'v'").trim(), "");
    let known = Server::shared().psql(
        "postgres",
        &format!(
            "SELECT count(DISTINCT proname) FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ({})",
            list(ONCE)
        ),
    );
    let known: usize = known.trim().parse().expect("a number");
    assert!(known * 10 >= ONCE.len() * 9, "the server knows only {known} of {}", ONCE.len());
}
