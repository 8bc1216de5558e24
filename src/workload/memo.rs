//! A text seen before costs one hash: a bounded, direct-mapped cache from the hash of a raw text to what its scan said.

use std::sync::Arc;

use memchr::memchr_iter;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::sql::{self, Bound, Fingerprint, StatementKind, Verb};

/// Entries; a power of two.
const SIZE: usize = 1 << 12;

/// What is remembered of one text.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// xxh3 of the text as logged.
    pub raw: u64,
    pub fingerprint: Fingerprint,
    pub kind: StatementKind,
    pub verb: Verb,
    pub literals: u64,
    pub literals_but_offset: u64,
    pub offset: Option<Bound>,
    pub paged: bool,
    /// Holds `$1` or the like.
    pub parameterised: bool,
    pub tags: Option<Arc<Tags>>,
}

/// The tags of one text, without those that differ from call to call.
#[derive(Clone, Debug)]
pub(super) struct Tags {
    /// Sorted `key=value`, joined by line feeds.
    pub joined: Box<str>,
    /// Hash of the tags that name a unit of work, those that differ from request to request included; 0 without any.
    pub unit: u64,
}

pub(super) struct Memo {
    entries: Vec<Option<Known>>,
    scratch: sql::Scratch,
}

impl Default for Memo {
    fn default() -> Self {
        Self { entries: vec![None; SIZE], scratch: sql::Scratch::default() }
    }
}

impl Memo {
    #[inline]
    pub fn get(&mut self, text: &[u8]) -> &Known {
        let raw = xxh3_64(text);
        let entry = &mut self.entries[raw as usize % SIZE];
        if !matches!(entry, Some(known) if known.raw == raw) {
            *entry = Some(scan(raw, text, &mut self.scratch));
        }
        entry.as_ref().expect("it was filled just now")
    }
}

fn scan(raw: u64, text: &[u8], scratch: &mut sql::Scratch) -> Known {
    let scan = sql::scan(text, scratch);
    Known {
        raw,
        fingerprint: scan.fingerprint,
        kind: scan.kind,
        verb: scan.verb,
        literals: scan.literals,
        literals_but_offset: scan.literals_but_offset,
        offset: scan.offset,
        paged: scan.limit.is_some() || scan.offset.is_some(),
        parameterised: memchr_iter(b'$', text).any(|at| text.get(at + 1).is_some_and(u8::is_ascii_digit)),
        tags: if scan.tags.count > 0 { tags(text) } else { None },
    }
}

/// Keys whose value differs from request to request: they tell units of work apart, but are no names to count by.
const VOLATILE: [&str; 7] =
    ["traceparent", "tracestate", "request_id", "requestid", "trace_id", "span_id", "correlation_id"];
/// Keys that name what a unit of work does.
const NAMING: [&str; 8] =
    ["controller", "action", "route", "job", "endpoint", "handler", "task", "namespaced_controller"];

fn tags(text: &[u8]) -> Option<Arc<Tags>> {
    let mut pairs = sql::tags(text);
    if pairs.is_empty() {
        return None;
    }
    pairs.sort_unstable();
    let mut unit = 0;
    let mut joined = String::new();
    for (key, value) in &pairs {
        let lower = key.to_ascii_lowercase();
        let volatile = VOLATILE.contains(&lower.as_str());
        if volatile || NAMING.contains(&lower.as_str()) {
            // A span id is new with every query; the trace it belongs to is not.
            let value = if lower == "traceparent" { trace_of(value) } else { value.as_str() };
            if lower != "span_id" && lower != "tracestate" {
                unit = xxh3_64_with_seed(value.as_bytes(), xxh3_64_with_seed(lower.as_bytes(), unit));
            }
        }
        if !volatile && joined.len() < 1024 {
            if !joined.is_empty() {
                joined.push('\n');
            }
            let clean = |part: &str| part.replace(['\n', '\r'], " ");
            joined.push_str(&format!("{}={}", clean(key), clean(value)));
        }
    }
    Some(Arc::new(Tags { joined: joined.into_boxed_str(), unit }))
}

/// The trace id of a W3C traceparent: `00-<trace id>-<span id>-<flags>`.
fn trace_of(value: &str) -> &str {
    value.split('-').nth(1).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_one_unit_whatever_its_span() {
        let mut memo = Memo::default();
        let unit = |memo: &mut Memo, text: &str| memo.get(text.as_bytes()).tags.as_ref().map(|tags| tags.unit);
        let first = unit(&mut memo, "SELECT 1 /*traceparent='00-aaaa-0001-01'*/");
        assert!(first.is_some());
        assert_eq!(first, unit(&mut memo, "SELECT 2 /*traceparent='00-aaaa-0002-01'*/"));
        assert_ne!(first, unit(&mut memo, "SELECT 2 /*traceparent='00-bbbb-0002-01'*/"));
        assert!(memo.get(b"SELECT 1").tags.is_none());
    }

    #[test]
    fn counted_tags_leave_out_what_differs_by_request() {
        let mut memo = Memo::default();
        let known = memo.get(b"SELECT 1 /*action='index',controller='posts',traceparent='00-a-b-01'*/").clone();
        assert_eq!(&*known.tags.expect("tagged").joined, "action=index\ncontroller=posts");
    }
}
