//! Scripts of migration pages.
//!
//! A fence `script bad|good|fixed` is a migration, or several with lines `-- file: NAME` before each. The page's setup is the
//! database before them. Facts in the header:
//! - `framework=goose`, …: who runs it; without it psql does, statement by statement
//! - `transaction=tool`: the whole of it in one transaction (as most frameworks have it)
//! - `pg=14`: the server's version; `down`: the parts that go down are looked at
//! - `deploy`: the files go out together; `fails`: the server refuses it; `offline`: not run on a server
//!
//! A `bad` one must give the page's rule once (`also=…` others), a `good` one not. A `fixed` one must be clean under all rules
//! that are on by default, run, and leave the schema that the `bad` one before it leaves (`schema=differs` where it cannot).

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use sqlsift::effect::Version;
use sqlsift::report::model::Finding;
use sqlsift::rules::draft::{Ask, Draft};
use sqlsift::rules::finding::Found;
use sqlsift::rules::lint::{Target, lint};
use sqlsift::rules::page::{Fence, Page};
use sqlsift::script::model::{Direction, Framework, OpenedBy, Script, Transaction};
use sqlsift::script::{Options, Source, scripts};

use super::named;
use super::proof::Database;
use super::server::{SUPERUSER, Server};

const SETUP: &str = "0_setup.sql";

fn read(page: &Page, fence: &Fence) -> Result<Vec<Script>, Failed> {
    let framework = match fence.fact("framework") {
        Some(name) => Some(Framework::named(name).ok_or_else(|| format!("no framework is called {name}"))?),
        None => Some(Framework::Plain),
    };
    let mut sources = vec![Source { path: SETUP.to_owned(), text: super::setup(page).into() }];
    sources.extend(files(&fence.text).into_iter().map(|(path, text)| Source { path, text: text.into() }));
    let mut read = scripts(sources, &[], Options { framework, ..Options::default() });
    if fence.fact("transaction") == Some("tool") {
        let all = Some(Transaction { number: 0, by: OpenedBy::Tool });
        let own = read.iter_mut().filter(|script| script.path != SETUP);
        own.flat_map(|script| &mut script.statements).for_each(|statement| statement.transaction = all);
    }
    Ok(read)
}

/// Paths and texts.
fn files(text: &str) -> Vec<(String, String)> {
    let mut found = vec![("1_page.sql".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("-- file: ") {
            found.push((name.trim().to_owned(), String::new()));
        } else if let Some((_, last)) = found.last_mut() {
            last.push_str(line);
        }
    }
    found.retain(|(_, text)| !text.trim().is_empty());
    found
}

fn found(page: &Page, fence: &Fence) -> Result<Vec<Found>, Failed> {
    let scripts = read(page, fence)?;
    let own = |path: &str| path != SETUP;
    let paths = || scripts.iter().map(|script| script.path.clone()).filter(|path| own(path));
    let deployed: BTreeSet<String> = if fence.fact("deploy").is_some() { paths().collect() } else { BTreeSet::new() };
    let version = match fence.fact("pg") {
        Some(version) => Version(version.parse().map_err(|_| "pg= takes a major version")?),
        None => Version::NEWEST,
    };
    let directions: &[Direction] =
        if fence.fact("down").is_some() { &[Direction::Up, Direction::Down] } else { &[Direction::Up] };
    let target = Target { wanted: &own, deployed, directions, ..Target::of(version) };
    let linted = lint(&super::registry(page), &scripts, Default::default(), &target);
    let refused = scripts.iter().flat_map(|script| &script.problems).next().map(|problem| problem.message.clone());
    if let Some(message) = linted.outcome.problems.into_iter().map(|problem| problem.message).chain(refused).next()
        && fence.fact("problem").is_none()
    {
        return Err(message.into());
    }
    let found = |(finding, asks): (Finding, Vec<Ask>)| {
        let draft = Draft { asks, ..Draft::new(finding.subject.clone(), "", "") };
        Found { draft, finding, because: None }
    };
    Ok(linted.findings.into_iter().zip(linted.asks).map(found).collect())
}

pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let found = found(page, fence)?;
    super::judge(page, fence, &super::lint::spoke(&found))?;
    let texts = files(&fence.text);
    for found in &found {
        let place = found.finding.locations.first().ok_or("a finding without a place")?;
        let text = texts.iter().find(|(path, _)| **path == *place.path);
        if text.is_none_or(|(_, text)| place.line > text.lines().count() as u64) {
            return Err(format!("{}: a place outside the script: {place:?}", found.finding.rule).into());
        }
    }
    for (_, wanted) in fence.facts.iter().filter(|(key, _)| key == "lock") {
        let (table, mode) = wanted.split_once(':').ok_or("lock=table:mode")?;
        let own = found.iter().filter(|found| found.finding.rule == page.id);
        let named: Vec<(String, String)> = own.flat_map(|found| named::locks(&found.finding).locks).collect();
        if !named.iter().any(|(on, held)| on == &format!("public.{table}") && held == mode) {
            return Err(format!("the finding names no {mode} on {table}, but {named:?}").into());
        }
    }
    if fence.fact("fails").is_some() || fence.fact("offline").is_some() || elsewhere(fence) {
        return Ok(());
    }
    run(page, fence).map(|_| ())
}

/// Needs another server than the one at hand: its facts were looked at by all rules, and it was run by hand.
fn elsewhere(fence: &Fence) -> bool {
    fence.fact("pg").and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| version > major())
}

fn major() -> u32 {
    let version = Server::shared().try_psql("postgres", "SHOW server_version_num").unwrap_or_default();
    version.trim().parse::<u32>().unwrap_or_default() / 10_000
}

/// Runs the script as its framework would, and gives the schema that it leaves.
fn run(page: &Page, fence: &Fence) -> Result<String, Failed> {
    let database = Database::new(&super::setup(page))?;
    for (path, text) in files(&fence.text) {
        let sql = match fence.fact("transaction") {
            Some("tool") => format!("BEGIN;\n{text}\n;COMMIT;"),
            _ => text,
        };
        database.run(&sql).map_err(|e| format!("{path}: {}", e.message().unwrap_or_default()))?;
    }
    let dump = Server::shared()
        .client("pg_dump")
        .args(["--schema-only", "--no-owner", "-U", SUPERUSER, database.name()])
        .output()
        .map_err(|e| format!("pg_dump: {e}"))?;
    let dump = String::from_utf8_lossy(&dump.stdout);
    let said = |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with('\\');
    Ok(dump.lines().filter(said).collect::<Vec<_>>().join("\n"))
}

pub fn fixed(page: &Page, index: usize) -> Result<(), Failed> {
    let fence = &page.fences()[index];
    let spoke = super::lint::spoke(&found(page, fence)?);
    if let Some((rule, title)) = spoke.first() {
        return Err(format!("the safe way gives {rule}: {title}").into());
    }
    if fence.fact("offline").is_some() || elsewhere(fence) {
        return Ok(());
    }
    let after = run(page, fence)?;
    let mut before = page.fences()[..index].iter().rev();
    let bad = before.find(|fence| fence.language == "script" && fence.role.as_deref() == Some("bad"));
    let bad = bad.ok_or("no `bad` fence stands before it")?;
    if bad.fact("fails").is_some() || fence.fact("schema") == Some("differs") {
        return Ok(());
    }
    let wanted = run(page, bad)?;
    if wanted == after {
        Ok(())
    } else {
        Err(format!("another schema than after the bad one:\n{after}\n\nnot\n{wanted}").into())
    }
}
