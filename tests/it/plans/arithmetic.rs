//! The invariant of the arithmetic on every captured plan with times: the parts add up to the whole, none is negative.

#![allow(clippy::print_stdout)]

use sqlsift::plan::figures::figures;

use super::corpus::corpus;

#[test]
fn self_times_add_up_to_the_root() {
    let (mut checked, mut nodes, mut apart, mut wrong) = (0, 0, 0, Vec::new());
    for one in corpus() {
        for plan in one.reading.plans.iter().filter(|plan| plan.has.timing) {
            let figures = figures(plan);
            checked += 1;
            nodes += plan.nodes.len();
            let own: Vec<f64> = figures.nodes.iter().map(|node| node.self_ms.unwrap_or_default()).collect();
            let root = figures.root_ms.unwrap_or_default();
            let sum: f64 = own.iter().sum();
            let whole = root + figures.after_ms + figures.unattributed_ms;
            let tolerance = 0.002 + figures.nodes.iter().map(|node| node.tolerance_ms).sum::<f64>();
            if (sum - whole).abs() > tolerance {
                wrong.push(format!("{}: {sum} ms, the root and the rest {whole} ms", one.name()));
            }
            if let Some(id) = own.iter().position(|ms| *ms < 0.0) {
                wrong.push(format!("{}: node {id} has {} ms", one.name(), own[id]));
            }
            if figures.unattributed_ms > tolerance {
                apart += 1;
            }
            // JIT and triggers after the root are beyond it; nothing lets the root take longer than the execution.
            if plan.execution_ms.is_some_and(|execution| root > execution + 0.001) {
                wrong.push(format!("{}: root {root} ms, execution {:?}", one.name(), plan.execution_ms));
            }
        }
    }
    println!("arithmetic: {checked} plans with times, {nodes} nodes; with time that no node paid for: {apart}");
    wrong.truncate(25);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 5_000, "{checked}");
}
