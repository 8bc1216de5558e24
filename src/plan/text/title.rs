//! The first words of a node line in, what kind of node that is out (`explain.c`, `ExplainNode`).

use std::sync::OnceLock;

use super::super::model::{Join, Kind, Partial, Strategy};

/// What the title says; what is read stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Title<'a> {
    pub kind: Kind,
    pub parallel: bool,
    pub asynchronous: bool,
    pub partial: Partial,
    pub strategy: Option<Strategy>,
    pub join: Option<Join>,
    pub operation: Option<&'a str>,
}

/// Names whose text form is that of the JSON format, each after those that it is the beginning of.
static PLAIN: [Kind; 32] = [
    Kind::SeqScan,
    Kind::IndexScan,
    Kind::IndexOnlyScan,
    Kind::BitmapHeapScan,
    Kind::BitmapIndexScan,
    Kind::Append,
    Kind::Sort,
    Kind::Limit,
    Kind::Result,
    Kind::GatherMerge,
    Kind::Gather,
    Kind::MergeAppend,
    Kind::Materialize,
    Kind::Memoize,
    Kind::SubqueryScan,
    Kind::CteScan,
    Kind::FunctionScan,
    Kind::ValuesScan,
    Kind::Unique,
    Kind::WindowAgg,
    Kind::IncrementalSort,
    Kind::BitmapAnd,
    Kind::BitmapOr,
    Kind::LockRows,
    Kind::ProjectSet,
    Kind::ForeignScan,
    Kind::RecursiveUnion,
    Kind::WorkTableScan,
    Kind::TidScan,
    Kind::TidRangeScan,
    Kind::SampleScan,
    Kind::TableFunctionScan,
];

const JOINS: [(&str, Join); 8] = [
    ("Join", Join::Inner),
    ("Left Join", Join::Left),
    ("Right Join", Join::Right),
    ("Full Join", Join::Full),
    ("Semi Join", Join::Semi),
    ("Anti Join", Join::Anti),
    ("Right Anti Join", Join::RightAnti),
    ("Right Semi Join", Join::RightSemi),
];

const AGGREGATES: [(&str, Strategy); 4] = [
    ("Aggregate", Strategy::Plain),
    ("HashAggregate", Strategy::Hashed),
    ("GroupAggregate", Strategy::Sorted),
    ("MixedAggregate", Strategy::Mixed),
];

const SET_OPERATIONS: [&str; 4] = ["Intersect All", "Intersect", "Except All", "Except"];

/// Those of [`PLAIN`] that begin with the letter that the text begins with.
fn named(text: &str) -> &'static [(&'static str, Kind)] {
    static BY_LETTER: OnceLock<[Vec<(&'static str, Kind)>; 26]> = OnceLock::new();
    let letter = |text: &str| text.bytes().next().map(|byte| usize::from(byte.wrapping_sub(b'A')));
    let by_letter = BY_LETTER.get_or_init(|| {
        std::array::from_fn(|at| {
            let own = PLAIN.iter().filter(|kind| letter(kind.name()) == Some(at));
            own.map(|kind| (kind.name(), kind.clone())).collect()
        })
    });
    letter(text).and_then(|at| by_letter.get(at)).map_or(&[], Vec::as_slice)
}

/// The title and what stands behind it, which begins with a blank unless it is empty.
pub(super) fn parse(text: &str) -> Option<(Title<'_>, &str)> {
    let mut title = Title {
        kind: Kind::Result,
        parallel: false,
        asynchronous: false,
        partial: Partial::Simple,
        strategy: None,
        join: None,
        operation: None,
    };
    // Redshift puts the level before the name.
    let mut text = text.strip_prefix("XN ").or(text.strip_prefix("LD ")).unwrap_or(text);
    let mut prefix = |prefix: &str| {
        let rest = text.strip_prefix(prefix);
        text = rest.unwrap_or(text);
        rest.is_some()
    };
    title.parallel = prefix("Parallel ");
    title.asynchronous = prefix("Async ");
    if prefix("Partial ") {
        title.partial = Partial::Partial;
    } else if prefix("Finalize ") {
        title.partial = Partial::Finalize;
    }
    let rest = title.name(text)?;
    Some((title, rest))
}

impl<'a> Title<'a> {
    fn name(&mut self, text: &'a str) -> Option<&'a str> {
        for (name, kind) in named(text) {
            // `Gather Motion 3:1` is a node of Greenplum.
            if let Some(rest) = word(text, name).filter(|rest| !rest.starts_with(" Motion ")) {
                self.kind = kind.clone();
                return Some(rest);
            }
        }
        self.join_name(text)
            .or_else(|| self.aggregate(text))
            .or_else(|| self.modify(text))
            .or_else(|| self.custom(text))
            .or_else(|| self.set_operation(text))
            .or_else(|| self.rare(text))
    }

    fn join_name(&mut self, text: &'a str) -> Option<&'a str> {
        let (kind, rest) = if let Some(rest) = word(text, "Nested Loop") {
            (Kind::NestedLoop, rest)
        } else if let Some(rest) = word(text, "Hash") {
            (Kind::HashJoin, rest)
        } else {
            (Kind::MergeJoin, word(text, "Merge")?)
        };
        let named = rest
            .strip_prefix(' ')
            .and_then(|rest| JOINS.iter().find_map(|(name, join)| Some((*join, word(rest, name)?))));
        match (named, kind) {
            (Some((join, rest)), kind) => {
                (self.kind, self.join) = (kind, Some(join));
                Some(rest)
            }
            (None, Kind::NestedLoop) => {
                (self.kind, self.join) = (Kind::NestedLoop, Some(Join::Inner));
                Some(rest)
            }
            (None, Kind::HashJoin) => {
                self.kind = Kind::Hash;
                Some(rest)
            }
            (None, _) => None,
        }
    }

    fn aggregate(&mut self, text: &'a str) -> Option<&'a str> {
        let (strategy, rest) = AGGREGATES.iter().find_map(|(name, strategy)| Some((*strategy, word(text, name)?)))?;
        (self.kind, self.strategy) = (Kind::Aggregate, Some(strategy));
        Some(rest)
    }

    /// `Update on t` is a ModifyTable, `Foreign Update on t` a Foreign Scan that modifies on the other side.
    fn modify(&mut self, text: &'a str) -> Option<&'a str> {
        let (kind, text) = match text.strip_prefix("Foreign ") {
            Some(rest) => (Kind::ForeignScan, rest),
            None => (Kind::ModifyTable, text),
        };
        let name = ["Insert", "Update", "Delete", "Merge"].into_iter().find(|name| word(text, name).is_some())?;
        let (operation, rest) = text.split_at(name.len());
        if !rest.starts_with(" on") {
            return None;
        }
        (self.kind, self.operation) = (kind, Some(operation));
        Some(rest)
    }

    /// `Custom Scan (ChunkAppend)`; a provider's name may have parentheses of its own.
    fn custom(&mut self, text: &'a str) -> Option<&'a str> {
        let rest = text.strip_prefix("Custom Scan")?;
        self.kind = Kind::CustomScan;
        let Some(inside) = rest.strip_prefix(" (") else { return word(text, "Custom Scan") };
        let mut depth = 1usize;
        let end = inside.bytes().position(|b| {
            depth = match b {
                b'(' => depth + 1,
                b')' => depth - 1,
                _ => depth,
            };
            depth == 0
        })?;
        self.operation = Some(&inside[..end]);
        Some(&inside[end + 1..])
    }

    fn set_operation(&mut self, text: &'a str) -> Option<&'a str> {
        let (strategy, rest) = match word(text, "HashSetOp") {
            Some(rest) => (Strategy::Hashed, rest),
            None => (Strategy::Sorted, word(text, "SetOp")?),
        };
        (self.kind, self.strategy) = (Kind::SetOp, Some(strategy));
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let Some(name) = SET_OPERATIONS.into_iter().find(|name| word(rest, name).is_some()) else { return Some(rest) };
        let (operation, rest) = rest.split_at(name.len());
        self.operation = Some(operation);
        Some(rest)
    }

    fn rare(&mut self, text: &'a str) -> Option<&'a str> {
        let kind =
            [Kind::NamedTuplestoreScan, Kind::Group].into_iter().find(|kind| word(text, kind.name()).is_some())?;
        let rest = word(text, kind.name());
        self.kind = kind;
        rest
    }
}

/// What stands behind `name`, if it is a word of its own.
fn word<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // Most names differ in their first letters.
    if text.as_bytes().first_chunk::<2>() != name.as_bytes().first_chunk::<2>() {
        return None;
    }
    text.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with(' '))
}
