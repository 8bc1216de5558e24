//! Each expectation is worked out by hand from what the comment says the server did.

pub(in crate::plan) mod builder;
mod parallel;
mod planner;
mod scale;
mod side_plans;
mod whole;

use self::builder::{Line, plan};
use super::{Figures, figures};
use crate::plan::model::Plan;

/// The figures, after what must hold for every plan.
fn checked(plan: &Plan) -> Figures {
    let found = figures(plan);
    assert!(found.imbalance_ms().abs() < 1e-6, "off by {} ms", found.imbalance_ms());
    for (id, node) in found.nodes.iter().enumerate() {
        assert!(node.self_ms.is_none_or(|own| own >= 0.0), "node {id} is negative");
        assert!(node.share.is_none_or(|share| (0.0..=1.0 + 1e-9).contains(&share)), "node {id} has {:?}", node.share);
    }
    assert!(found.outside_ms.is_none_or(|ms| ms >= 0.0));
    found
}

fn of<const N: usize>(lines: [Line; N]) -> Figures {
    checked(&plan(lines))
}

#[track_caller]
fn own<const N: usize>(found: &Figures, expected: [f64; N]) {
    let own: Vec<f64> = found.nodes.iter().map(|node| node.self_ms.unwrap_or(-1.0)).collect();
    assert_eq!(own.len(), N, "{own:?}");
    assert!(own.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{own:?} is not {expected:?}");
}
