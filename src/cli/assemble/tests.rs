use super::*;
use crate::report::model::{Confidence, Location, Severity, Subject};
use crate::rules::draft::Draft;
use crate::rules::finding::Found;
use crate::sql::StatementKind;

const DAY_US: i64 = 86_400_000_000;

fn query(fingerprint: u64, text: &str, durations: &[u64]) -> Query {
    let mut q = Query::new("shop", Fingerprint(fingerprint), StatementKind::Select, text);
    for &us in durations {
        q.calls += 1;
        q.timed_calls += 1;
        q.total_us += us;
        q.min_us = if q.calls == 1 { us } else { q.min_us.min(us) };
        q.max_us = q.max_us.max(us);
        q.sum_squares += u128::from(us) * u128::from(us);
        q.sketch.add(us);
    }
    q
}

fn found(id: &str, impact: Option<f64>, queries: Vec<QueryIndex>) -> Found {
    Found {
        finding: Finding {
            id: id.into(),
            rule: "query/select_star".into(),
            severity: Severity::Warning,
            confidence: Confidence::High,
            title: "t".into(),
            detail: String::new().into(),
            subject: Subject::Server("s".into()),
            locations: vec![Location::default()],
            evidence: Vec::new(),
            recommendations: Vec::new(),
            accounts_for_ms: None,
            accounts_for_share: None,
            impact_ms_per_day: impact,
        },
        draft: Draft {
            beside: Vec::new(),
            accounts: None,
            grows_with: None,
            lock: None,
            title: "t".into(),
            detail: String::new().into(),
            subject: Subject::Server("s".into()),
            severity: None,
            confidence: None,
            spans: Vec::new(),
            origins: Vec::new(),
            locations: Vec::new(),
            evidence: Vec::new(),
            asks: Vec::new(),
            observed_us: None,
            queries,
        },
        because: None,
    }
}

fn example(outcome: Outcome) -> (Workload, Report) {
    let workload = Workload {
        queries: vec![
            query(0xa1, "select 1 from cheap where id = 7", &[1000]),
            query(0xb2, "SELECT *  FROM dear WHERE id = 'x'", &[2000, 4000]),
        ],
        window: Some((0, DAY_US / 48)),
        ..Workload::default()
    };
    let report = report(Material {
        workload: &workload,
        facts: &[None, None],
        catalog: None,
        places: &["a.log".into()],
        inputs: Vec::new(),
        unrecognised_lines: 3,
        outcome,
        recommendations: Vec::new(),
        standing: Default::default(),
        index_set: None,
        problems: Vec::new(),
        notes: Vec::new(),
    });
    (workload, report)
}

#[test]
fn queries_come_by_total_time_with_exact_figures() {
    let (_, report) = example(Outcome::default());
    let dear = &report.workload.queries[0];
    assert_eq!(dear.fingerprint, "00000000000000b2");
    assert_eq!((dear.calls, dear.total_ms, dear.mean_ms), (2, 6.0, Some(3.0)));
    assert_eq!((dear.min_ms, dear.max_ms, dear.stddev_ms), (Some(2.0), Some(4.0), Some(1.0)));
    assert_eq!(dear.share, 6.0 / 7.0);
    assert!(!dear.text.contains("'x'"), "{}", dear.text);
    assert_eq!(report.workload.total_ms, 7.0);
    assert_eq!(report.coverage.unrecognised_lines, 3);
    assert!(report.coverage.notes.iter().any(|n| n.contains("30.0 minutes")), "{:?}", report.coverage.notes);
}

#[test]
fn findings_are_ranked_and_linked_to_their_queries() {
    let outcome = Outcome {
        found: vec![
            found("f1", None, vec![0]),
            found("f2", Some(5.0), vec![1]),
            found("f3", Some(50.0), vec![1, 0, 1]),
        ],
        ..Outcome::default()
    };
    let (workload, mut report) = example(outcome);
    let ids: Vec<&str> = report.findings.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["f3", "f2", "f1"]);
    assert_eq!(report.workload.queries[0].findings, ["f3", "f2"]);
    assert_eq!(report.workload.queries[1].findings, ["f3", "f1"]);

    assert_eq!(narrow(&mut report, &workload, "00000000000000a", &[]), 1);
    let ids: Vec<&str> = report.findings.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["f3", "f1"]);
    assert_eq!(narrow(&mut report, &workload, "ff", &[]), 0);
}
