//! Rules that users write: a page with a `[match]` table in, a [`QueryRule`] out. Plain comparisons, no patterns.

use serde::Deserialize;

use crate::sql::facts::StatementKind;

use super::QueryRule;
use super::context::QueryCx;
use super::draft::{Draft, Sink, measured};

/// All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// `select`, `insert`, `update`, `delete`, `merge`, `copy` or `utility`.
    pub kind: Option<Kind>,
    /// A table that the statement names, with or without its schema.
    pub table: Option<String>,
    /// Must occur in the statement as it is normalised: every literal is `?`, lists are `(...)`;
    /// upper and lower case are the same.
    pub contains: Option<String>,
    /// Must not occur.
    pub without: Option<String>,
    /// Fewer calls than this are left alone (in a workload).
    pub min_calls: u64,
    /// Cheaper ones on average are left alone (in a workload), milliseconds.
    pub min_mean_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Select,
    Insert,
    Update,
    Delete,
    Merge,
    Copy,
    Utility,
}

/// A user's rule at work.
#[derive(Clone, Debug)]
pub struct Matching {
    pub matching: Match,
    pub title: String,
    pub summary: String,
}

impl QueryRule for Matching {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        if !self.matching.holds(cx) {
            return;
        }
        let mut draft = Draft::about(cx, self.title.clone(), self.summary.clone());
        draft.evidence.extend(cx.query.map(|query| measured("calls", query.calls, "calls")));
        out.find(draft);
    }
}

impl Match {
    fn holds(&self, cx: &QueryCx<'_>) -> bool {
        let kind = self.kind.is_none_or(|kind| kind.of(cx.facts.kind));
        let table = self.table.as_deref().is_none_or(|wanted| names_table(cx, wanted));
        let measured = cx.query.is_none_or(|query| {
            query.calls >= self.min_calls && (self.min_mean_ms <= 0.0 || query.mean_us() / 1000.0 >= self.min_mean_ms)
        });
        kind && table && measured && self.text_holds(cx.text)
    }

    fn text_holds(&self, text: &str) -> bool {
        if self.contains.is_none() && self.without.is_none() {
            return true;
        }
        let text = crate::sql::normalize(text.as_bytes()).to_lowercase();
        let occurs = |part: &String| text.contains(&part.to_lowercase());
        self.contains.as_ref().is_none_or(occurs) && !self.without.as_ref().is_some_and(occurs)
    }
}

fn names_table(cx: &QueryCx<'_>, wanted: &str) -> bool {
    let (schema, name) = match wanted.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, wanted),
    };
    cx.facts.tables.iter().any(|(table, _)| {
        table.name == name && (schema.is_none() || table.schema.is_none() || table.schema.as_deref() == schema)
    })
}

impl Kind {
    fn of(self, kind: StatementKind) -> bool {
        matches!(
            (self, kind),
            (Self::Select, StatementKind::Select)
                | (Self::Insert, StatementKind::Insert)
                | (Self::Update, StatementKind::Update)
                | (Self::Delete, StatementKind::Delete)
                | (Self::Merge, StatementKind::Merge)
                | (Self::Copy, StatementKind::Copy)
                | (Self::Utility, StatementKind::Utility)
        )
    }
}
