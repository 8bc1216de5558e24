//! Where a log can be cut so that both parts together give the events of the whole.

use memchr::{memchr, memchr_iter, memchr2};

use super::csvlog;
use super::format::{Format, StderrFormat};
use super::pending::WINDOW;
use super::prefix::timestamp_len;
use super::severity::Heading;
use super::stderr;
use super::syslog;
use super::time::Clock;

/// Places that are tried before a stray DETAIL line is taken for one whose record is lost.
const TRIES: usize = 64;

/// The first record boundary at or after `at`; `bytes` must begin at a record. `bytes.len()` when there is none.
pub fn cut(format: &Format, bytes: &[u8], at: usize) -> usize {
    if at == 0 || at >= bytes.len() {
        return at.min(bytes.len());
    }
    match format {
        Format::Stderr(stderr) => cut_stderr(stderr, bytes, at),
        Format::Csv(csv) => cut_csv(csv.columns, bytes, at),
        Format::Json(_) => line_start(bytes, at),
        Format::Syslog(_) => cut_syslog(bytes, at),
    }
}

/// The first boundary after the end of a record that was too long to keep, wherever `bytes` begins.
pub(crate) fn resume(format: &Format, bytes: &[u8]) -> Option<usize> {
    let start = match format {
        Format::Stderr(stderr) => cut_stderr(stderr, bytes, 1),
        Format::Csv(csv) => first_whole_row(csv.columns, bytes, 1),
        Format::Json(_) => line_start(bytes, 1),
        Format::Syslog(_) => cut_syslog(bytes, 1),
    };
    (start < bytes.len()).then_some(start)
}

/// The beginning of a line at or after `at`.
fn line_start(bytes: &[u8], at: usize) -> usize {
    if bytes[at - 1] == b'\n' {
        return at;
    }
    memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len + 1)
}

fn cut_stderr(format: &StderrFormat, bytes: &[u8], at: usize) -> usize {
    let mut clock = Clock::default();
    let mut start = line_start(bytes, at);
    let mut tries = 0;
    while start < bytes.len() {
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |len| start + len);
        let head = stderr::head_of(format, &bytes[start..end], &mut clock);
        if head.is_some_and(|(head, _)| matches!(head.heading, Heading::Primary(_))) {
            tries += 1;
            if tries > TRIES || is_self_contained(format, &bytes[start..], &mut clock) {
                return start;
            }
        }
        start = end + 1;
    }
    bytes.len()
}

/// No line soon after belongs to a record that began before `bytes`.
fn is_self_contained(format: &StderrFormat, bytes: &[u8], clock: &mut Clock) -> bool {
    let mut begun: Vec<(u32, &[u8])> = Vec::with_capacity(WINDOW);
    let mut at = 0;
    while at < bytes.len() && begun.len() < WINDOW {
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len);
        if let Some((head, _)) = stderr::head_of(format, &bytes[at..end], clock) {
            let owner = (head.pid, head.session);
            match head.heading {
                Heading::Primary(_) => begun.push(owner),
                _ if begun.contains(&owner) => {}
                _ => return false,
            }
        }
        at = end + 1;
    }
    true
}

/// A first part whose followers do not mix with those of messages before it.
fn cut_syslog(bytes: &[u8], at: usize) -> usize {
    let mut start = line_start(bytes, at);
    let mut tries = 0;
    while start < bytes.len() {
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |len| start + len);
        if syslog::begins_record(&bytes[start..end]) {
            tries += 1;
            if tries > TRIES || has_all_parts(&bytes[start..]) {
                return start;
            }
        }
        start = end + 1;
    }
    bytes.len()
}

fn has_all_parts(bytes: &[u8]) -> bool {
    let mut begun: Vec<&[u8]> = Vec::with_capacity(WINDOW);
    for part in bytes.split(|byte| *byte == b'\n').filter_map(syslog::part_of) {
        if part.part == 1 {
            begun.push(part.pid);
        } else if !begun.contains(&part.pid) {
            return false;
        }
        if begun.len() > WINDOW {
            break;
        }
    }
    true
}

/// A newline outside of quotes with a timestamp behind it. Quotes are counted from the beginning of `bytes`; if that
/// finds nothing (a broken row upsets the count), a line that reads as a whole row will do.
fn cut_csv(columns: usize, bytes: &[u8], at: usize) -> usize {
    let mut inside = memchr_iter(b'"', &bytes[..at]).count() % 2 == 1;
    if !inside && bytes[at - 1] == b'\n' && timestamp_len(&bytes[at..]).is_some() {
        return at;
    }
    let mut from = at;
    while let Some(len) = memchr2(b'"', b'\n', &bytes[from..]) {
        let hit = from + len;
        from = hit + 1;
        if bytes[hit] == b'"' {
            inside = !inside;
        } else if !inside && timestamp_len(&bytes[from..]).is_some() {
            return from;
        }
    }
    first_whole_row(columns, bytes, at)
}

fn first_whole_row(columns: usize, bytes: &[u8], at: usize) -> usize {
    let mut start = line_start(bytes, at);
    while start < bytes.len() {
        if timestamp_len(&bytes[start..]).is_some() && csvlog::is_whole_row(columns, &bytes[start..]) {
            return start;
        }
        start = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |len| start + len + 1);
    }
    bytes.len()
}
