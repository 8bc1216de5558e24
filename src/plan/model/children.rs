//! The children of a node: most have none, one or two, and need no room of their own for those.

use std::fmt;
use std::ops::Deref;

use super::{NodeId, Rare};

/// Reads like a slice, in the order in which EXPLAIN lists them.
#[derive(Clone, Default)]
pub struct Children(Kept);

#[derive(Clone, Default)]
enum Kept {
    #[default]
    None,
    One([NodeId; 1]),
    Two([NodeId; 2]),
    Many(Rare<NodeId>),
}

impl Children {
    pub fn push(&mut self, child: NodeId) {
        self.0 = match std::mem::take(&mut self.0) {
            Kept::None => Kept::One([child]),
            Kept::One([first]) => Kept::Two([first, child]),
            Kept::Two([first, second]) => Kept::Many(vec![first, second, child].into()),
            Kept::Many(mut all) => {
                all.push(child);
                Kept::Many(all)
            }
        };
    }

    pub fn as_slice(&self) -> &[NodeId] {
        match &self.0 {
            Kept::None => &[],
            Kept::One(one) => one,
            Kept::Two(two) => two,
            Kept::Many(all) => all,
        }
    }
}

impl Deref for Children {
    type Target = [NodeId];

    fn deref(&self) -> &[NodeId] {
        self.as_slice()
    }
}

impl<'a> IntoIterator for &'a Children {
    type Item = &'a NodeId;
    type IntoIter = std::slice::Iter<'a, NodeId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<NodeId> for Children {
    fn from_iter<I: IntoIterator<Item = NodeId>>(children: I) -> Self {
        let mut all = Self::default();
        children.into_iter().for_each(|child| all.push(child));
        all
    }
}

impl PartialEq for Children {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl PartialEq<Vec<NodeId>> for Children {
    fn eq(&self, other: &Vec<NodeId>) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<const N: usize> PartialEq<[NodeId; N]> for Children {
    fn eq(&self, other: &[NodeId; N]) -> bool {
        self.as_slice() == other
    }
}

impl fmt::Debug for Children {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_slice(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_children_in_their_order() {
        assert!(size_of::<Children>() <= size_of::<Vec<NodeId>>());
        for number in 0..9 {
            let children: Children = (1..=number).collect();
            assert_eq!(children, (1..=number).collect::<Vec<_>>());
            assert_eq!((children.len(), children.last().copied()), (number, (1..=number).last()));
        }
    }
}
