//! Plans of one query in; those worth keeping out, the same whatever the order in which they came.

use std::cmp::{Ordering, Reverse};

use super::model::{PLANS, PlanSample};

/// The slowest of each shape, of the [`PLANS`] shapes whose slowest are slowest, in that order; and the newest of all, at the end
/// when it is none of them.
pub(super) fn settle(plans: &mut Vec<PlanSample>) {
    let newest = plans.iter().max_by(|a, b| by_time(a, b)).cloned();
    plans.sort_by(slowest_first);
    let mut shapes = Vec::with_capacity(PLANS);
    plans.retain(|plan| {
        let kept = shapes.len() < PLANS && !shapes.contains(&plan.shape);
        if kept {
            shapes.push(plan.shape);
        }
        kept
    });
    plans.extend(newest.filter(|newest| !plans.contains(newest)));
}

/// Looks at all that a reader sees: of two that differ, the same one comes first whichever was met first.
fn slowest_first(a: &PlanSample, b: &PlanSample) -> Ordering {
    let key = |plan: &PlanSample| (Reverse(plan.duration_us), plan.at, plan.origin, plan.format, plan.shape);
    key(a).cmp(&key(b)).then_with(|| a.body.cmp(&b.body))
}

fn by_time(a: &PlanSample, b: &PlanSample) -> Ordering {
    let key = |plan: &PlanSample| (plan.at, plan.origin, plan.duration_us, plan.format, plan.shape);
    key(a).cmp(&key(b)).then_with(|| a.body.cmp(&b.body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::event::PlanFormat;
    use crate::workload::model::Origin;

    fn plan(duration_us: u64, at: i64, shape: u64) -> PlanSample {
        let origin = Origin { input: 0, line: at as u64 };
        PlanSample { format: PlanFormat::Text, duration_us, at: Some(at), origin, shape, body: String::new() }
    }

    #[test]
    fn one_of_each_shape_and_the_newest() {
        let mut plans = vec![plan(50, 1, 7), plan(90, 2, 7), plan(10, 3, 8), plan(80, 4, 7), plan(5, 9, 8)];
        settle(&mut plans);
        assert_eq!(plans, [plan(90, 2, 7), plan(10, 3, 8), plan(5, 9, 8)]);
    }

    proptest! {
        #[test]
        fn parts_in_any_grouping_give_the_same(
            all in prop::collection::vec((0u64..20, 0i64..50, 0u64..6), 0..30),
            cut in 0usize..30,
        ) {
            let all: Vec<PlanSample> = all.into_iter().map(|(us, at, shape)| plan(us, at, shape)).collect();
            let mut whole = all.clone();
            settle(&mut whole);
            let (left, right) = all.split_at(cut.min(all.len()));
            let (mut left, mut right) = (left.to_vec(), right.to_vec());
            settle(&mut left);
            settle(&mut right);
            right.extend(left);
            settle(&mut right);
            prop_assert_eq!(right, whole);
        }
    }
}
