//! What a rule hands over: findings in the making, each with the advice that it asks for.

use crate::catalog::model::TableName;
use crate::report::model::{
    Applicability, Confidence, Evidence, Location, RecommendationKind, Severity, SqlPart, Subject,
};
use crate::sql::facts::Span;
use crate::workload::model::{Origin, QueryIndex};

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
    pub detail: String,
    pub subject: Subject,
    /// `None` takes the page's value.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    /// Where it stands: in the statement's text, in a log, in a schema file.
    pub spans: Vec<Span>,
    pub origins: Vec<Origin>,
    pub locations: Vec<Location>,
    pub evidence: Vec<Evidence>,
    pub asks: Vec<Ask>,
    /// Time that the observed workload spent on this, µs.
    pub observed_us: Option<u64>,
    /// Queries concerned, the subject's own first.
    pub queries: Vec<QueryIndex>,
}

/// Advice that a finding asks for. `advise` turns it into recommendations.
#[derive(Clone, Debug)]
pub enum Ask {
    /// The best index for each access of this query that no index serves.
    IndexFor { query: QueryIndex },
    /// A plain btree index, as for a foreign key.
    IndexOn { table: TableName, columns: Vec<String> },
    /// Pages by key instead of by OFFSET.
    Keyset { query: QueryIndex },
    /// Advice that the rule itself can write out.
    Ready(Advice),
}

#[derive(Clone, Debug)]
pub struct Advice {
    pub kind: RecommendationKind,
    pub title: String,
    pub detail: String,
    pub sql: String,
    pub more_sql: Vec<SqlPart>,
    pub applicability: Applicability,
    pub lock: Option<String>,
    pub undo: Option<String>,
    /// Share of `observed_us` that it is expected to save, 0 to 1; `None` when it cannot be said.
    pub saves: Option<f64>,
}
