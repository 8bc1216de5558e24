//! A plan of any format in; what cannot be true of it out, as warnings: damage that left the lines readable.

mod arithmetic;
mod arity;
mod broken;
mod names;
mod repeated;
mod uneven;

#[cfg(test)]
mod tests;

use super::model::{Plan, Warning};

/// Adds at most one warning of each kind, at the first place.
pub(in crate::plan) fn check(plan: &mut Plan) {
    let arity = arity::wrong(plan).map(|(line, message)| {
        Warning::new(line, message, "Paste the whole plan: lines are missing or stand in the wrong place.")
    });
    let figures: Vec<Warning> = arithmetic::wrong(plan)
        .into_iter()
        .map(|(line, message)| {
            Warning::new(line, message, "Paste the plan again: a line is missing, repeated, or in the wrong place.")
        })
        .collect();
    let others = [names::wrong(plan), uneven::wrong(plan), repeated::wrong(plan), broken::wrong(plan)];
    plan.warnings.extend(arity);
    for (line, message) in others.into_iter().flatten() {
        plan.warnings.push(Warning::new(
            line,
            message,
            "Paste the plan again as the server printed it, or use EXPLAIN (FORMAT JSON).",
        ));
    }
    plan.warnings.extend(figures);
}
