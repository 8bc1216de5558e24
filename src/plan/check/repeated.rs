//! A plan in; what stands beside its tree twice, out.

use rustc_hash::FxHashSet;

use super::super::model::Plan;

/// A setting and a trigger have one line each (`explain.c`, `ExplainPrintSettings`, `report_triggers`). Line 0 and what is wrong.
pub(super) fn wrong(plan: &Plan) -> Option<(u32, String)> {
    let mut met = FxHashSet::default();
    let setting = plan.settings.iter().map(|(name, _)| name).find(|name| !met.insert(name.as_str()));
    let mut met = FxHashSet::default();
    let trigger = plan.triggers.iter().find(|trigger| {
        let ms = trigger.ms.map(f64::to_bits);
        !met.insert((&trigger.name, &trigger.constraint, &trigger.relation, ms, trigger.calls.to_bits()))
    });
    let name = setting.or(trigger.map(|trigger| &trigger.name))?;
    Some((0, format!("`{name}` stands below the plan twice: a line was repeated")))
}
