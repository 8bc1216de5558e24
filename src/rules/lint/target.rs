//! What scripts will meet, and which of them are to be reported on.

use std::collections::BTreeSet;

use crate::effect::Version;
use crate::script::model::Direction;

pub struct Target<'a> {
    pub version: Version,
    /// Whether a script of this path is to be reported on; the others are only replayed.
    pub wanted: &'a (dyn Fn(&str) -> bool + Sync),
    /// Scripts that are deployed together: a table that one of them makes is new to the others.
    pub deployed: BTreeSet<String>,
    /// What is looked at and replayed; usually what goes up.
    pub directions: &'a [Direction],
}

impl Target<'_> {
    pub fn is_deployed(&self, path: &str) -> bool {
        self.deployed.contains(path)
    }
}
