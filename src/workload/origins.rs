//! Where things stood: inputs of a digest become inputs of this run.

use super::model::{Origin, Workload};

impl Workload {
    /// Adds `by` to the index of every input that something refers to.
    pub(super) fn shift_inputs(&mut self, by: u32) {
        let shift = |origin: &mut Origin| origin.input = origin.input.saturating_add(by);
        for query in &mut self.queries {
            query.samples.iter_mut().for_each(|sample| shift(&mut sample.origin));
            query.plans.iter_mut().for_each(|plan| shift(&mut plan.origin));
        }
        for single in &mut self.singles.entries {
            single.input = single.input.saturating_add(by);
        }
        for repeat in &mut self.repeats {
            let examples = repeat.same_examples.iter_mut().chain(&mut repeat.varied_examples);
            examples.for_each(|seen| shift(&mut seen.origin));
        }
        self.pairs.iter_mut().flat_map(|pair| &mut pair.examples).for_each(|seen| shift(&mut seen.origin));
        self.walks.iter_mut().flat_map(|walk| &mut walk.examples).for_each(|seen| shift(&mut seen.origin));
        self.errors.iter_mut().for_each(|group| shift(&mut group.origin));
        self.lock_waits.iter_mut().for_each(|group| shift(&mut group.origin));
        self.deadlocks.iter_mut().for_each(|sample| shift(&mut sample.origin));
    }
}
