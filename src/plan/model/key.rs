//! Names of properties, as the JSON format writes them.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

macro_rules! keys {
    ($($key:ident $name:literal,)*) => {
        /// The name of a property.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key {
            $(#[doc = $name] $key,)*
            /// Of an extension, or of a version that is not known yet.
            Other(Box<str>),
        }

        impl Key {
            pub fn name(&self) -> &str {
                match self {
                    $(Key::$key => $name,)*
                    Key::Other(name) => name,
                }
            }
        }

        impl Key {
            /// All names that are known.
            pub const NAMES: &[(&str, Key)] = &[$(($name, Key::$key),)*];
        }
    };
}

keys! {
    // Conditions and expressions.
    Output "Output",
    Filter "Filter",
    IndexCond "Index Cond",
    RecheckCond "Recheck Cond",
    HashCond "Hash Cond",
    MergeCond "Merge Cond",
    JoinFilter "Join Filter",
    TidCond "TID Cond",
    OrderBy "Order By",
    OneTimeFilter "One-Time Filter",
    RunCondition "Run Condition",
    Window "Window",
    FunctionCall "Function Call",
    TableFunctionCall "Table Function Call",
    SortKey "Sort Key",
    PresortedKey "Presorted Key",
    GroupKey "Group Key",
    HashKey "Hash Key",
    CacheKey "Cache Key",
    CacheMode "Cache Mode",
    SamplingMethod "Sampling Method",
    SamplingParameters "Sampling Parameters",
    RepeatableSeed "Repeatable Seed",
    ParamsEvaluated "Params Evaluated",
    InnerUnique "Inner Unique",
    SingleCopy "Single Copy",
    Disabled "Disabled",
    Storage "Storage",
    MaximumStorage "Maximum Storage",
    RemoteSql "Remote SQL",
    Relations "Relations",
    BatchSize "Batch Size",
    ConflictResolution "Conflict Resolution",
    ConflictArbiterIndexes "Conflict Arbiter Indexes",
    ConflictFilter "Conflict Filter",
    TargetTable "Target Table",
    Replaces "Replaces",
    // Rows, per loop.
    RowsRemovedByFilter "Rows Removed by Filter",
    RowsRemovedByJoinFilter "Rows Removed by Join Filter",
    RowsRemovedByIndexRecheck "Rows Removed by Index Recheck",
    RowsRemovedByConflictFilter "Rows Removed by Conflict Filter",
    TuplesInserted "Tuples Inserted",
    TuplesUpdated "Tuples Updated",
    TuplesDeleted "Tuples Deleted",
    TuplesSkipped "Tuples Skipped",
    ConflictingTuples "Conflicting Tuples",
    // Totals over all loops.
    HeapFetches "Heap Fetches",
    IndexSearches "Index Searches",
    ExactHeapBlocks "Exact Heap Blocks",
    LossyHeapBlocks "Lossy Heap Blocks",
    SubplansRemoved "Subplans Removed",
    WorkersPlanned "Workers Planned",
    WorkersLaunched "Workers Launched",
    CacheHits "Cache Hits",
    CacheMisses "Cache Misses",
    CacheEvictions "Cache Evictions",
    CacheOverflows "Cache Overflows",
    // Memory and disk, kB.
    SortMethod "Sort Method",
    SortSpaceUsed "Sort Space Used",
    SortSpaceType "Sort Space Type",
    HashBuckets "Hash Buckets",
    OriginalHashBuckets "Original Hash Buckets",
    HashBatches "Hash Batches",
    OriginalHashBatches "Original Hash Batches",
    PeakMemoryUsage "Peak Memory Usage",
    DiskUsage "Disk Usage",
    PlannedPartitions "Planned Partitions",
    HashAggBatches "HashAgg Batches",
    // Incremental Sort: the JSON format nests these.
    FullSortGroups "Full-sort Groups",
    FullSortMethods "Full-sort Sort Methods",
    FullSortAverageMemory "Full-sort Average Memory",
    FullSortPeakMemory "Full-sort Peak Memory",
    FullSortAverageDisk "Full-sort Average Disk",
    FullSortPeakDisk "Full-sort Peak Disk",
    PresortedGroups "Pre-sorted Groups",
    PresortedMethods "Pre-sorted Sort Methods",
    PresortedAverageMemory "Pre-sorted Average Memory",
    PresortedPeakMemory "Pre-sorted Peak Memory",
    PresortedAverageDisk "Pre-sorted Average Disk",
    PresortedPeakDisk "Pre-sorted Peak Disk",
    // Memoize and prefetch of 19.
    EstimatedCapacity "Estimated Capacity",
    EstimatedDistinctKeys "Estimated Distinct Lookup Keys",
    EstimatedLookups "Estimated Lookups",
    EstimatedHitPercent "Estimated Hit Percent",
    AveragePrefetchDistance "Average Prefetch Distance",
    MaxPrefetchDistance "Max Prefetch Distance",
    PrefetchCapacity "Prefetch Capacity",
    // Beside the tree.
    QueryIdentifier "Query Identifier",
    SuppliedPlanAdvice "Supplied Plan Advice",
    GeneratedPlanAdvice "Generated Plan Advice",
}

impl Key {
    /// The key of this name; unknown names are kept.
    pub fn of(name: &str) -> Key {
        Key::known(name).unwrap_or_else(|| Key::Other(name.into()))
    }

    pub fn known(name: &str) -> Option<Key> {
        static BY_NAME: OnceLock<FxHashMap<&str, Key>> = OnceLock::new();
        BY_NAME.get_or_init(|| Key::NAMES.iter().cloned().collect()).get(name).cloned()
    }
}
