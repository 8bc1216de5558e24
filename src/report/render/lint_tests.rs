//! Reports of `lint` for the tests of its formats, and what holds for all of them.

use std::borrow::Cow;

use super::palette::Palette;
use super::*;
use crate::report::model::*;
use crate::report::rule_text::RuleText;
use crate::report::source::Sources;

mod schemas;

pub const ORDERS: &str = "-- totals are searched\nCREATE INDEX orders_total ON orders (total_amount);\n";
pub const NAMES: &str = "BEGIN;\n\nALTER TABLE orders\n    ADD COLUMN note text,\n    ALTER COLUMN id TYPE bigint,\n    ADD COLUMN name varchar(40);\nCOMMIT;\n";

pub fn sources() -> Sources<'static> {
    [("migrations/0002_total.sql", ORDERS), ("migrations/0003_names.sql", NAMES)].into_iter().collect()
}

pub fn text_fact(label: impl Into<Cow<'static, str>>, value: &str) -> Evidence {
    Evidence {
        label: label.into(),
        value: EvidenceValue::Text(value.to_owned().into()),
        unit: String::new().into(),
        source: EvidenceSource::Documented,
    }
}

fn place(path: &str, line: u64, column: u32, end_line: u64, end_column: u32) -> Location {
    Location { path: path.into(), line, column: Some(column), end_line: Some(end_line), end_column: Some(end_column) }
}

/// A file with an error, one with a warning and an info, one without anything.
pub fn example() -> Report {
    let base = table::tests::example();
    let finding = Finding {
        id: "00000000000000f1".into(),
        rule: "migration/index_not_concurrent".into(),
        severity: Severity::Error,
        confidence: Confidence::High,
        title: "Building this index stops all writes to public.orders".into(),
        detail:
            "CREATE INDEX holds its lock until the whole table was read. Writes wait, and whoever waits behind them."
                .into(),
        subject: Subject::Table("public.orders".into()),
        locations: vec![place("migrations/0002_total.sql", 2, 1, 2, 45)],
        evidence: vec![
            text_fact("work", "reads all of public.orders"),
            text_fact("blocks", "writes"),
            text_fact("lock", "ShareLock on public.orders"),
            text_fact("blocked", "3 queries, 410 calls a minute"),
        ],
        recommendations: vec!["00000000000000a1".into()],
        impact_ms_per_day: None,
        accounts_for_ms: None,
        accounts_for_share: None,
    };
    let rewrite = Finding {
        id: "00000000000000f2".into(),
        rule: "migration/type_change_rewrites".into(),
        severity: Severity::Warning,
        title: "The new type rewrites public.orders".into(),
        detail: "integer and bigint are stored differently.".into(),
        locations: vec![
            place("migrations/0003_names.sql", 5, 5, 5, 32),
            place("migrations/0001_orders.sql", 1, 1, 4, 2),
        ],
        evidence: vec![
            text_fact("lock", "AccessExclusiveLock on public.orders"),
            text_fact("blocks", "reads and writes"),
        ],
        recommendations: vec![],
        ..finding.clone()
    };
    let info = Finding {
        id: "00000000000000f3".into(),
        rule: "schema/varchar_limit".into(),
        severity: Severity::Info,
        title: "A limit that must be migrated when a name is longer".into(),
        locations: vec![place("migrations/0003_names.sql", 3, 1, 6, 33)],
        evidence: vec![],
        ..rewrite.clone()
    };
    let start = ORDERS.find("INDEX").unwrap() as u64 + 6;
    let fix = Recommendation {
        id: "00000000000000a1".into(),
        title: "Build the index CONCURRENTLY, in a script of its own".into(),
        detail: "It must stand outside of a transaction.".into(),
        sql: "CREATE INDEX CONCURRENTLY orders_total ON orders (total_amount);".into(),
        more_sql: vec![SqlPart { label: "if it fails".into(), sql: "DROP INDEX CONCURRENTLY orders_total;".into() }],
        lock: Some("ShareUpdateExclusiveLock".into()),
        edits: vec![Edit { path: "migrations/0002_total.sql".into(), start, end: start, text: "CONCURRENTLY ".into() }],
        range: None,
        ..*base.recommendations[0].clone()
    };
    let input = |path: &str, format: &'static str| Input {
        path: path.into(),
        format: format.into(),
        details: vec![],
        bytes: 9,
    };
    Report {
        inputs: vec![
            input("migrations/0001_orders.sql", "migration"),
            input("migrations/0002_total.sql", "migration"),
            input("migrations/0003_names.sql", "migration"),
            input("schema.sql", "schema"),
        ],
        coverage: Coverage {
            files: 3,
            statements_checked: 12,
            allowed: vec![Allowed { rule: "query/select_star".into(), because: "small".into(), findings: 1 }],
            rules_not_run: ["a", "b", "c", "d"]
                .map(|name| RuleNotRun { rule: format!("schema/{name}"), reason: "no snapshot was given".into() })
                .to_vec(),
            ..Coverage::default()
        },
        workload: WorkloadSummary::default(),
        findings: vec![finding, rewrite, info],
        recommendations: vec![Box::new(fix)],
        ..base
    }
}

/// `n` findings of three severities and rules, over files of ten.
pub fn many(n: usize) -> Report {
    let mut report = example();
    let three = std::mem::take(&mut report.findings);
    report.findings = (0..n)
        .map(|i| {
            let mut finding = three[i % 3].clone();
            finding.id = format!("{i:016x}");
            finding.locations[0] =
                place(&format!("migrations/{:04}.sql", i / 10), 10 + i as u64 % 10, 1, 10 + i as u64 % 10, 9);
            finding
        })
        .collect();
    report
}

/// The example with `evil` wherever text may come from a file.
pub fn hostile(evil: &str) -> Report {
    let mut report = example();
    for finding in &mut report.findings {
        for text in [&mut finding.title, finding.detail.to_mut()] {
            *text = evil.into();
        }
        finding.locations[0].path = evil.into();
        finding.subject = Subject::Table(evil.into());
        finding.evidence.push(text_fact("lock", evil));
        finding.evidence.push(text_fact(evil.to_owned(), evil));
    }
    for fix in &mut report.recommendations {
        for text in [fix.title.to_mut(), fix.detail.to_mut(), &mut fix.sql] {
            *text = evil.into();
        }
        fix.more_sql = vec![SqlPart { label: evil.into(), sql: evil.into() }];
        fix.cost = Some(evil.into());
        fix.undo = Some(evil.into());
    }
    report.inputs[0].path = evil.into();
    report.coverage.notes.push(evil.into());
    report.coverage.allowed[0].because = evil.into();
    report.coverage.rules_not_run[0].reason = evil.into();
    let problem = |path: Option<&str>, line| Problem {
        path: path.map(str::to_owned),
        line,
        message: evil.into(),
        hint: Some(evil.into()),
        count: 2,
    };
    report.problems = vec![problem(Some(evil), Some(3)), problem(Some(evil), None), problem(None, None)];
    report
}

pub fn rule_texts() -> Vec<RuleText> {
    vec![RuleText {
        id: "migration/index_not_concurrent".into(),
        title: "Index built under a lock".into(),
        summary: "`CREATE INDEX` stops writes".into(),
        body: "# Why\n\nIt reads the whole table.\n".into(),
        severity: Severity::Error,
        confidence: Confidence::High,
        links: vec!["https://www.postgresql.org/docs/current/sql-createindex.html".into()],
    }]
}

pub fn plain(detail: text::Detail) -> text::View {
    text::View { width: 100, palette: Palette::plain(), detail }
}

/// Every format, of one report.
pub fn all(report: &Report) -> Vec<(&'static str, String)> {
    vec![
        ("text", text::render(report, &sources(), &plain(text::Detail::Brief))),
        ("text, full", text::render(report, &sources(), &plain(text::Detail::Full))),
        ("short", short::render(report)),
        ("sarif", sarif::render(report, &sources(), &rule_texts())),
        ("github", github::render(report)),
        ("gitlab", gitlab::render(report)),
        ("junit", junit::render(report, Some(Severity::Error))),
        ("checkstyle", checkstyle::render(report)),
        ("markdown", markdown::render(report, &sources())),
    ]
}

#[test]
fn short_lines_read_like_those_of_a_compiler() {
    let mut report = example();
    report.problems.push(Problem {
        path: Some("a.sql".into()),
        line: Some(7),
        message: "a quotation mark is never closed".into(),
        hint: None,
        count: 1,
    });
    assert_eq!(
        short::render(&report),
        "migrations/0002_total.sql:2:1: error: Building this index stops all writes to public.orders [migration/index_not_concurrent]\n\
         migrations/0003_names.sql:3:1: info: A limit that must be migrated when a name is longer [schema/varchar_limit]\n\
         migrations/0003_names.sql:5:5: warning: The new type rewrites public.orders [migration/type_change_rewrites]\n\
         a.sql:7: warning: a quotation mark is never closed [not_read]\n"
    );
}

#[test]
fn no_format_lets_hostile_text_act() {
    let evil = "\x1b]0;owned\x07\u{202e}\u{9b}2J\r\n\u{ffff}\u{0}<b>&]]>\u{200b}\u{e0041}";
    for (format, text) in all(&hostile(evil)) {
        let bad = text.chars().find(|c| {
            (c.is_control() && *c != '\n') || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{e0041}')
        });
        assert_eq!(bad, None, "{format}: {text}");
    }
}

#[test]
fn every_format_names_every_finding_and_place() {
    for (format, text) in all(&example()) {
        for finding in &example().findings {
            assert!(text.contains(&finding.rule), "{format} does not name {}:\n{text}", finding.rule);
            assert!(text.contains(&*finding.locations[0].path), "{format}:\n{text}");
        }
    }
}

#[test]
fn a_report_without_anything_renders() {
    let mut report = example();
    report.findings.clear();
    report.recommendations.clear();
    report.inputs.clear();
    report.coverage = Coverage::default();
    for (format, text) in all(&report) {
        assert!(text.is_empty() || text.ends_with('\n'), "{format}: {text:?}");
    }
    assert_eq!(github::render(&report), "");
}
