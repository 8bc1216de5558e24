use super::*;
use crate::report::model::*;

/// A small report with one of everything.
pub fn example() -> Report {
    let query = QueryEntry {
        fingerprint: "7f3a00000000c0de".into(),
        database: "shop".into(),
        text: "select id, total from orders where customer_id = $1 order by created_at desc limit ?".into(),
        kind: "select".into(),
        calls: 1200,
        total_ms: 60_000.0,
        share: 0.75,
        min_ms: Some(10.0),
        max_ms: Some(180.0),
        mean_ms: Some(50.0),
        stddev_ms: Some(9.0),
        p50_ms: Some(48.0),
        p95_ms: Some(90.0),
        p99_ms: Some(120.0),
        parse_ms: 0.0,
        bind_ms: 1.5,
        rows: None,
        first_seen: Some("2026-11-20T10:00:01Z".into()),
        last_seen: Some("2026-11-20T10:04:01Z".into()),
        histogram: vec![
            HistogramBar { start: "2026-11-20T10:00:00Z".into(), seconds: 60, calls: 400, total_ms: 20_000.0 },
            HistogramBar { start: "2026-11-20T10:01:00Z".into(), seconds: 60, calls: 800, total_ms: 40_000.0 },
        ],
        users: vec![Counted { name: "shop".into(), count: 1200 }],
        applications: vec![Counted { name: "web".into(), count: 1200 }],
        tags: vec![Counted { name: "route=/orders".into(), count: 1200 }],
        samples: vec![SampleEntry {
            duration_ms: Some(180.0),
            at: Some("2026-11-20T10:02:00Z".into()),
            path: "postgresql.log".into(),
            line: 42,
            text: "SELECT id, total FROM orders WHERE customer_id = $1".into(),
            parameters: "$1 = '5'".into(),
            user: "shop".into(),
            application: "web".into(),
            remote: "10.0.0.7".into(),
            pid: Some(77),
        }],
        plans: vec![PlanEntry {
            format: "text".into(),
            duration_ms: 180.0,
            at: None,
            path: "postgresql.log".into(),
            line: 43,
            body: "Seq Scan on orders".into(),
        }],
        plan_count: 3,
        query_ids: vec!["-12345678901234567".into()],
        nested_calls: 0,
        errors: 0,
        temp_files: 0,
        temp_bytes: 0,
        lock_wait_ms: 0.0,
        findings: vec!["00000000000000f1".into()],
    };
    let finding = Finding {
        id: "00000000000000f1".into(),
        rule: "workload/missing_index".into(),
        severity: Severity::Warning,
        confidence: Confidence::High,
        title: "No index serves `orders.customer_id`".into(),
        detail: "Every call reads the whole table to keep a few rows.".into(),
        subject: Subject::Query("7f3a00000000c0de".into()),
        locations: vec![Location { path: "postgresql.log".into(), line: 42, ..Location::default() }],
        evidence: vec![Evidence {
            label: "rows removed by the filter".into(),
            value: EvidenceValue::Integer(199_990),
            unit: "rows".into(),
            source: EvidenceSource::Measured,
        }],
        recommendations: vec!["00000000000000a1".into()],
        accounts_for_ms: None,
        accounts_for_share: None,
        impact_ms_per_day: Some(21_600_000.0),
    };
    let second = Finding {
        id: "00000000000000f2".into(),
        rule: "schema/foreign_key_without_index".into(),
        severity: Severity::Info,
        title: "A foreign key without an index".into(),
        subject: Subject::Table("public.orders".into()),
        impact_ms_per_day: None,
        ..finding.clone()
    };
    let recommendation = Recommendation {
        id: "00000000000000a1".into(),
        kind: RecommendationKind::CreateIndex,
        title: "Create an index on orders (customer_id, created_at)".into(),
        detail: "Equality first, then the order.".into(),
        sql:
            "CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx\n    ON orders (customer_id, created_at DESC);"
                .into(),
        more_sql: vec![],
        applicability: Applicability::Review,
        lock: Some("ShareUpdateExclusiveLock".into()),
        undo: Some("DROP INDEX CONCURRENTLY orders_customer_id_created_at_idx;".into()),
        verified_by: VerifiedBy::Estimate,
        before: Some(50.0),
        after: Some(0.2),
        unit: "ms".into(),
        queries: vec!["7f3a00000000c0de".into()],
        size_bytes: Some(4_400_000),
        cost: None,
        impact_ms_per_day: Some(21_000_000.0),
        edits: Vec::new(),
        range: None,
    };
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "sqlsift".into(), version: "0.0.0".into(), fingerprint_version: 1 },
        inputs: vec![Input {
            path: "postgresql.log".into(),
            format: "stderr".into(),
            details: vec!["line prefix '%m [%p] '".into()],
            bytes: 4_211_000,
        }],
        server: None,
        plans: Vec::new(),
        comparison: None,
        index_set: None,
        suppressed: Vec::new(),
        coverage: Coverage {
            queries: 48,
            queries_listed: 1,
            rules_run: vec!["workload/missing_index".into()],
            rules_not_run: vec![
                RuleNotRun { rule: "schema/duplicate_index".into(), reason: "no schema was given".into() },
                RuleNotRun { rule: "schema/no_primary_key".into(), reason: "no schema was given".into() },
            ],
            ..Coverage::default()
        },
        workload: WorkloadSummary {
            calls: 7157,
            total_ms: 80_000.0,
            first_seen: Some("2026-11-20T10:00:01Z".into()),
            last_seen: Some("2026-11-20T10:04:03Z".into()),
            window_seconds: Some(21_600.0),
            errors: 16,
            deadlocks: 1,
            queries: vec![query],
            ..WorkloadSummary::default()
        },
        findings: vec![finding, second],
        recommendations: vec![Box::new(recommendation)],
        problems: vec![],
    }
}

fn plain() -> View {
    View { width: 100, top: 10, palette: Palette::plain() }
}

#[test]
fn the_problem_stands_at_the_top_with_its_fix() {
    let text = render(&example(), &plain());
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("{needle} is missing in:\n{text}"));
    assert!(at("No index serves") < at("CREATE INDEX CONCURRENTLY"));
    assert!(at("CREATE INDEX CONCURRENTLY") < at("QUERIES"));
    assert!(at("QUERIES") < at("NOT EXAMINED"));
    assert!(text.contains("6 h a day"));
    assert!(text.contains("rows removed by the filter: 199,990 rows"));
    assert!(text.contains("the same as for 1:"), "shared advice is printed once:\n{text}");
    assert!(text.contains("schema/duplicate_index, schema/no_primary_key: no schema was given"));
    assert!(text.contains("47 more, 20 s together"));
}

#[test]
fn everything_fits_100_columns_without_colour() {
    for text in [render(&example(), &plain()), render_queries(&example(), &plain())] {
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(!text.contains('\x1b'));
    }
}

#[test]
fn what_falls_below_top_is_counted() {
    let text = render(&example(), &View { top: 1, ..plain() });
    assert!(text.contains("1 more, all of them in the JSON"));
    assert!(text.contains("schema/foreign_key_without_index 1"));
}

#[test]
fn colours_wrap_whole_pieces_and_are_reset() {
    let text = render(&example(), &View { palette: Palette::coloured(), ..plain() });
    assert!(text.contains("\x1b["));
    assert_eq!(text.matches("\x1b[0m").count() * 2, text.matches("\x1b[").count() - doubles(&text));
}

/// A bold colour is written as two sequences.
fn doubles(text: &str) -> usize {
    text.matches("\x1b[1m\x1b[3").count()
}

#[test]
fn hostile_text_reaches_no_terminal() {
    const EVIL: &str = "\x1b]0;owned\x07\u{202e}\u{9b}2J\r";
    let mut report = example();
    report.inputs[0].path = EVIL.into();
    let q = &mut report.workload.queries[0];
    for text in [&mut q.text, &mut q.database, &mut q.users[0].name, &mut q.tags[0].name, &mut q.plans[0].body] {
        *text = EVIL.into();
    }
    let s = &mut q.samples[0];
    for text in [&mut s.text, &mut s.parameters, &mut s.user, &mut s.application, &mut s.remote, &mut s.path] {
        *text = EVIL.into();
    }
    let f = &mut report.findings[0];
    for text in [&mut f.title, f.detail.to_mut(), f.evidence[0].label.to_mut()] {
        *text = EVIL.into();
    }
    f.locations[0].path = EVIL.into();
    f.evidence[0].value = EvidenceValue::Text(EVIL.into());
    let r = &mut report.recommendations[0];
    for text in [r.title.to_mut(), r.detail.to_mut(), &mut r.sql] {
        *text = EVIL.into();
    }
    r.undo = Some(EVIL.into());
    r.cost = Some(EVIL.into());
    r.more_sql = vec![SqlPart { label: EVIL.into(), sql: EVIL.into() }];
    report.coverage.notes.push(EVIL.into());
    report.coverage.unparsed.push(Unparsed { fingerprint: "00".into(), database: EVIL.into(), reason: EVIL.into() });
    report.problems.push(Problem {
        path: Some(EVIL.into()),
        line: None,
        message: EVIL.into(),
        hint: Some(EVIL.into()),
        count: 2,
    });
    for text in [render(&report, &plain()), render_queries(&report, &plain())] {
        let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(bad, None, "{text}");
    }
}

#[test]
fn a_sparkline_shows_the_pauses() {
    let mut report = example();
    let bars = &mut report.workload.queries[0].histogram;
    bars[1].start = "2026-11-20T10:03:00Z".into();
    let text = render_queries(&report, &plain());
    assert!(text.contains("|▄  █|  1 min a bar"), "{text}");
}

#[test]
fn of_many_examples_some_are_shown() {
    let mut report = example();
    let finding = &mut report.findings[0];
    finding.evidence = vec![finding.evidence[0].clone(); 8];
    let text = render(&report, &plain());
    assert!(text.contains("5 more like it in the JSON"), "{text}");
}
