//! What a rule hands over: findings in the making, each with the advice that it asks for.

use std::borrow::Cow;

use crate::catalog::model::TableName;
use crate::effect::Lock;
use crate::plan::model::NodeId;
use crate::report::model::{
    Applicability, Confidence, Edit, Evidence, EvidenceSource, EvidenceValue, Location, RecommendationKind, Severity,
    SqlPart, Subject,
};
use crate::sql::facts::Span;
use crate::workload::model::{Origin, QueryIndex};

use super::context::{PlanCx, QueryCx, WorkloadCx};

/// Collects the drafts of one rule.
#[derive(Debug, Default)]
pub struct Sink {
    pub drafts: Vec<Draft>,
    /// Why the rule could not say anything about a part of its subject (`no nullability known for orders.coupon`).
    pub not_examined: Vec<String>,
}

impl Sink {
    pub fn find(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }
}

/// A finding before the runner gives it the page's defaults, the config's overrides and an id.
#[derive(Clone, Debug)]
pub struct Draft {
    pub title: String,
    pub detail: Cow<'static, str>,
    pub subject: Subject,
    /// `None` takes the page's value.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    /// Where it stands: in the statement's text, in a log, in a schema file.
    pub spans: Vec<Span>,
    pub origins: Vec<Origin>,
    pub locations: Vec<Location>,
    /// Of a catalog: where else something stands without which this would not be found.
    pub beside: Vec<Location>,
    pub evidence: Vec<Evidence>,
    pub asks: Vec<Ask>,
    /// Time that the observed workload spent on this, µs.
    pub observed_us: Option<u64>,
    /// Queries concerned, the subject's own first.
    pub queries: Vec<QueryIndex>,
    /// Of a plan: what this accounts for. `None` for what is not a matter of time (a missing option, say), which is always shown.
    pub accounts: Option<Accounts>,
    /// Of a migration: the table whose size decides how long clients wait. Nothing is said of a table that is known to be small.
    pub grows_with: Option<TableName>,
    /// Of a migration: the lock for which clients wait.
    pub lock: Option<Lock>,
}

/// A part of a plan's time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accounts {
    /// `None` when the plan was not timed.
    pub ms: Option<f64>,
    /// Of the plan's time; of its cost when it was not timed. 0 to 1.
    pub share: f64,
}

/// Advice that a finding asks for. `advise` turns it into recommendations.
#[derive(Clone, Debug)]
pub enum Ask {
    /// The best index for each access of this query that no index serves.
    IndexFor { query: QueryIndex },
    /// The index by which a scan of a plan would find its rows. The statement reads the scan's table alone, under the plan's
    /// own conditions and order; `query` is the one whose plan it is.
    IndexForScan { query: QueryIndex, statement: String },
    /// A plain btree index, as for a foreign key.
    IndexOn { table: TableName, columns: Vec<String> },
    /// Pages by key instead of by OFFSET.
    Keyset { query: QueryIndex },
    /// An index that another one makes superfluous.
    DropIndex { table: TableName, index: String },
    /// A count that stops at a cap, for the total beside a page.
    CappedCount { query: QueryIndex },
    /// Advice that the rule itself can write out.
    Ready(Advice),
}

#[derive(Clone, Debug)]
pub struct Advice {
    pub kind: RecommendationKind,
    pub title: Cow<'static, str>,
    pub detail: Cow<'static, str>,
    pub sql: String,
    pub more_sql: Vec<SqlPart>,
    pub applicability: Applicability,
    pub lock: Option<String>,
    pub undo: Option<String>,
    /// Share of `observed_us` that it is expected to save, 0 to 1; `None` when it cannot be said.
    pub saves: Option<f64>,
    /// Of the statement at hand, offsets into its text; whoever runs the rule makes them edits of the file.
    pub edits: Vec<Edit>,
}

impl Draft {
    pub fn new(subject: Subject, title: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            title: title.into(),
            detail: detail.into(),
            subject,
            severity: None,
            confidence: None,
            spans: Vec::new(),
            origins: Vec::new(),
            locations: Vec::new(),
            beside: Vec::new(),
            evidence: Vec::new(),
            asks: Vec::new(),
            observed_us: None,
            queries: Vec::new(),
            accounts: None,
            grows_with: None,
            lock: None,
        }
    }

    /// A finding about one node of a plan; it accounts for the node's own time.
    pub fn node(cx: &PlanCx<'_>, node: NodeId, title: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        let subject = Subject::PlanNode(format!("{}#{}", cx.id, node + 1));
        Self::of_plan(cx, subject, cx.line_of(node), title, detail).accounting_for(cx, &[node])
    }

    /// A finding about a plan as a whole.
    pub fn plan(cx: &PlanCx<'_>, title: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::of_plan(cx, Subject::Plan(cx.id.to_owned()), cx.place.line, title, detail)
    }

    fn of_plan(
        cx: &PlanCx<'_>,
        subject: Subject,
        line: u64,
        title: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut draft = Self::new(subject, title, detail);
        draft.locations.push(Location { line, ..cx.place.clone() });
        draft.queries.push(cx.index);
        draft
    }

    /// Takes the time of these nodes, without that of their children, as what the finding is about.
    pub fn accounting_for(mut self, cx: &PlanCx<'_>, nodes: &[NodeId]) -> Self {
        let figures = || nodes.iter().filter_map(|node| cx.figures.nodes.get(*node));
        self.accounts = Some(match cx.figures.base_ms {
            Some(_) => Accounts {
                ms: Some(figures().filter_map(|n| n.self_ms).sum()),
                share: figures().filter_map(|n| n.share).sum(),
            },
            None => Accounts { ms: None, share: figures().filter_map(|n| n.cost).sum::<f64>() / cx.total_cost() },
        });
        self
    }

    /// Takes so many milliseconds of the plan as what the finding is about.
    pub fn accounting_for_ms(mut self, cx: &PlanCx<'_>, ms: f64) -> Self {
        self.accounts =
            cx.figures.base_ms.map(|base| Accounts { ms: Some(ms), share: ms / base.max(f64::MIN_POSITIVE) });
        self
    }

    /// A finding about the statement at hand; in a workload all its time counts as observed.
    pub fn about(cx: &QueryCx<'_>, title: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        let fingerprint = || crate::sql::fingerprint::fingerprint(cx.text.as_bytes()).to_string();
        let subject = match cx.query {
            Some(query) => Subject::Query(query.fingerprint.to_string()),
            None => Subject::Statement(fingerprint()),
        };
        let mut draft = Self::new(subject, title, detail);
        draft.queries.extend(cx.index);
        if let Some(query) = cx.query {
            draft.observed_us = Some(query.total_us);
            draft.origins.extend(query.samples.first().map(|sample| sample.origin));
        }
        draft
    }

    /// A finding about one query of the workload.
    pub fn query(
        cx: &WorkloadCx<'_>,
        index: QueryIndex,
        title: impl Into<String>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let query = &cx.workload.queries[index];
        let mut draft = Self::new(Subject::Query(query.fingerprint.to_string()), title, detail);
        draft.queries.push(index);
        draft.observed_us = Some(query.total_us);
        draft.origins.extend(query.samples.first().map(|sample| sample.origin));
        draft
    }

    pub fn at(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }

    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Takes the lock as what clients wait for: its mode, and what cannot go on meanwhile, are evidence. The first lock counts
    /// for the queries that wait.
    pub fn under(mut self, lock: &Lock) -> Self {
        self.lock.get_or_insert_with(|| lock.clone());
        self.evidence(documented("lock", format!("{} on {}", lock.mode.name(), lock.on)))
            .evidence(documented("blocks", lock.mode.blocks()))
    }

    pub fn ask(mut self, ask: Ask) -> Self {
        self.asks.push(ask);
        self
    }
}

impl Advice {
    /// A rewritten statement, complete.
    pub fn rewrite(
        title: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        sql: impl Into<String>,
    ) -> Self {
        Self::new(RecommendationKind::RewriteQuery, title, detail, sql)
    }

    pub fn new(
        kind: RecommendationKind,
        title: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
        sql: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            title: title.into(),
            detail: detail.into(),
            sql: sql.into(),
            more_sql: Vec::new(),
            applicability: Applicability::Review,
            lock: None,
            undo: None,
            saves: None,
            edits: Vec::new(),
        }
    }
}

/// A figure that was counted or timed.
pub fn measured(label: impl Into<Cow<'static, str>>, value: u64, unit: &'static str) -> Evidence {
    number(label, EvidenceValue::Integer(saturating(value)), unit, EvidenceSource::Measured)
}

/// A figure that was counted or timed, with a fraction.
pub fn measured_number(label: impl Into<Cow<'static, str>>, value: f64, unit: &'static str) -> Evidence {
    number(label, EvidenceValue::Number(value), unit, EvidenceSource::Measured)
}

/// A duration, given in µs, shown in ms.
pub fn measured_ms(label: impl Into<Cow<'static, str>>, micros: u64) -> Evidence {
    number(label, EvidenceValue::Number(micros as f64 / 1000.0), "ms", EvidenceSource::Measured)
}

/// A fact from the catalog or from Postgres's documentation.
pub fn documented(label: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Evidence {
    number(label, EvidenceValue::Text(text.into()), "", EvidenceSource::Documented)
}

/// A figure from statistics or arithmetic.
pub fn estimated(label: impl Into<Cow<'static, str>>, value: f64, unit: &'static str) -> Evidence {
    number(label, EvidenceValue::Number(value), unit, EvidenceSource::Estimated)
}

/// Something that the rule takes for granted.
pub fn assumed(label: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Evidence {
    number(label, EvidenceValue::Text(text.into()), "", EvidenceSource::Assumed)
}

/// Something that was read in the input.
pub fn seen(label: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Evidence {
    number(label, EvidenceValue::Text(Cow::Owned(text.into())), "", EvidenceSource::Measured)
}

fn number(
    label: impl Into<Cow<'static, str>>,
    value: EvidenceValue,
    unit: &'static str,
    source: EvidenceSource,
) -> Evidence {
    Evidence { label: label.into(), value, unit: unit.into(), source }
}

fn saturating(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
