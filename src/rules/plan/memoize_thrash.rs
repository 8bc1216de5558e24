//! `plan/memoize_thrash`: a cache of a nested loop that was hardly ever hit.

use serde::Deserialize;

use super::memory;
use crate::plan::model::{Key, Kind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, measured_number};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    max_hit_share: f64,
    hash_mem_multiplier: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Memoize) {
            let sum = |key: Key| memory::of_processes(node).filter_map(|p| memory::number(p, &key)).sum::<f64>();
            let (hits, misses) = (sum(Key::CacheHits), sum(Key::CacheMisses));
            let (evictions, overflows) = (sum(Key::CacheEvictions), sum(Key::CacheOverflows));
            // Without evictions each value was looked up once: there was nothing to remember, and no memory would help.
            if evictions + overflows == 0.0 || hits > self.max_hit_share * (hits + misses) {
                continue;
            }
            let peak = memory::largest(node, |p| memory::number(p, &Key::PeakMemoryUsage)).unwrap_or(0.0);
            let kept = (misses - evictions).max(1.0);
            // At most every miss was another value.
            let all = peak * (misses / kept).min(64.0);
            let key = node.text(&Key::CacheKey).unwrap_or("its key");
            let concerned: Vec<usize> = cx.plan.subtree(id).collect();
            out.find(
                Draft::node(
                    cx,
                    id,
                    format!("The cache of lookups by {key} was hit {hits} times in {}", hits + misses),
                    "Memoize keeps the results of the inner side of a nested loop for values that come again. Here they were thrown out before they did: storing and evicting was work for nothing.",
                )
                .accounting_for(cx, &concerned)
                .evidence(measured_number("hits", hits, "lookups"))
                .evidence(measured_number("misses", misses, "lookups"))
                .evidence(measured_number("evictions", evictions, "entries"))
                .evidence(measured_number("memory", peak * 1024.0, "bytes"))
                .ask(Ask::Ready(memory::work_mem(all / self.hash_mem_multiplier))),
            );
        }
    }
}
