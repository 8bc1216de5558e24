use super::*;
use crate::report::model::*;
use crate::report::render::table::tests::example;
use crate::report::render::{json, palette::Palette, table};

#[test]
fn a_redacted_report_shows_no_planted_secret() {
    let mut report = example();
    let q = &mut report.workload.queries[0];
    q.tags = vec![
        Counted { name: "route=/orders/S3CRET-tag".into(), count: 2 },
        Counted { name: "route=/orders/S3CRET-other".into(), count: 3 },
    ];
    q.samples[0].text = "select 'S3CRET-text'".into();
    q.samples[0].parameters = "$1 = 'S3CRET-parameter'".into();
    q.samples[0].remote = "10.11.12.13".into();
    q.plans[0].body = "Filter: (a = 'S3CRET-plan')".into();
    let f = &mut report.findings[0];
    f.detail = "fails with \"S3CRET-quoted\" from 10.11.12.13, S3CRET-known".into();
    f.subject = Subject::Statement("select 'S3CRET-subject'".into());
    f.evidence[0].value = EvidenceValue::Text("S3CRET-known".into());
    let r = &mut report.recommendations[0];
    r.sql = "select 'S3CRET-sql'".into();
    r.undo = Some("select 'S3CRET-undo'".into());
    r.more_sql = vec![SqlPart { label: "next".into(), sql: "select 'S3CRET-more'".into() }];
    r.cost = Some("S3CRET-known".into());
    report.problems.push(Problem {
        path: None,
        line: None,
        message: "cannot read \"S3CRET-problem\"".into(),
        hint: Some("'S3CRET-hint'".into()),
        count: 1,
    });
    let mut literals = Literals::default();
    literals.add("S3CRET-known");
    Redactor { sql: &|_| "select ?".into(), literals: &literals }.report(&mut report);

    let view = table::View { width: 100, top: 10, palette: Palette::plain() };
    for text in [json::render(&report), table::render(&report, &view), table::render_queries(&report, &view)] {
        assert!(!text.contains("S3CRET"), "{text}");
        assert!(!text.contains("10.11.12.13"), "{text}");
    }
    assert_eq!(report.workload.queries[0].tags.len(), 1);
    assert_eq!(report.workload.queries[0].tags[0].count, 5);
}
