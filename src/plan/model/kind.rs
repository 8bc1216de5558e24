//! What a node is, and the name that the text format gives it.

use super::{Node, Text};

macro_rules! kinds {
    ($($kind:ident $name:literal,)*) => {
        /// The JSON format's `Node Type`.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $($kind,)*
            /// Of an extension, or of a version that is not known yet.
            Other(Text),
        }

        impl Kind {
            /// All names that are known.
            pub const NAMES: &[&str] = &[$($name,)*];

            pub fn name(&self) -> &str {
                match self {
                    $(Kind::$kind => $name,)*
                    Kind::Other(name) => name,
                }
            }

            /// The kind that has this name in the JSON format; `None` for an unknown one.
            pub fn known(name: &str) -> Option<Kind> {
                match name {
                    $($name => Some(Kind::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    Result "Result",
    ProjectSet "ProjectSet",
    ModifyTable "ModifyTable",
    Append "Append",
    MergeAppend "Merge Append",
    RecursiveUnion "Recursive Union",
    BitmapAnd "BitmapAnd",
    BitmapOr "BitmapOr",
    NestedLoop "Nested Loop",
    MergeJoin "Merge Join",
    HashJoin "Hash Join",
    SeqScan "Seq Scan",
    SampleScan "Sample Scan",
    Gather "Gather",
    GatherMerge "Gather Merge",
    IndexScan "Index Scan",
    IndexOnlyScan "Index Only Scan",
    BitmapIndexScan "Bitmap Index Scan",
    BitmapHeapScan "Bitmap Heap Scan",
    TidScan "Tid Scan",
    TidRangeScan "Tid Range Scan",
    SubqueryScan "Subquery Scan",
    FunctionScan "Function Scan",
    TableFunctionScan "Table Function Scan",
    ValuesScan "Values Scan",
    CteScan "CTE Scan",
    NamedTuplestoreScan "Named Tuplestore Scan",
    WorkTableScan "WorkTable Scan",
    ForeignScan "Foreign Scan",
    CustomScan "Custom Scan",
    Materialize "Materialize",
    Memoize "Memoize",
    Sort "Sort",
    IncrementalSort "Incremental Sort",
    Group "Group",
    Aggregate "Aggregate",
    WindowAgg "WindowAgg",
    Unique "Unique",
    SetOp "SetOp",
    LockRows "LockRows",
    Limit "Limit",
    Hash "Hash",
}

/// `Partial Mode` of an aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partial {
    Simple,
    Partial,
    Finalize,
}

/// Of Aggregate and SetOp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    Plain,
    Sorted,
    Hashed,
    Mixed,
}

/// `Join Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Join {
    Inner,
    Left,
    Right,
    Full,
    Semi,
    Anti,
    /// 16 and later.
    RightAnti,
    /// 18 and later.
    RightSemi,
}

impl Join {
    /// As both formats write it.
    pub fn name(self) -> &'static str {
        match self {
            Join::Inner => "Inner",
            Join::Left => "Left",
            Join::Right => "Right",
            Join::Full => "Full",
            Join::Semi => "Semi",
            Join::Anti => "Anti",
            Join::RightAnti => "Right Anti",
            Join::RightSemi => "Right Semi",
        }
    }
}

impl Kind {
    pub fn is_join(&self) -> bool {
        matches!(self, Kind::NestedLoop | Kind::MergeJoin | Kind::HashJoin)
    }

    /// Reads a table directly or by an index.
    pub fn is_table_scan(&self) -> bool {
        matches!(
            self,
            Kind::SeqScan
                | Kind::SampleScan
                | Kind::IndexScan
                | Kind::IndexOnlyScan
                | Kind::BitmapHeapScan
                | Kind::TidScan
                | Kind::TidRangeScan
        )
    }
}

impl Node {
    /// As the text format names the node, without what it reads: `Parallel Hash Left Join`, `Finalize GroupAggregate`,
    /// `Index Scan Backward` (`explain.c`, `ExplainNode`).
    pub fn title(&self) -> String {
        let join = self.join.filter(|join| *join != Join::Inner).map(Join::name);
        let operation = self.operation.as_deref().unwrap_or_default();
        let name = match (&self.kind, self.strategy, join) {
            (Kind::NestedLoop, _, Some(join)) => format!("Nested Loop {join} Join"),
            (Kind::MergeJoin, _, Some(join)) => format!("Merge {join} Join"),
            (Kind::HashJoin, _, Some(join)) => format!("Hash {join} Join"),
            (Kind::Aggregate, Some(Strategy::Sorted), _) => "GroupAggregate".to_owned(),
            (Kind::Aggregate, Some(Strategy::Hashed), _) => "HashAggregate".to_owned(),
            (Kind::Aggregate, Some(Strategy::Mixed), _) => "MixedAggregate".to_owned(),
            (Kind::SetOp, Some(Strategy::Hashed), _) => format!("HashSetOp {operation}"),
            (Kind::SetOp, ..) => format!("SetOp {operation}"),
            (Kind::ModifyTable, ..) if !operation.is_empty() => operation.to_owned(),
            (Kind::ForeignScan, ..) if !operation.is_empty() => format!("Foreign {operation}"),
            (Kind::CustomScan, ..) if !operation.is_empty() => format!("Custom Scan ({operation})"),
            (kind, ..) => kind.name().to_owned(),
        };
        let asynchronous = if self.asynchronous { "Async " } else { "" };
        let parallel = if self.parallel { "Parallel " } else { "" };
        let partial = match self.partial {
            Partial::Simple => "",
            Partial::Partial => "Partial ",
            Partial::Finalize => "Finalize ",
        };
        let backward = if self.backward { " Backward" } else { "" };
        format!("{parallel}{asynchronous}{partial}{name}{backward}")
    }

    /// The title and what is read: `Index Scan using orders_pkey on orders o`.
    pub fn describe(&self) -> String {
        let mut text = self.title();
        if let Some(index) = self.index.as_deref().filter(|_| self.kind != Kind::BitmapIndexScan) {
            text.push_str(&format!(" using {index}"));
        }
        let target = if self.kind == Kind::BitmapIndexScan { self.index.as_deref() } else { self.relation.as_deref() };
        match (target, self.alias.as_deref()) {
            (Some(target), Some(alias)) => text.push_str(&format!(" on {target} {alias}")),
            (Some(target), None) => text.push_str(&format!(" on {target}")),
            (None, Some(alias)) => text.push_str(&format!(" on {alias}")),
            (None, None) => {}
        }
        text
    }
}
