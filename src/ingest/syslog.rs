//! Postgres's stderr lines as syslog carries them: in comes `HEADER host postgres[PID]: [N-M] text`, out go stderr lines with
//! a time and a process id of our own in front.
//!
//! Postgres sends a message in parts (`elog.c`, `write_syslog`): N counts messages, M the parts of one. A part begins at a
//! line break, or where a line was longer than 900 bytes; only the former begins with a tab (which syslog daemons
//! write as `#011`) or with a heading such as DETAIL.

use memchr::{memchr, memmem};

use super::event::Event;
use super::filter::Filter;
use super::format::StderrFormat;
use super::prefix::timestamp_len;
use super::problem::ChunkReport;
use super::record::{Scratch, number};
use super::severity::{self, Heading};
use super::stderr;

#[derive(Clone, Debug)]
pub struct SyslogFormat {
    /// How the unwrapped lines are read.
    pub inner: StderrFormat,
    /// RFC 3164 headers (`Nov 21 00:47:00`) have no year.
    pub year: i64,
}

/// One line without its header.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    header: &'a [u8],
    pub pid: &'a [u8],
    /// 1 begins a message.
    pub part: i64,
    pub text: &'a [u8],
}

pub(crate) fn events(
    format: &SyslogFormat,
    chunk: &[u8],
    first_line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    sink: &mut impl FnMut(&Event<'_>),
) -> ChunkReport {
    let mut plain = std::mem::take(&mut scratch.unwrapped);
    let mut lines = std::mem::take(&mut scratch.line_numbers);
    let count = unwrap(format.year, chunk, first_line, &mut plain, &mut lines);
    let line_of =
        |index: u64| usize::try_from(index).ok().and_then(|index| lines.get(index)).copied().unwrap_or(first_line);
    let mut numbered = |event: &Event<'_>| sink(&Event { line: line_of(event.line), ..*event });
    let mut report = stderr::events(&format.inner, &plain, 0, scratch, filter, &mut numbered);
    report.lines = count;
    for problem in &mut report.problems {
        problem.line = line_of(problem.line);
    }
    scratch.unwrapped = plain;
    scratch.line_numbers = lines;
    report
}

/// Fills `plain` with stderr lines and `lines` with the line of the log that each began on; gives the lines read.
pub(crate) fn unwrap(year: i64, chunk: &[u8], first_line: u64, plain: &mut Vec<u8>, lines: &mut Vec<u64>) -> u64 {
    plain.clear();
    lines.clear();
    if chunk.is_empty() {
        return 0;
    }
    let mut line_number = first_line;
    let mut current: &[u8] = b"";
    for line in chunk.strip_suffix(b"\n").unwrap_or(chunk).split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match part_of(line) {
            Some(part) if part.part > 1 && part.pid == current && !begins_line(&part) => {
                if part.text.starts_with(b"#011") || part.text.starts_with(b"\t") {
                    begin_line(plain, lines, line_number);
                }
                push_text(part.text, plain);
            }
            Some(part) => {
                begin_line(plain, lines, line_number);
                let text = push_head(year, &part, plain);
                push_text(text, plain);
                current = part.pid;
            }
            None => {
                begin_line(plain, lines, line_number);
                plain.extend_from_slice(line);
                current = b"";
            }
        }
        line_number += 1;
    }
    line_number - first_line
}

fn begin_line(plain: &mut Vec<u8>, lines: &mut Vec<u64>, line: u64) {
    if !lines.is_empty() {
        plain.push(b'\n');
    }
    lines.push(line);
}

/// A part that is a line with a heading rather than the rest of the line before.
fn begins_line(part: &Part<'_>) -> bool {
    let start = &part.text[..part.text.len().min(200)];
    severity::find(start)
        .and_then(|at| severity::heading(&start[at..]))
        .is_some_and(|(heading, _)| !matches!(heading, Heading::Primary(_)))
}

/// Tabs come as `#011` from most daemons.
fn push_text(mut text: &[u8], plain: &mut Vec<u8>) {
    while let Some(at) = memmem::find(text, b"#011") {
        plain.extend_from_slice(&text[..at]);
        plain.push(b'\t');
        text = &text[at + 4..];
    }
    plain.extend_from_slice(text);
}

/// Writes `TIME [PID] ` and gives the text after it: Postgres's own time, where the prefix has one, is the better one.
fn push_head<'a>(year: i64, part: &Part<'a>, plain: &mut Vec<u8>) -> &'a [u8] {
    let mut text = part.text;
    if let Some(len) = timestamp_len(text) {
        plain.extend_from_slice(&text[..len]);
        text = text[len..].strip_prefix(b" ").unwrap_or(&text[len..]);
    } else {
        push_time(year, part.header, plain);
    }
    plain.extend_from_slice(b" [");
    plain.extend_from_slice(part.pid);
    plain.extend_from_slice(b"] ");
    text
}

/// `Nov 21 00:47:00` or `2026-11-21T00:47:00.123+01:00` as Postgres would write it.
fn push_time(year: i64, header: &[u8], plain: &mut Vec<u8>) {
    if header.get(10) == Some(&b'T') {
        let (date, time) = (&header[..10], &header[11..]);
        let zone = time.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')).unwrap_or(time.len());
        plain.extend_from_slice(date);
        plain.push(b' ');
        plain.extend_from_slice(&time[..zone]);
        plain.push(b' ');
        plain.extend(
            time[zone..].iter().filter(|byte| **byte != b':').map(|byte| if *byte == b'Z' { b'Z' } else { *byte }),
        );
        return;
    }
    let month = header.get(..3).and_then(month_of).unwrap_or(1);
    let day = header.get(4..6).unwrap_or(b"01");
    plain.extend_from_slice(format!("{year:04}-{month:02}-").as_bytes());
    plain.extend(day.iter().map(|byte| if *byte == b' ' { b'0' } else { *byte }));
    plain.push(b' ');
    plain.extend_from_slice(header.get(7..15).unwrap_or(b"00:00:00"));
}

fn month_of(name: &[u8]) -> Option<usize> {
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    MONTHS.iter().position(|month| *month == name).map(|index| index + 1)
}

/// `None` for a line that is not of this form.
pub(crate) fn part_of(line: &[u8]) -> Option<Part<'_>> {
    let is_old =
        line.get(..3).and_then(month_of).is_some() && line.get(9) == Some(&b':') && line.get(15) == Some(&b' ');
    let is_new = line.get(10) == Some(&b'T') && line.first().is_some_and(u8::is_ascii_digit);
    if !is_old && !is_new {
        return None;
    }
    let header = if is_old { &line[..15] } else { &line[..memchr(b' ', line)?] };
    let mark = memmem::find(line, b"]: [")?;
    let open = memchr::memrchr(b'[', &line[..mark])?;
    let pid = &line[open + 1..mark];
    let rest = &line[mark + 4..];
    let close = memchr(b']', rest)?;
    let dash = memchr(b'-', &rest[..close])?;
    number(pid)?;
    number(&rest[..dash])?;
    let part = number(&rest[dash + 1..close])?;
    let text = &rest[close + 1..];
    Some(Part { header, pid, part, text: text.strip_prefix(b" ").unwrap_or(text) })
}

/// Most of the first lines are of this form.
pub(crate) fn is_syslog(start: &[u8]) -> bool {
    let (mut hits, mut total) = (0, 0);
    for line in start.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(50) {
        total += 1;
        hits += usize::from(part_of(line).is_some());
    }
    hits * 2 > total
}

/// The first year of a date (`2026-11-21`) in the messages.
pub(crate) fn year_in(start: &[u8]) -> Option<i64> {
    memmem::find_iter(start, b"20").find_map(|at| {
        let date = start.get(at..at + 10)?;
        let shape = date
            .iter()
            .zip(b"0000-00-00")
            .all(|(byte, shape)| if *shape == b'-' { byte == shape } else { byte.is_ascii_digit() });
        if shape { number(&date[..4]) } else { None }
    })
}

/// A message begins at the start of `line`.
pub(crate) fn begins_record(line: &[u8]) -> bool {
    part_of(line).is_some_and(|part| part.part == 1)
}
