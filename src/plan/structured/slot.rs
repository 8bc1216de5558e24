//! The name of a property comes in; where a node keeps it goes out.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::super::model::{Key, NodeUsage};

/// Where what stands under a name belongs.
#[derive(Clone)]
pub(super) enum Slot {
    NodeType,
    ParentRelationship,
    SubplanName,
    ParallelAware,
    AsyncCapable,
    ScanDirection,
    PartialMode,
    Strategy,
    JoinType,
    Operation,
    Schema,
    Relation,
    Alias,
    Index,
    Figure(Figure),
    Usage(fn(&mut NodeUsage) -> &mut f64),
    WorkerNumber,
    Part(Part),
    Property(Key, Type),
}

/// Estimates and actuals: four belong together, or three, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    StartupCost,
    TotalCost,
    PlanRows,
    PlanWidth,
    StartupTime,
    TotalTime,
    Rows,
    Loops,
}

/// What holds more than a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Plan,
    Plans,
    Workers,
    Jit,
    FullSort,
    Presorted,
    /// XML calls both by the name of their kind.
    SortGroups,
    GroupingSets,
    TargetTables,
    /// Citus hangs its plans below these (documentation of Citus, "EXPLAIN").
    Distributed,
    Tasks,
}

/// What a bare value is: only JSON and YAML tell, and only by quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
    Flag,
    /// Of an unknown property: by its looks.
    Any,
}

/// The slot of a name that is known.
pub(super) fn slot(name: &str) -> Option<&'static Slot> {
    static SLOTS: OnceLock<FxHashMap<&'static str, Slot>> = OnceLock::new();
    SLOTS.get_or_init(|| properties().chain(FIXED.iter().cloned()).collect()).get(name)
}

fn properties() -> impl Iterator<Item = (&'static str, Slot)> {
    let number = NUMBERS.iter().map(|key| (key.clone(), Type::Number));
    let flags = FLAGS.iter().map(|key| (key.clone(), Type::Flag));
    let known: FxHashMap<Key, Type> = number.chain(flags).collect();
    Key::NAMES.iter().map(move |(name, key)| {
        let kind = known.get(key).copied().unwrap_or(Type::Text);
        (*name, Slot::Property(key.clone(), kind))
    })
}

const FLAGS: &[Key] = &[Key::InnerUnique, Key::SingleCopy, Key::Disabled];

const NUMBERS: &[Key] = &[
    Key::BatchSize,
    Key::MaximumStorage,
    Key::RowsRemovedByFilter,
    Key::RowsRemovedByJoinFilter,
    Key::RowsRemovedByIndexRecheck,
    Key::RowsRemovedByConflictFilter,
    Key::TuplesInserted,
    Key::TuplesUpdated,
    Key::TuplesDeleted,
    Key::TuplesSkipped,
    Key::ConflictingTuples,
    Key::HeapFetches,
    Key::IndexSearches,
    Key::ExactHeapBlocks,
    Key::LossyHeapBlocks,
    Key::SubplansRemoved,
    Key::WorkersPlanned,
    Key::WorkersLaunched,
    Key::CacheHits,
    Key::CacheMisses,
    Key::CacheEvictions,
    Key::CacheOverflows,
    Key::SortSpaceUsed,
    Key::HashBuckets,
    Key::OriginalHashBuckets,
    Key::HashBatches,
    Key::OriginalHashBatches,
    Key::PeakMemoryUsage,
    Key::DiskUsage,
    Key::PlannedPartitions,
    Key::HashAggBatches,
    Key::EstimatedCapacity,
    Key::EstimatedDistinctKeys,
    Key::EstimatedLookups,
    Key::EstimatedHitPercent,
];

/// `explain.c`, `ExplainNode`, `show_buffer_usage`, `show_wal_usage`. Names of three generations of I/O times mean the same here:
/// up to 16 what is now shared was shared and local.
const FIXED: &[(&str, Slot)] = &[
    ("Node Type", Slot::NodeType),
    ("Parent Relationship", Slot::ParentRelationship),
    ("Subplan Name", Slot::SubplanName),
    ("Parallel Aware", Slot::ParallelAware),
    ("Async Capable", Slot::AsyncCapable),
    ("Scan Direction", Slot::ScanDirection),
    ("Partial Mode", Slot::PartialMode),
    ("Strategy", Slot::Strategy),
    ("Join Type", Slot::JoinType),
    ("Operation", Slot::Operation),
    ("Command", Slot::Operation),
    ("Custom Plan Provider", Slot::Operation),
    ("Schema", Slot::Schema),
    ("Relation Name", Slot::Relation),
    ("Function Name", Slot::Relation),
    ("Table Function Name", Slot::Relation),
    ("CTE Name", Slot::Relation),
    ("Tuplestore Name", Slot::Relation),
    ("Alias", Slot::Alias),
    ("Index Name", Slot::Index),
    ("Startup Cost", Slot::Figure(Figure::StartupCost)),
    ("Total Cost", Slot::Figure(Figure::TotalCost)),
    ("Plan Rows", Slot::Figure(Figure::PlanRows)),
    ("Plan Width", Slot::Figure(Figure::PlanWidth)),
    ("Actual Startup Time", Slot::Figure(Figure::StartupTime)),
    ("Actual Total Time", Slot::Figure(Figure::TotalTime)),
    ("Actual Rows", Slot::Figure(Figure::Rows)),
    ("Actual Loops", Slot::Figure(Figure::Loops)),
    ("Shared Hit Blocks", Slot::Usage(|u| &mut u.buffers.shared.hit)),
    ("Shared Read Blocks", Slot::Usage(|u| &mut u.buffers.shared.read)),
    ("Shared Dirtied Blocks", Slot::Usage(|u| &mut u.buffers.shared.dirtied)),
    ("Shared Written Blocks", Slot::Usage(|u| &mut u.buffers.shared.written)),
    ("Local Hit Blocks", Slot::Usage(|u| &mut u.buffers.local.hit)),
    ("Local Read Blocks", Slot::Usage(|u| &mut u.buffers.local.read)),
    ("Local Dirtied Blocks", Slot::Usage(|u| &mut u.buffers.local.dirtied)),
    ("Local Written Blocks", Slot::Usage(|u| &mut u.buffers.local.written)),
    ("Temp Read Blocks", Slot::Usage(|u| &mut u.buffers.temp_read)),
    ("Temp Written Blocks", Slot::Usage(|u| &mut u.buffers.temp_written)),
    ("I/O Read Time", Slot::Usage(|u| &mut u.io_mut().shared_read)),
    ("I/O Write Time", Slot::Usage(|u| &mut u.io_mut().shared_write)),
    ("Shared I/O Read Time", Slot::Usage(|u| &mut u.io_mut().shared_read)),
    ("Shared I/O Write Time", Slot::Usage(|u| &mut u.io_mut().shared_write)),
    ("Local I/O Read Time", Slot::Usage(|u| &mut u.io_mut().local_read)),
    ("Local I/O Write Time", Slot::Usage(|u| &mut u.io_mut().local_write)),
    ("Temp I/O Read Time", Slot::Usage(|u| &mut u.io_mut().temp_read)),
    ("Temp I/O Write Time", Slot::Usage(|u| &mut u.io_mut().temp_write)),
    ("WAL Records", Slot::Usage(|u| &mut u.wal_mut().records)),
    ("WAL FPI", Slot::Usage(|u| &mut u.wal_mut().fpi)),
    ("WAL Bytes", Slot::Usage(|u| &mut u.wal_mut().bytes)),
    ("WAL Buffers Full", Slot::Usage(|u| &mut u.wal_mut().buffers_full)),
    ("WAL FPI Bytes", Slot::Usage(|u| &mut u.wal_mut().fpi_bytes)),
    ("Worker Number", Slot::WorkerNumber),
    ("Plan", Slot::Part(Part::Plan)),
    ("Plans", Slot::Part(Part::Plans)),
    ("Workers", Slot::Part(Part::Workers)),
    ("JIT", Slot::Part(Part::Jit)),
    ("Full-sort Groups", Slot::Part(Part::FullSort)),
    ("Pre-sorted Groups", Slot::Part(Part::Presorted)),
    ("Incremental Sort Groups", Slot::Part(Part::SortGroups)),
    ("Grouping Sets", Slot::Part(Part::GroupingSets)),
    ("Target Tables", Slot::Part(Part::TargetTables)),
    ("Distributed Query", Slot::Part(Part::Distributed)),
    ("Job", Slot::Part(Part::Distributed)),
    ("Remote Plan", Slot::Part(Part::Distributed)),
    ("Tasks", Slot::Part(Part::Tasks)),
];
