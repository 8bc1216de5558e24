//! Any text from the file to every format: no panic, not even one that a rule's guard catches, and an end in time.

mod damaged;
mod large;

use std::collections::BTreeSet;
use std::path::Path;

use crate::catalog::model::Catalog;
use crate::cli::analyze::catalog::Given;
use crate::cli::args::{Color, Common, FailOn, LintFormat};
use crate::effect::Version;
use crate::report::model::{RecommendationKind, Report};
use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::{Target, lint};
use crate::rules::page::Preset;
use crate::rules::registry::{Check, Registry};
use crate::script::model::{Direction, Framework};
use crate::script::{Options, Source, decode, scripts};

use super::{excerpt, report, write};

const COMMON: Common = Common { color: Color::Always, no_progress: true, quiet: true, verbose: 1 };

static REGISTRY: std::sync::LazyLock<Registry> = std::sync::LazyLock::new(|| Registry::preset(Preset::All));

/// Everything that the command does with the files, all rules on and both ways; what a rule's guard caught is an error.
fn passes(files: &[(&str, &[u8])], framework: Option<Framework>) -> Result<Report, String> {
    let sources = files
        .iter()
        .map(|(path, bytes)| Source { path: (*path).to_owned(), text: (*decode(bytes).0).into() })
        .collect();
    let scripts = scripts(sources, &[], Options { framework, ..Options::default() });
    let target = Target {
        deployed: files.iter().skip(1).map(|(path, _)| (*path).to_owned()).collect(),
        directions: &[Direction::Up, Direction::Down],
        small_table_rows: 0,
        ..Target::of(Version::NEWEST)
    };
    let linted = lint(&REGISTRY, &scripts, Catalog::default(), &target);
    let report = report::assemble(linted, &scripts, Given::default(), Vec::new(), &|_| true);
    if let Some(problem) = report.problems.iter().find(|problem| problem.message.contains("failed inside")) {
        return Err(problem.message.clone());
    }
    let view = write::View::of(false, &COMMON, FailOn::Info);
    let sources = excerpt::sources(&scripts);
    for (name, format) in write::KINDS {
        let text = write::render(&report, &sources, *format, &view);
        // A command of GitHub Actions begins a line; no other format escapes to the terminal.
        if text.contains('\u{1b}') {
            return Err(format!("an escape sequence reaches the terminal through {name}"));
        }
        if matches!(format, LintFormat::Json | LintFormat::Sarif | LintFormat::Gitlab)
            && let Err(e) = serde_json::from_str::<serde_json::Value>(&text)
        {
            return Err(format!("{name} is no JSON: {e}"));
        }
        if matches!(format, LintFormat::Junit | LintFormat::Checkstyle) {
            let options = roxmltree::ParsingOptions { nodes_limit: u32::MAX, ..Default::default() };
            roxmltree::Document::parse_with_options(&text, options).map_err(|e| format!("{name} is no XML: {e}"))?;
        }
    }
    Ok(report)
}

/// The migrations of `fixtures/migrations`, in the order of their paths.
fn migrations() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/migrations");
    let mut open = vec![root];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("the fixtures are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                let text = std::fs::read_to_string(&path).expect("a fixture is text");
                found.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_dump_that_is_linted_is_a_file_among_the_others() {
    let dump = "-- PostgreSQL database dump\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n\
                CREATE TABLE public.t (id bigint NOT NULL);\n-- PostgreSQL database dump complete\n";
    let report = passes(&[("structure.sql", dump.as_bytes()), ("queries.sql", b"SELECT 1")], None).expect("it is read");
    let view = write::View::of(false, &COMMON, FailOn::Error);
    let formats: Vec<&str> = report.inputs.iter().map(|input| &*input.format).collect();
    assert!(formats.contains(&"dump"), "{formats:?}");
    for format in [LintFormat::Junit, LintFormat::Checkstyle, LintFormat::Sarif] {
        let text = write::render(&report, &excerpt::sources(&[]), format, &view);
        assert!(text.contains("structure.sql"), "{text}");
    }
}

/// As procrastinate ships: `schema.sql` is what the migrations lead to.
#[test]
fn a_dump_beside_the_migrations_that_led_to_it_is_no_contradiction() {
    let dump = "CREATE TYPE state AS ENUM ('a'); CREATE TABLE jobs (id bigint PRIMARY KEY, state state, lock text); CREATE INDEX jobs_lock ON jobs (lock);";
    let first = "CREATE TYPE state AS ENUM ('a'); CREATE TABLE jobs (id bigint PRIMARY KEY, state state, started_at timestamptz);";
    let second = "ALTER TABLE jobs DROP COLUMN started_at; ALTER TABLE jobs ADD COLUMN lock text; CREATE INDEX jobs_lock ON jobs (lock);";
    for schema in ["sql/schema.sql", "sql/zz/schema.sql"] {
        let files = [("sql/migrations/1_a.sql", first), (schema, dump), ("sql/migrations/2_b.sql", second)];
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let report = passes(&files, None).expect("it is read");
        assert!(report.problems.is_empty(), "{schema}: {:?}", report.problems);
        let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert!(rules.contains(&"migration/index_not_concurrent"), "{schema}: {rules:?}");
        assert!(rules.contains(&"migration/drop_column"), "{schema}: {rules:?}");
    }
    let alone = [("sql/migrations/1_a.sql", first.as_bytes()), ("sql/migrations/2_b.sql", first.as_bytes())];
    assert!(!passes(&alone, None).expect("it is read").problems.is_empty());
}

#[test]
fn a_dump_excuses_only_what_it_made_itself() {
    let files: [(&str, &[u8]); 3] = [
        ("sql/migrations/1_a.sql", b"CREATE TABLE jobs (id bigint PRIMARY KEY); CREATE TABLE runs (id bigint PRIMARY KEY);"),
        ("sql/migrations/2_b.sql", b"ALTER TABLE jobs ADD COLUMN lock text;\nCREATE TABLE runs (id bigint);\nALTER TABLE runs ADD COLUMN id int;"),
        ("sql/schema.sql", b"CREATE TABLE jobs (id bigint PRIMARY KEY, lock text);"),
    ];
    let report = passes(&files, None).expect("it is read");
    let said: Vec<(Option<&str>, Option<u64>, &str)> =
        report.problems.iter().map(|one| (one.path.as_deref(), one.line, one.message.as_str())).collect();
    let path = Some("sql/migrations/2_b.sql");
    assert_eq!(
        said,
        [
            (path, Some(2), "table public.runs exists already: the later definition is left out"),
            (path, Some(3), "column id of public.runs exists already"),
        ]
    );
}

struct Fails;

impl StatementRule for Fails {
    fn check(&self, _: &StatementCx<'_>, _: &mut Sink) {
        panic!("on purpose");
    }
}

#[test]
fn a_rule_that_panics_is_a_problem_and_silences_no_other() {
    let mut registry = Registry::preset(Preset::Default);
    let rules: BTreeSet<&str> = ["migration/check_validated", "migration/drop_column"].into();
    for rule in registry.rules.iter_mut().filter(|rule| rules.contains(rule.page.id.as_str())) {
        rule.check = Check::Statement(Box::new(Fails));
    }
    let text = "CREATE INDEX a_idx ON t (a);\nALTER TABLE t DROP COLUMN b;\n";
    let scripts = scripts(vec![Source { path: "1.sql".into(), text: text.into() }], &[], Options::default());
    let target = Target { small_table_rows: 0, ..Target::of(Version::NEWEST) };
    let linted = lint(&registry, &scripts, Catalog::default(), &target);
    assert!(linted.findings.iter().any(|finding| finding.rule == "migration/index_not_concurrent"));
    let failed: Vec<&str> = linted.outcome.problems.iter().map(|problem| problem.message.as_str()).collect();
    for rule in rules {
        let message = format!("the rule {rule} failed inside: on purpose");
        assert_eq!(failed.iter().filter(|one| **one == message).count(), 2, "{failed:?}");
    }
}

#[test]
fn what_a_comment_takes_away_is_a_suppressed_result() {
    let text = "-- sqlsift: allow migration/index_not_concurrent because the table is empty\nCREATE INDEX a_idx ON t (a);\n\
                CREATE INDEX a_idx ON t (a);\n";
    let report = passes(&[("1.sql", text.as_bytes())], None).expect("it is read");
    let ours = |rule: &str| rule == "migration/index_not_concurrent";
    assert_eq!(report.findings.iter().filter(|finding| ours(&finding.rule)).count(), 1);
    let [suppressed] = report.suppressed.as_slice() else { panic!("{:?}", report.suppressed) };
    assert_eq!(suppressed.because, "the table is empty");
    let live = report.findings.iter().find(|finding| ours(&finding.rule)).expect("the second one");
    assert_ne!(live.id, suppressed.finding.id);
    let sarif = write::render(
        &report,
        &excerpt::sources(&[]),
        LintFormat::Sarif,
        &write::View::of(false, &COMMON, FailOn::Error),
    );
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let accepted: Vec<_> = results.iter().filter_map(|result| result.get("suppressions")).collect();
    assert_eq!(accepted, [&serde_json::json!([{ "kind": "inSource", "justification": "the table is empty" }])]);
}

#[test]
fn what_is_advised_can_be_pasted_into_a_script() {
    let text = "CREATE INDEX a_idx ON t (a);\nALTER TABLE t ALTER COLUMN b TYPE char(3);\nUPDATE t SET a = 1;\n\
                CREATE TABLE u (id serial PRIMARY KEY, n varchar(20), d timestamp);\n";
    let report = passes(&[("1.sql", text.as_bytes())], None).expect("it is read");
    assert!(report.recommendations.len() > 5);
    let scripts = report.recommendations.iter().filter(|one| one.kind != RecommendationKind::RewriteQuery);
    for sql in scripts.flat_map(|one| std::iter::once(&one.sql).chain(one.more_sql.iter().map(|part| &part.sql))) {
        let last = sql.lines().next_back().unwrap_or_default();
        assert!(last.is_empty() || last.ends_with(';') || last.contains("--"), "{sql}");
    }
}
