//! How often each of a few names was met.

use std::collections::BTreeMap;

/// Names with their counts, in name order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<String, u64>);
