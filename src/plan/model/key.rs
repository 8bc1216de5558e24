//! Names of properties, as the JSON format writes them.

use super::Text;

macro_rules! keys {
    ($($key:ident $name:literal,)*) => {
        /// The name of a property.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key {
            $(#[doc = $name] $key,)*
            /// Of an extension, or of a version that is not known yet.
            Other(Box<Text>),
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
        let mut place = place(name.as_bytes());
        loop {
            let (known, key) = Key::NAMES.get(usize::from(PLACES[place]))?;
            if *known == name {
                return Some(key.clone());
            }
            place = (place + 1) % PLACES.len();
        }
    }
}

/// Of a name that is not among those of [`PLACES`].
const FREE: u8 = u8::MAX;

/// For each value of [`place`] the first name that has it, behind it those that found their place taken.
static PLACES: [u8; 512] = {
    let mut places = [FREE; 512];
    let mut at = 0;
    while at < Key::NAMES.len() {
        let mut place = place(Key::NAMES[at].0.as_bytes());
        while places[place] != FREE {
            place = (place + 1) % places.len();
        }
        places[place] = at as u8;
        at += 1;
    }
    places
};

/// Four bytes tell almost all names apart.
const fn place(name: &[u8]) -> usize {
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let (first, middle, last) = (name[0] as usize, name[length / 2] as usize, name[length - 1] as usize);
    (first * 7 + middle * 31 + last * 13 + length * 57) % 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        assert!(Key::NAMES.len() < usize::from(FREE));
        for (name, key) in Key::NAMES {
            assert_eq!(Key::known(name).as_ref(), Some(key));
            assert_eq!(Key::known(&name[1..]), None, "{name}");
        }
        assert_eq!((Key::known(""), Key::known("Filters")), (None, None));
    }
}
