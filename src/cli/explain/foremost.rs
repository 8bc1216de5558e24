//! Plans as they were read in; those that are examined out. Nobody reads thousands of them: of too many, those with the most time.

use crate::plan::model::Plan;
use crate::report::units::count;

use super::reading::Given;

/// Rules and report take about 30 µs for each.
const MOST: usize = 5_000;

/// In the order in which they were met, with what is to be said of the others. Those that were not executed come after those that were,
/// by cost.
pub fn foremost(plans: Vec<Given>) -> (Vec<Given>, Option<String>) {
    let others = plans.len().saturating_sub(MOST);
    if others == 0 {
        return (plans, None);
    }
    let weights: Vec<(f64, f64)> = plans.iter().map(|given| weight(&given.plan)).collect();
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by(|&a, &b| weights[b].0.total_cmp(&weights[a].0).then(weights[b].1.total_cmp(&weights[a].1)));
    let mut taken = vec![false; plans.len()];
    order[..MOST].iter().for_each(|&at| taken[at] = true);
    let kept = plans.into_iter().zip(taken).filter(|(_, taken)| *taken).map(|(given, _)| given).collect();
    let said = format!(
        "{} more plans were read and not examined: these are the {} with the most time (without ANALYZE, the highest cost)",
        count(others as u64),
        count(MOST as u64)
    );
    (kept, Some(said))
}

/// Milliseconds and planner cost; zero if the plan has none.
fn weight(plan: &Plan) -> (f64, f64) {
    let root = plan.nodes.first();
    let measured = root.and_then(|node| node.actual).and_then(|actual| Some(actual.total_ms? * actual.loops));
    let cost = root.and_then(|node| node.estimate).map_or(0.0, |estimate| estimate.total_cost);
    (plan.execution_ms.or(measured).unwrap_or(0.0), cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::Location;

    fn plans(texts: impl Iterator<Item = String>) -> Vec<Given> {
        texts
            .flat_map(|text| crate::plan::read::read(text.as_bytes()).plans)
            .map(|plan| Given { plan, database: String::new(), place: Location::default() })
            .collect()
    }

    #[test]
    fn of_too_many_the_slowest_are_examined_in_their_order() {
        let timed = |ms: usize| {
            format!("Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.001..{ms}.000 rows=1 loops=1)\n")
        };
        let asked = || (0..10).map(|_| "Seq Scan on a  (cost=0.00..9999.00 rows=1 width=4)\n".to_owned());
        let (kept, said) = foremost(plans((0..MOST).map(timed).chain(asked())));
        assert_eq!(kept.len(), MOST);
        assert!(said.is_some_and(|said| said.starts_with("10 more plans")));
        let (measured, planned): (Vec<&Given>, Vec<&Given>) =
            kept.iter().partition(|given| given.plan.nodes[0].actual.is_some());
        // The one of 0 ms and nine of those that were only planned are dropped, by cost.
        let times: Vec<f64> = measured.iter().map(|given| weight(&given.plan).0).collect();
        assert_eq!((times, planned.len()), ((1..MOST).map(|ms| ms as f64).collect(), 1));
    }
}
