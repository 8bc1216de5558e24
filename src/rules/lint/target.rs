//! What scripts will meet, and which of them are to be reported on.

use std::collections::BTreeSet;

use crate::catalog::apply::Replay;
use crate::effect::Version;
use crate::script::model::Direction;

use super::traffic::Traffic;
use super::weigh::{SMALL_TABLE_ROWS, Scale};

pub struct Target<'a> {
    pub version: Version,
    /// Whether a script of this path is to be reported on; the others are only replayed.
    pub wanted: &'a (dyn Fn(&str) -> bool + Sync),
    /// Scripts that are deployed together: a table that one of them makes is new to the others.
    pub deployed: BTreeSet<String>,
    /// Scripts that were there and have got more: of theirs only what a changeset of it makes is new to it.
    pub grown: BTreeSet<String>,
    /// What is looked at and replayed; usually what goes up.
    pub directions: &'a [Direction],
    /// A table that is known to have fewer is small; see [`super::SMALL_TABLE_ROWS`].
    pub small_table_rows: u64,
    /// What clients ran before the scripts, where it is known.
    pub traffic: Option<&'a Traffic>,
}

impl Target<'_> {
    /// Everything that goes up, to a database of which nothing else is known.
    pub fn of(version: Version) -> Self {
        Target {
            version,
            wanted: &|_| true,
            deployed: BTreeSet::new(),
            grown: BTreeSet::new(),
            directions: &[Direction::Up],
            small_table_rows: SMALL_TABLE_ROWS,
            traffic: None,
        }
    }

    pub fn is_deployed(&self, path: &str) -> bool {
        self.deployed.contains(path)
    }

    /// By which findings at this point of the replay are weighed.
    pub(super) fn scale<'s>(&'s self, replay: &'s Replay) -> Scale<'s> {
        Scale { replay, small_table_rows: self.small_table_rows, traffic: self.traffic }
    }
}
