//! The facts of a `proof` about locks and work: asked of the server, and of `sqlsift::effect`, which must say the same.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use libtest_mimic::Failed;
use sqlsift::effect::{Version, predict};
use sqlsift::rules::page::{Fence, Page};
use sqlsift::sql::ddl;

use super::proof::Database;
use super::server::Server;

#[path = "../support/observe.rs"]
mod observe;
use observe::{MODES, Observed, Session, differences, replay};

/// Whether the fence has such a fact; `scan=table:times` is another one.
pub fn is_fact(key: &str, value: &str) -> bool {
    matches!(key, "lock" | "rewrite" | "build") || (key == "scan" && !value.contains(':'))
}

/// The majors that a proof holds for: `13..18`, `14..`, `..16` or `15`.
pub fn majors(fence: &Fence) -> Result<RangeInclusive<u32>, Failed> {
    let Some(text) = fence.fact("pg") else { return Ok(0..=u32::MAX) };
    let number = |text: &str, empty: u32| match text {
        "" => Ok(empty),
        text => text.parse::<u32>().map_err(|_| Failed::from(format!("pg={text}: a major version is wanted"))),
    };
    match text.split_once("..") {
        Some((from, to)) => Ok(number(from, 0)?..=number(to, u32::MAX)?),
        None => Ok(number(text, 0)?..=number(text, 0)?),
    }
}

pub fn major() -> Result<u32, Failed> {
    let version = Server::shared().try_psql("postgres", "SHOW server_version_num").map_err(|e| e.to_string())?;
    let number: u32 = version.trim().parse().map_err(|_| "the server has no version")?;
    Ok(number / 10_000)
}

/// `before` has run in the database.
pub fn check(page: &Page, fence: &Fence, database: &Database, before: &str, last: &str) -> Result<(), Failed> {
    let replay = replay(&format!("{}\n{before}", super::setup(page)));
    let statement = ddl::parse(last).map_err(|refused| format!("not read: {refused:?}"))?;
    let statement = statement.ok_or("facts about locks are about a statement that sqlsift predicts the effect of")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let observed = runtime.block_on(async {
        let config = Server::shared().client_config(database.name());
        let session = Session::open(config.clone()).await?;
        session.run(&database.settings).await?;
        session.observe(&config, last, &statement, &replay).await
    });
    let observed = observed.map_err(|e| format!("{e:#}"))?;
    let predicted = predict(&statement, &replay, Version(major()?));
    if let Some((code, message)) = &observed.error {
        return Err(format!("refused: {code} {message}").into());
    }
    for (key, value) in &fence.facts {
        fact(&observed, key, value)?;
    }
    let wrong = differences(&predicted, &observed);
    if wrong.is_empty() { Ok(()) } else { Err(format!("predicted otherwise:\n{}", wrong.join("\n")).into()) }
}

fn fact(observed: &Observed, key: &str, value: &str) -> Result<(), Failed> {
    let whole = |name: &str| if name.contains('.') { name.to_owned() } else { format!("public.{name}") };
    let among = |set: &BTreeSet<String>| match value {
        "no" if set.is_empty() => Ok(()),
        "no" => Err(format!("{key}=no, but {set:?}").into()),
        table if set.contains(&whole(table)) => Ok(()),
        table => Err(format!("{key}={table}, but {set:?}").into()),
    };
    match key {
        "lock" => {
            let (table, mode) = value.split_once(':').ok_or("lock=table:mode")?;
            if mode != "no" && !MODES[1..].contains(&mode) {
                return Err(format!("{mode} is no lock mode as pg_locks has it, stronger than AccessShareLock").into());
            }
            let found = observed.locks.get(&whole(table)).copied();
            match found {
                None if mode == "no" => Ok(()),
                Some(found) if found == mode => Ok(()),
                found => Err(format!("lock={value}, but {found:?} of {:?}", observed.locks).into()),
            }
        }
        "rewrite" => among(&observed.rewritten),
        "scan" if is_fact(key, value) => among(&observed.scanned),
        "build" => among(&observed.built),
        _ => Ok(()),
    }
}
