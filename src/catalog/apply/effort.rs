//! How much is gone through for each statement in; how much of it may be, out.
//!
//! A statement about a table concerns all its partitions, the views on it and the keys to it. A hundred thousand statements about a
//! table with a hundred thousand partitions would never end, so that what is gone through in all is limited.

use std::cell::Cell;

/// So many are always gone through.
const FEW: usize = 100;

/// Parts of larger families that are gone through, over all statements.
const MOST: usize = 5_000_000;

#[derive(Debug)]
pub(super) struct Effort {
    left: Cell<usize>,
    /// Something was not gone through, and nobody was told so far.
    untold: Cell<bool>,
}

impl Default for Effort {
    fn default() -> Self {
        Effort { left: Cell::new(MOST), untold: Cell::new(false) }
    }
}

impl Effort {
    /// How many of `all` parts are gone through.
    pub fn part_of(&self, all: usize) -> usize {
        if all <= FEW {
            return all;
        }
        match self.left.get().checked_sub(all) {
            Some(left) => {
                self.left.set(left);
                all
            }
            None => {
                // Told once.
                self.untold.set(self.untold.get() || self.left.replace(0) > 0);
                FEW
            }
        }
    }

    /// What is to be said, if something was left out for the first time.
    pub fn complaint(&self) -> Option<String> {
        self.untold.take().then(|| {
            format!(
                "tables here have so many partitions, views or keys, and so many statements are about them, that from here on no more \
                 than {FEW} of each are looked at"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_always_gone_through_and_many_until_the_end() {
        let effort = Effort::default();
        assert_eq!(effort.part_of(MOST / 2), MOST / 2);
        assert_eq!(effort.part_of(FEW), FEW);
        assert_eq!(effort.part_of(MOST / 2), MOST / 2);
        assert_eq!(effort.complaint(), None);
        assert_eq!(effort.part_of(FEW + 1), FEW);
    }

    #[test]
    fn it_is_told_once() {
        let effort = Effort::default();
        assert_eq!(effort.part_of(MOST + 1), FEW);
        assert!(effort.complaint().is_some());
        assert_eq!(effort.part_of(MOST + 1), FEW);
        assert_eq!(effort.complaint(), None);
    }
}
