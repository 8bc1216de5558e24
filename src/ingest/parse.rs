//! A chunk of a log comes in, its events go out in the order of their records.

use super::event::Event;
use super::filter::Filter;
use super::format::Format;
use super::problem::ChunkReport;
pub use super::record::Scratch;
use super::{csvlog, jsonlog, stderr, syslog};

/// Gives each wanted record of `chunk` to `sink`. `first_line` is the 1-based line of the chunk's first byte within its
/// input. A chunk begins at a record; what stands before the first record is counted as unrecognised.
pub fn events(
    format: &Format,
    chunk: &[u8],
    first_line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    sink: &mut impl FnMut(&Event<'_>),
) -> ChunkReport {
    // The chunk before may have been of another input, in another zone.
    scratch.clock.forget();
    match format {
        Format::Stderr(stderr) => stderr::events(stderr, chunk, first_line, scratch, filter, sink),
        Format::Csv(csv) => csvlog::events(csv, chunk, first_line, scratch, filter, sink),
        Format::Syslog(syslog) => syslog::events(syslog, chunk, first_line, scratch, filter, sink),
        Format::Json(json) => jsonlog::events(json, chunk, first_line, scratch, filter, sink),
    }
}
