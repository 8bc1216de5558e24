//! `plan/slow_scan`: a table that is read from end to end for a few of its rows.

use serde::Deserialize;

use crate::plan::model::NodeId;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Sink};

use super::scan::cause::{Cause, cause};
use super::scan::waste::{Limits, Waste, joined_wastes, wastes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_removed: f64,
    max_kept: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let limits = Limits { min_removed: self.min_removed, max_kept: self.max_kept };
        let all = wastes(cx, Cause::SeqScan, limits);
        let joined = joined_wastes(cx, limits).into_iter().filter(|j| !others(cx, j.node, limits));
        for waste in joined {
            let title = format!("Every row of {} is read to find the partners of a few", waste.name);
            let detail = "The other side of the join has few rows, and few of this table belong to them. Without an index on the join's column \
                          the only way to find them is to read all and hash: with it, each is looked up.";
            out.find(waste.draft(cx, title, detail));
        }
        for waste in &all {
            let title = format!("Every row of {} is read for a few that fit", waste.name);
            let detail = "No index leads to the rows that fit the condition: every row is read, and nearly all of them are thrown away. The \
                          cost grows with the table.";
            let mut draft = waste.draft(cx, title, detail);
            if let Some(advice) = partial(waste) {
                draft.asks.retain(|ask| !matches!(ask, Ask::IndexForScan { .. }));
                draft = draft.ask(Ask::Ready(advice));
            }
            out.find(draft);
        }
    }
}

/// The scan throws most of its rows away by its own condition: that is what to say of it, here or by the rule of its cause.
fn others(cx: &PlanCx<'_>, scan: NodeId, limits: Limits) -> bool {
    let own = cause(cx.plan, scan, cx.catalog).map(|found| found.cause);
    own.is_some_and(|cause| wastes(cx, cause, limits).iter().any(|waste| waste.scans.contains(&scan)))
}

/// `status <> 'done'` is no key that could be looked up; an index of only those rows is small, and is read whole.
fn partial(waste: &Waste) -> Option<Advice> {
    let statement = waste.statement.as_ref().filter(|_| !waste.operand.is_empty())?;
    let (table, condition) = statement.strip_prefix("SELECT * FROM ")?.split_once(" WHERE ")?;
    let condition = condition.split(" ORDER BY ").next()?;
    Some(Advice {
        applicability: Applicability::Review,
        lock: Some("ShareUpdateExclusiveLock".to_owned()),
        ..Advice::new(
            RecommendationKind::CreateIndex,
            format!("Create an index on the rows of {table} that fit"),
            "A partial index holds only these rows. It is used when the query has the same condition in its text, not in a parameter. Better \
             keys than this column are those that other conditions or ORDER BY name.",
            format!("CREATE INDEX CONCURRENTLY ON {table} ({}) WHERE {condition};", waste.operand),
        )
    })
}
