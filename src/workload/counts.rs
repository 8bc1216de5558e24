//! How often each of a few names was met.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Names with their counts, in name order. Bounded: what comes after [`Counts::LIMIT`] names is counted under
/// [`Counts::OTHER`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    /// Names that one log (or one part of it) keeps for one query.
    pub const LIMIT: usize = 64;
    pub const OTHER: &str = "(other)";

    pub fn add(&mut self, name: &str, count: u64) {
        if let Some(known) = self.0.get_mut(name) {
            *known += count;
        } else if count > 0 {
            self.0.insert(name.to_owned(), count);
        }
    }

    /// Adds all names of `other`. Not bounded, so that the order of merging does not show.
    pub fn merge(&mut self, other: &Counts) {
        for (name, &count) in &other.0 {
            self.add(name, count);
        }
    }

    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}
