//! What an open bracket belongs to.

use super::super::super::model::{Key, NodeId};
use super::super::Shape;

pub(super) struct Frame {
    pub place: Place,
    pub shape: Shape,
    /// In the text, from 0.
    pub line: usize,
    /// Length of the prefix outside.
    pub prefix: usize,
    /// Of an array of values: joined so far.
    pub list: Option<String>,
    /// A plan may begin here.
    pub states: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Plan,
    Node(NodeId),
    Worker(NodeId, usize),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    /// Around plans.
    Seek,
    /// The object with `Plan` in it, or the plan itself.
    Statement,
    Node(NodeId),
    Nodes(NodeId),
    Tasks(NodeId),
    Workers(NodeId),
    Worker(NodeId, usize),
    /// An array of values that is one property.
    List(Owner, Key),
    /// Nothing that is known: flattened.
    Flat(Owner),
    Settings,
    Planning,
    Serialization,
    Triggers,
    Trigger,
    Jit(Owner),
    JitOptions(Owner),
    JitTiming(Owner),
    /// Since 17 generation has parts.
    JitGeneration(Owner),
    SortGroups(Owner, Groups),
    SortSpace(Owner, Groups, Space),
    GroupingSets(NodeId),
    GroupingSet(NodeId),
    /// `Hash Keys`, `Group Keys`: arrays in an array.
    KeySets(NodeId, Key),
    KeySet(NodeId, Key),
    TargetTables(NodeId),
    TargetTable(NodeId),
}

/// Of an incremental sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Groups {
    Full,
    Presorted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Memory,
    Disk,
}

impl Place {
    pub(super) fn seek(shape: Shape) -> Place {
        match shape {
            Shape::Object => Place::Statement,
            Shape::Array => Place::Seek,
        }
    }

    /// What an object or array inside of this is.
    pub(super) fn part(&self, key: &str, shape: Shape) -> Option<Place> {
        Some(match (self, key, shape) {
            (Place::Triggers, _, Shape::Object) => Place::Trigger,
            (Place::Jit(owner), "Options", _) => Place::JitOptions(*owner),
            (Place::Jit(owner), "Timing", _) => Place::JitTiming(*owner),
            (Place::JitTiming(owner), "Generation", _) => Place::JitGeneration(*owner),
            (Place::SortGroups(owner, groups), "Sort Methods Used", Shape::Array) => {
                Place::List(*owner, groups.methods())
            }
            (Place::SortGroups(owner, groups), "Sort Space Memory", _) => {
                Place::SortSpace(*owner, *groups, Space::Memory)
            }
            (Place::SortGroups(owner, groups), "Sort Space Disk", _) => Place::SortSpace(*owner, *groups, Space::Disk),
            (Place::GroupingSets(id), _, Shape::Object) => Place::GroupingSet(*id),
            (Place::GroupingSet(id), "Sort Key", Shape::Array) => Place::List(Owner::Node(*id), Key::SortKey),
            (Place::GroupingSet(id), "Hash Keys", Shape::Array) => Place::KeySets(*id, Key::HashKey),
            (Place::GroupingSet(id), "Group Keys", Shape::Array) => Place::KeySets(*id, Key::GroupKey),
            (Place::KeySets(id, key), _, Shape::Array) => Place::KeySet(*id, key.clone()),
            (Place::TargetTables(id), _, Shape::Object) => Place::TargetTable(*id),
            _ => return None,
        })
    }

    pub(super) fn owner(&self) -> Owner {
        match self {
            Place::Node(id)
            | Place::Nodes(id)
            | Place::Tasks(id)
            | Place::Workers(id)
            | Place::GroupingSets(id)
            | Place::GroupingSet(id)
            | Place::KeySets(id, _)
            | Place::KeySet(id, _)
            | Place::TargetTables(id)
            | Place::TargetTable(id) => Owner::Node(*id),
            Place::Worker(id, worker) => Owner::Worker(*id, *worker),
            Place::List(owner, _)
            | Place::Flat(owner)
            | Place::Jit(owner)
            | Place::JitOptions(owner)
            | Place::JitTiming(owner)
            | Place::JitGeneration(owner)
            | Place::SortGroups(owner, _)
            | Place::SortSpace(owner, ..) => *owner,
            Place::Seek
            | Place::Statement
            | Place::Settings
            | Place::Planning
            | Place::Serialization
            | Place::Triggers
            | Place::Trigger => Owner::Plan,
        }
    }
}

impl Frame {
    /// Takes a value of an array that is a list; `None` when it is no list.
    pub(super) fn item(&mut self, text: &str) -> Option<()> {
        if !matches!(self.place, Place::List(..) | Place::Flat(_) | Place::KeySet(..)) {
            return None;
        }
        match &mut self.list {
            Some(list) => {
                list.push_str(", ");
                list.push_str(text);
            }
            None => self.list = Some(text.to_owned()),
        }
        Some(())
    }
}

impl Groups {
    pub(super) fn count(self) -> Key {
        match self {
            Groups::Full => Key::FullSortGroups,
            Groups::Presorted => Key::PresortedGroups,
        }
    }

    pub(super) fn methods(self) -> Key {
        match self {
            Groups::Full => Key::FullSortMethods,
            Groups::Presorted => Key::PresortedMethods,
        }
    }

    /// Average and peak.
    pub(super) fn space(self, space: Space) -> (Key, Key) {
        match (self, space) {
            (Groups::Full, Space::Memory) => (Key::FullSortAverageMemory, Key::FullSortPeakMemory),
            (Groups::Full, Space::Disk) => (Key::FullSortAverageDisk, Key::FullSortPeakDisk),
            (Groups::Presorted, Space::Memory) => (Key::PresortedAverageMemory, Key::PresortedPeakMemory),
            (Groups::Presorted, Space::Disk) => (Key::PresortedAverageDisk, Key::PresortedPeakDisk),
        }
    }
}
