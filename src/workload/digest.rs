//! A workload as a file: written with `-o digest=FILE`, read like any other input.
//!
//! JSON with `"sqlsift_digest": 1`. Fingerprints of another `fingerprint_version` name other queries, so such a digest is
//! refused. The queries that a workload keeps packed are written out in full.

use std::io::{self, Write};

use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

use crate::ingest::event::Micros;
use crate::sql::FINGERPRINT_VERSION;

use super::model::{
    DeadlockSample, ErrorGroup, LockGroup, Neighbours, OffsetWalk, Pair, Query, QueryIndex, Repeat, Seen, ServerEvents,
    Workload,
};
use super::singles::Singles;

pub(super) mod wire;

/// Version of the file format.
pub const DIGEST_VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    #[error("no digest of sqlsift: {0}; write one with `sqlsift analyze LOG -o digest=FILE`")]
    Malformed(#[from] serde_json::Error),
    #[error(
        "the digest is of format {found}, this sqlsift reads format {DIGEST_VERSION}; write it again from the log with this version"
    )]
    Format { found: u32 },
    #[error(
        "the digest has fingerprints of version {found}, this sqlsift makes version {FINGERPRINT_VERSION}: they name different \
         queries; write it again from the log with this version"
    )]
    Fingerprints { found: u32 },
    #[error("the digest is damaged: query {index} is referred to, but it has only {queries}")]
    Reference { index: QueryIndex, queries: usize },
}

#[derive(Serialize)]
struct Out<'a> {
    sqlsift_digest: u32,
    fingerprint_version: u32,
    inputs: &'a [String],
    window: Option<(Micros, Micros)>,
    queries: &'a [Query],
    singles: Packed<'a>,
    repeats: &'a [Repeat],
    pairs: &'a [Pair],
    walks: &'a [OffsetWalk],
    neighbours: &'a [Neighbours],
    errors: &'a [ErrorGroup],
    lock_waits: &'a [LockGroup],
    deadlocks: &'a [DeadlockSample],
    server: &'a ServerEvents,
    seen: &'a Seen,
}

struct Packed<'a>(&'a Singles);

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for query in self.0.expand() {
            list.serialize_element(&query)?;
        }
        list.end()
    }
}

#[derive(Deserialize)]
struct Head {
    sqlsift_digest: u32,
    fingerprint_version: u32,
}

#[derive(Deserialize)]
struct In {
    inputs: Vec<String>,
    window: Option<(Micros, Micros)>,
    queries: Vec<Query>,
    singles: Vec<Query>,
    repeats: Vec<Repeat>,
    pairs: Vec<Pair>,
    walks: Vec<OffsetWalk>,
    neighbours: Vec<Neighbours>,
    errors: Vec<ErrorGroup>,
    lock_waits: Vec<LockGroup>,
    deadlocks: Vec<DeadlockSample>,
    server: ServerEvents,
    seen: Seen,
}

/// `inputs` are the names that `Origin::input` counts.
pub fn write(workload: &Workload, inputs: &[String], mut out: impl Write) -> io::Result<()> {
    let digest = Out {
        sqlsift_digest: DIGEST_VERSION,
        fingerprint_version: FINGERPRINT_VERSION,
        inputs,
        window: workload.window,
        queries: &workload.queries,
        singles: Packed(&workload.singles),
        repeats: &workload.repeats,
        pairs: &workload.pairs,
        walks: &workload.walks,
        neighbours: &workload.neighbours,
        errors: &workload.errors,
        lock_waits: &workload.lock_waits,
        deadlocks: &workload.deadlocks,
        server: &workload.server,
        seen: &workload.seen,
    };
    serde_json::to_writer(&mut out, &digest)?;
    out.write_all(b"\n")
}

/// The workload, and the names of the inputs that it was read from.
pub fn read(bytes: &[u8]) -> Result<(Workload, Vec<String>), DigestError> {
    let head: Head = serde_json::from_slice(bytes)?;
    if head.sqlsift_digest != DIGEST_VERSION {
        return Err(DigestError::Format { found: head.sqlsift_digest });
    }
    if head.fingerprint_version != FINGERPRINT_VERSION {
        return Err(DigestError::Fingerprints { found: head.fingerprint_version });
    }
    let digest: In = serde_json::from_slice(bytes)?;
    let workload = Workload {
        queries: digest.queries,
        singles: Singles::default(),
        window: digest.window,
        repeats: digest.repeats,
        pairs: digest.pairs,
        walks: digest.walks,
        neighbours: digest.neighbours,
        errors: digest.errors,
        lock_waits: digest.lock_waits,
        deadlocks: digest.deadlocks,
        server: digest.server,
        seen: digest.seen,
    };
    let queries = workload.queries.len();
    if let Some(index) = workload.references().find(|index| *index >= queries) {
        return Err(DigestError::Reference { index, queries });
    }
    let singles = Workload { queries: digest.singles, ..Workload::default() };
    Ok((Workload::merge(vec![workload, singles]), digest.inputs))
}

#[cfg(test)]
mod tests;
