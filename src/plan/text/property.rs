//! One `Key: value` line in, properties with the names of the JSON format out: the text format puts several on a line
//! (`explain.c`, the `show_…_info` functions).

use super::super::model::{Key, NodeUsage, Property, Value};
use super::number::{leading, measure, whole};
use super::usage::{self, Counted};

const MAX_KEY: usize = 80;

/// The key and what stands behind its colon, of a line without indentation. Keys begin with a capital and are words.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let head = &bytes[..bytes.len().min(MAX_KEY)];
    let colon = head.iter().position(|&byte| !IS_WORD[usize::from(byte)])?;
    if bytes[colon] != b':' {
        return None;
    }
    let value = &text[colon + 1..];
    match value.as_bytes() {
        [] => Some((&text[..colon], value)),
        [b' ', next, ..] if next.is_ascii_graphic() => Some((&text[..colon], &value[1..])),
        [b' ', ..] => Some((&text[..colon], value.trim_start())),
        _ => None,
    }
}

/// Letters, digits, and what else stands in keys.
static IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_word[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b' ' | b'-' | b'_' | b'/' | b'(' | b')' | b'.' | b',' | b'#');
        byte += 1;
    }
    is_word
};

/// Where a line's content goes: a node or one of its workers.
#[derive(Debug)]
pub(super) struct Sink<'a> {
    pub usage: &'a mut NodeUsage,
    pub properties: &'a mut Vec<Property>,
}

/// What the caller may want to know of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Property,
    Counted(Counted),
    /// Kept as it is written, but its content is not what the server prints there.
    Odd,
}

impl Sink<'_> {
    pub(super) fn read(&mut self, key: &str, value: &str) -> Read {
        if let Some((counted, understood)) = usage::read(self.usage, key, value) {
            return if understood { Read::Counted(counted) } else { self.odd(key, value) };
        }
        let understood = match key {
            "Sort Method" => self.sort(value),
            "Buckets" => self.pairs(key, value, &HASH),
            "Batches" | "Planned Partitions" => self.pairs(key, value, &HASH_AGGREGATE),
            "Hits" => self.pairs(key, value, &MEMOIZE),
            "Full-sort Groups" => self.pairs(key, value, &FULL_SORT),
            "Pre-sorted Groups" => self.pairs(key, value, &PRESORTED),
            "Storage" => self.pairs(key, value, &STORAGE),
            "Heap Blocks" => self.words(value, &HEAP_BLOCKS),
            "Tuples" => self.words(value, &TUPLES),
            "Estimates" => self.words(value, &ESTIMATES),
            "Prefetch" => self.words(value, &PREFETCH),
            "Sampling" => self.sampling(value),
            _ => return self.plain(key, value),
        };
        if understood { Read::Property } else { self.odd(key, value) }
    }

    fn push(&mut self, key: Key, value: Value) {
        if self.properties.capacity() == 0 {
            // Most nodes have one or two; a vector makes room for four.
            self.properties.reserve_exact(2);
        }
        self.properties.push(Property { key, value });
    }

    fn odd(&mut self, key: &str, value: &str) -> Read {
        self.push(Key::Other(key.into()), Value::Text(value.into()));
        Read::Odd
    }

    fn plain(&mut self, key: &str, value: &str) -> Read {
        let known = Key::known(key);
        let parsed = match &known {
            Some(key) if is_count(key) => whole(value).map(Value::Number),
            Some(Key::InnerUnique | Key::SingleCopy | Key::Disabled) => flag(value),
            Some(_) => Some(Value::Text(value.into())),
            None => Some(unknown(value)),
        };
        match (known, parsed) {
            (Some(key), Some(value)) => self.push(key, value),
            (None, Some(value)) => self.push(Key::Other(key.into()), value),
            (_, None) => return self.odd(key, value),
        }
        Read::Property
    }

    /// `external merge  Disk: 1234kB`
    fn sort(&mut self, value: &str) -> bool {
        let (method, space) = at_gap(value).unwrap_or((value, ""));
        self.push(Key::SortMethod, Value::Text(method.into()));
        let Some((kind, used)) = space.split_once(": ") else { return space.is_empty() };
        let Some(used) = measure(used, "kB") else { return false };
        self.push(Key::SortSpaceUsed, Value::Number(used));
        self.push(Key::SortSpaceType, Value::Text(kind.into()));
        true
    }

    /// `1024 (originally 512)  Batches: 4 (originally 1)  Memory Usage: 9kB`: pairs that stand two blanks apart.
    fn pairs(&mut self, key: &str, value: &str, names: &[(&str, Key, Option<Key>)]) -> bool {
        let (mut key, mut rest) = (key, value);
        let changed = memchr::memchr(b'(', value.as_bytes()).is_some() && value.contains("(originally ");
        loop {
            let (value, next) = at_gap(rest).unwrap_or((rest, ""));
            let Some((_, name, original)) = names.iter().find(|(text, ..)| *text == key) else { return false };
            let number = leading(value);
            let (number, behind) = number.map_or((None, value), |(number, behind)| (Some(number), behind));
            let parsed = match (number, behind.trim_start()) {
                (Some(number), "" | "kB") => Value::Number(number),
                (Some(number), before) if changed && before.starts_with("(originally ") => Value::Number(number),
                (Some(_), _) => return false,
                (None, text) => Value::Text(text.into()),
            };
            self.push(name.clone(), parsed);
            if let (Some(original), Some(number)) = (original, number) {
                let before = behind.split_once("(originally ").and_then(|(_, before)| leading(before));
                self.push(original.clone(), Value::Number(before.map_or(number, |(before, _)| before)));
            }
            if next.is_empty() {
                return true;
            }
            let Some((name, value)) = next.split_once(": ") else { return false };
            (key, rest) = (name, value);
        }
    }

    /// `exact=1 lossy=2`, `hit percent=50.00%`
    fn words(&mut self, value: &str, names: &[(&str, Key)]) -> bool {
        let mut rest = value;
        while let Some((name, number)) = rest.split_once('=') {
            let Some((number, behind)) = leading(number) else { return false };
            let Some((_, key)) = names.iter().find(|(text, _)| *text == name.trim()) else { return false };
            self.push(key.clone(), Value::Number(number));
            rest = behind.trim_start_matches('%');
        }
        rest.trim().is_empty()
    }

    /// `bernoulli ('10'::real) REPEATABLE ('1'::double precision)`
    fn sampling(&mut self, value: &str) -> bool {
        let (method, rest) = value.split_once(" (").unwrap_or((value, ""));
        let (parameters, seed) = match rest.split_once(") REPEATABLE (") {
            Some((parameters, seed)) => (parameters, seed.strip_suffix(')')),
            None => (rest.strip_suffix(')').unwrap_or(rest), None),
        };
        self.push(Key::SamplingMethod, Value::Text(method.into()));
        self.push(Key::SamplingParameters, Value::Text(parameters.into()));
        if let Some(seed) = seed {
            self.push(Key::RepeatableSeed, Value::Text(seed.into()));
        }
        true
    }
}

/// What stands before and behind the first two blanks.
fn at_gap(text: &str) -> Option<(&str, &str)> {
    let at = text.as_bytes().windows(2).position(|pair| pair == b"  ")?;
    Some((&text[..at], &text[at + 2..]))
}

const HASH: [(&str, Key, Option<Key>); 3] = [
    ("Buckets", Key::HashBuckets, Some(Key::OriginalHashBuckets)),
    ("Batches", Key::HashBatches, Some(Key::OriginalHashBatches)),
    ("Memory Usage", Key::PeakMemoryUsage, None),
];

const HASH_AGGREGATE: [(&str, Key, Option<Key>); 4] = [
    ("Planned Partitions", Key::PlannedPartitions, None),
    ("Batches", Key::HashAggBatches, None),
    ("Memory Usage", Key::PeakMemoryUsage, None),
    ("Disk Usage", Key::DiskUsage, None),
];

const MEMOIZE: [(&str, Key, Option<Key>); 5] = [
    ("Hits", Key::CacheHits, None),
    ("Misses", Key::CacheMisses, None),
    ("Evictions", Key::CacheEvictions, None),
    ("Overflows", Key::CacheOverflows, None),
    ("Memory Usage", Key::PeakMemoryUsage, None),
];

const FULL_SORT: [(&str, Key, Option<Key>); 7] = [
    ("Full-sort Groups", Key::FullSortGroups, None),
    ("Sort Method", Key::FullSortMethods, None),
    ("Sort Methods", Key::FullSortMethods, None),
    ("Average Memory", Key::FullSortAverageMemory, None),
    ("Peak Memory", Key::FullSortPeakMemory, None),
    ("Average Disk", Key::FullSortAverageDisk, None),
    ("Peak Disk", Key::FullSortPeakDisk, None),
];

const PRESORTED: [(&str, Key, Option<Key>); 7] = [
    ("Pre-sorted Groups", Key::PresortedGroups, None),
    ("Sort Method", Key::PresortedMethods, None),
    ("Sort Methods", Key::PresortedMethods, None),
    ("Average Memory", Key::PresortedAverageMemory, None),
    ("Peak Memory", Key::PresortedPeakMemory, None),
    ("Average Disk", Key::PresortedAverageDisk, None),
    ("Peak Disk", Key::PresortedPeakDisk, None),
];

const STORAGE: [(&str, Key, Option<Key>); 2] =
    [("Storage", Key::Storage, None), ("Maximum Storage", Key::MaximumStorage, None)];

const HEAP_BLOCKS: [(&str, Key); 2] = [("exact", Key::ExactHeapBlocks), ("lossy", Key::LossyHeapBlocks)];

const TUPLES: [(&str, Key); 4] = [
    ("inserted", Key::TuplesInserted),
    ("updated", Key::TuplesUpdated),
    ("deleted", Key::TuplesDeleted),
    ("skipped", Key::TuplesSkipped),
];

const ESTIMATES: [(&str, Key); 4] = [
    ("capacity", Key::EstimatedCapacity),
    ("distinct keys", Key::EstimatedDistinctKeys),
    ("lookups", Key::EstimatedLookups),
    ("hit percent", Key::EstimatedHitPercent),
];

const PREFETCH: [(&str, Key); 3] =
    [("avg", Key::AveragePrefetchDistance), ("max", Key::MaxPrefetchDistance), ("capacity", Key::PrefetchCapacity)];

fn is_count(key: &Key) -> bool {
    matches!(
        key,
        Key::RowsRemovedByFilter
            | Key::RowsRemovedByJoinFilter
            | Key::RowsRemovedByIndexRecheck
            | Key::RowsRemovedByConflictFilter
            | Key::TuplesInserted
            | Key::ConflictingTuples
            | Key::HeapFetches
            | Key::IndexSearches
            | Key::SubplansRemoved
            | Key::WorkersPlanned
            | Key::WorkersLaunched
            | Key::BatchSize
    )
}

fn flag(value: &str) -> Option<Value> {
    match value {
        "true" => Some(Value::Flag(true)),
        "false" => Some(Value::Flag(false)),
        _ => None,
    }
}

/// As JSON would have it: numbers, unless they are too long to be one.
fn unknown(value: &str) -> Value {
    let number = whole(value).filter(|_| value.len() <= 15);
    number.map(Value::Number).or_else(|| flag(value)).unwrap_or_else(|| Value::Text(value.into()))
}
