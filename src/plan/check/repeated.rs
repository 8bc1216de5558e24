//! A plan in; what stands beside its tree twice, out.

use std::hash::Hash;

use rustc_hash::FxHashSet;

use super::super::model::{Plan, Trigger};

/// A setting and a trigger have one line each (`explain.c`, `ExplainPrintSettings`, `report_triggers`). Line 0 and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    let line = |trigger: &Trigger| (trigger.ms.map(f64::to_bits), trigger.calls.to_bits());
    let setting = repeated(&plan.settings, |(name, _)| name).map(|(name, _)| name.as_str());
    let trigger =
        || repeated(&plan.triggers, |t| (&t.name, &t.constraint, &t.relation, line(t))).map(|t| t.name.as_str());
    let name = setting.or_else(trigger)?;
    Some((0, format!("`{name}` stands below the plan twice: a line was repeated")))
}

/// More are not compared each with each.
const FEW: usize = 8;

/// The first whose key is that of one before it.
fn repeated<'a, T, K: Eq + Hash>(all: &'a [T], key: impl Fn(&'a T) -> K) -> Option<&'a T> {
    if all.len() <= FEW {
        let known = |at: usize| all[..at].iter().any(|before| key(before) == key(&all[at]));
        return (1..all.len()).find(|&at| known(at)).map(|at| &all[at]);
    }
    let mut met = FxHashSet::default();
    all.iter().find(|&one| !met.insert(key(one)))
}
