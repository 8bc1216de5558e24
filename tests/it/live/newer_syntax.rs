//! Clauses that older servers do not know: what `migration/newer_syntax` says of each, beside what the server at hand does.

use sqlsift::effect::Version;
use sqlsift::rules::lint::{Target, lint};
use sqlsift::rules::registry::Registry;
use sqlsift::script::model::Framework;
use sqlsift::script::{Options, Source, scripts};

use crate::server::Server;

const SETUP: &str = "CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE t (a integer, n text);
CREATE TABLE g (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);
CREATE TABLE ev (id integer) PARTITION BY LIST (id);
CREATE TABLE ev1 PARTITION OF ev FOR VALUES IN (1);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
";

/// First major, statement.
fn samples() -> impl Iterator<Item = (u32, &'static str)> {
    let lines = include_str!("newer_syntax.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (since, statement) = line.split_once('|')?;
        Some((since.parse().ok()?, statement))
    })
}

fn speaks(statement: &str, version: u32) -> bool {
    let source = |path: &str, text: String| Source { path: path.to_owned(), text: text.into() };
    let sources = vec![source("1.sql", SETUP.to_owned()), source("2.sql", format!("{statement};"))];
    let read = scripts(sources, &[], Options { framework: Some(Framework::Plain), ..Options::default() });
    let linted = lint(&Registry::defaults(), &read, Default::default(), &Target::of(Version(version)));
    linted.findings.iter().any(|finding| finding.rule == "migration/newer_syntax")
}

#[test]
fn each_clause_is_reported_for_servers_that_lack_it() {
    let silent: Vec<_> = samples().filter(|(since, statement)| !speaks(statement, since - 1)).collect();
    let loud: Vec<_> = samples().filter(|(since, statement)| speaks(statement, *since)).collect();
    assert!(
        silent.is_empty() && loud.is_empty(),
        "silent on the older one: {silent:#?}; loud on the newer one: {loud:#?}"
    );
    assert!(samples().count() >= 35, "the list was not read");
}

#[test]
fn the_server_at_hand_knows_what_its_version_brings() {
    let server = Server::shared();
    let run = |sql: &str| server.try_psql("newer_syntax", sql).err().map(|error| format!("{error:#}"));
    let _ = server.psql("postgres", "CREATE DATABASE newer_syntax");
    let _ = server.psql("newer_syntax", &format!("{SETUP}CREATE ROLE newer1; CREATE ROLE newer2;"));
    let major: u32 =
        server.psql("postgres", "SHOW server_version_num").trim().parse::<u32>().expect("a number") / 10_000;
    let mut wrong = Vec::new();
    for (since, statement) in samples() {
        let alone = ["VACUUM", "CONCURRENTLY"].iter().any(|word| statement.contains(word));
        let sql = if alone { format!("{statement};") } else { format!("BEGIN; {statement}; ROLLBACK;") };
        let statement_of_roles = sql.replace("r1", "newer1").replace("r2", "newer2");
        let error = run(&format!("\\set VERBOSITY verbose\n{statement_of_roles}"));
        // As a syntax error, as a feature that is missing, or as a parameter that is not known.
        let unknown =
            |error: &String| ["42601", "0A000", "22023"].iter().any(|code| error.contains(&format!("{code}:")));
        if (major < since) != error.as_ref().is_some_and(unknown) {
            wrong.push(format!("{statement}: {error:?}"));
        }
    }
    assert!(wrong.is_empty(), "Postgres {major}:\n{}", wrong.join("\n"));
}
