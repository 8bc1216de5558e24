//! A comparison of two plans in; the same in the report's words out.

use crate::plan::compare::{Basis, Comparison, Explanation, Pair, Totals, Verdict, What, compare};
use crate::plan::model::NodeId;
use crate::report::model::{PlanChange, PlanComparison, PlanExplanation, PlanPair, PlanTotals};
use crate::rules::context::KnownPlan;

pub fn of(old: &KnownPlan, new: &KnownPlan) -> PlanComparison {
    let found = compare((&old.plan, &old.figures), (&new.plan, &new.figures));
    let Comparison { verdict, headline, basis, same_shape, nodes, explanations, settings, notes, .. } = found;
    PlanComparison {
        verdict: match verdict {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Same => "same",
            Verdict::Unknown => "unknown",
        }
        .into(),
        headline,
        basis: match basis {
            Basis::Time => "ms",
            Basis::Blocks => "blocks",
            Basis::Cost => "cost",
            Basis::Shape => "shape",
        }
        .into(),
        same_shape,
        old: totals(&old.id, &found.old),
        new: totals(&new.id, &found.new),
        explanations: explanations.into_iter().map(explanation).collect(),
        nodes: nodes.into_iter().map(pair).collect(),
        settings: settings.into_iter().map(|s| PlanChange { what: s.name, old: s.old, new: s.new }).collect(),
        notes,
    }
}

fn number(id: NodeId) -> u64 {
    id as u64 + 1
}

fn totals(plan: &str, t: &Totals) -> PlanTotals {
    PlanTotals {
        plan: plan.to_owned(),
        amount: t.amount,
        planning_ms: t.planning_ms,
        execution_ms: t.execution_ms,
        cost: t.cost,
        blocks: t.blocks,
        read_blocks: t.read_blocks,
        temp_blocks: t.temp_blocks,
        rows_read: t.rows_read,
        rows: t.rows,
    }
}

fn explanation(e: Explanation) -> PlanExplanation {
    PlanExplanation {
        text: e.sentence,
        old: e.old.into_iter().map(number).collect(),
        new: e.new.into_iter().map(number).collect(),
        before: e.before,
        after: e.after,
        share: e.share,
    }
}

fn pair(pair: Pair) -> PlanPair {
    let change = |change: crate::plan::compare::Change| PlanChange {
        what: match &change.what {
            What::Kind => "node".into(),
            What::Index => "index".into(),
            What::Role => "role".into(),
            What::Property(key) => key.name().into(),
        },
        old: change.old,
        new: change.new,
    };
    PlanPair {
        old: pair.old.map(number),
        new: pair.new.map(number),
        before: pair.before.and_then(|m| m.amount),
        after: pair.after.and_then(|m| m.amount),
        changes: pair.changes.into_iter().map(change).collect(),
    }
}
