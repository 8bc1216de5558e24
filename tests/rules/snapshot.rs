//! A `snapshot` fence: the part of a snapshot's catalog that matters, as JSON, laid over the schema that the page's `setup` fences
//! make: objects are merged by key, lists of objects with a name by name. All rules run on what comes out.

use libtest_mimic::Failed;
use serde_json::Value;
use sqlsift::catalog::snapshot;
use sqlsift::rules::context::{WorkloadCx, Worth};
use sqlsift::rules::page::{Fence, Page};
use sqlsift::rules::place::Places;
use sqlsift::rules::run;
use sqlsift::workload::model::Workload;

pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let mut catalog = super::lint::catalog(&super::setup(page))?.unwrap_or_default();
    for table in catalog.tables.values_mut() {
        table.defined_at = None;
        table.indexes.iter_mut().for_each(|index| index.defined_at = None);
    }
    let mut whole = serde_json::to_value(&catalog).map_err(|error| error.to_string())?;
    let over: Value = serde_json::from_str(&fence.text).map_err(|error| format!("the fence is no JSON: {error}"))?;
    lay(&mut whole, over);
    whole["origin"] = "snapshot".into();
    let text = format!("{{\"sqlsift_snapshot\": {}, \"catalog\": {whole}}}", snapshot::VERSION);
    let catalog = snapshot::read(&text).map_err(|error| error.to_string())?;
    let workload = Workload::default();
    let cx =
        WorkloadCx { workload: &workload, facts: &[], catalog: Some(&catalog), plans: &[], worth: Worth::default() };
    let outcome = run::run(&super::registry(page), &cx, &[], Places::default());
    if let Some(problem) = outcome.problems.first() {
        return Err(problem.message.clone().into());
    }
    let own = || outcome.rules_not_run.iter().filter(|not| not.rule == page.id);
    if let Some(part) = fence.fact("unexamined") {
        let wanted = part.replace('_', " ");
        if !own().any(|not| not.reason.contains(&wanted)) {
            return Err(format!("nothing says that {wanted:?} was not examined").into());
        }
    } else if let Some(not) = own().next() {
        return Err(format!("not examined: {}", not.reason).into());
    }
    if let Some(found) = outcome.found.iter().find(|found| found.finding.evidence.is_empty()) {
        return Err(format!("{} has no evidence", found.finding.rule).into());
    }
    super::judge(page, fence, &super::lint::spoke(&outcome.found))
}

fn lay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(under), Value::Array(over)) if under.iter().all(|one| one["name"].is_string()) => {
            for value in over {
                match under.iter_mut().find(|one| one["name"] == value["name"]) {
                    Some(known) => lay(known, value),
                    None => under.push(value),
                }
            }
        }
        (under, over) => *under = over,
    }
}
