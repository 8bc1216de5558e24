//! csvlog: rows of the table `postgres_log` in Postgres's documentation ("Using CSV-Format Log Output"): 23 columns until
//! 12, `backend_type` since 13, `leader_pid` and `query_id` since 14. Quotes are doubled, nothing else is escaped.

use memchr::{memchr, memchr2, memmem};

use super::event::{Event, Severity, Who};
use super::filter::Filter;
use super::format::CsvFormat;
use super::message;
use super::prefix::timestamp_len;
use super::problem::ChunkReport;
use super::record::{Record, Scratch, host_of_csv, number, session_of_pid, session_of_text, severity_of};

const COLUMNS: usize = 26;

/// One field: its bytes without the outer quotes, and whether doubled quotes are inside.
#[derive(Clone, Copy, Default)]
struct Field<'a> {
    text: &'a [u8],
    doubled: bool,
}

struct Row<'a> {
    fields: [Field<'a>; COLUMNS],
    columns: usize,
    /// Offset of the next row.
    next: usize,
}

pub(crate) fn events(
    format: &CsvFormat,
    chunk: &[u8],
    first_line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    sink: &mut impl FnMut(&Event<'_>),
) -> ChunkReport {
    let mut report = ChunkReport::default();
    let mut line = first_line;
    let mut at = super::stderr::junk_before(chunk);
    let mut row = Row { fields: [Field::default(); COLUMNS], columns: 0, next: 0 };
    while at < chunk.len() {
        let understood = read_row(chunk, at, &mut row)
            && (row.columns == format.columns || matches!(row.columns, 23 | 24 | 26))
            && emit(format, &row, line, scratch, filter, &mut report, sink).is_some();
        // A row cut short by the end of the file still says what it says.
        let next = if understood { row.next } else { resume(chunk, at) };
        let lines = count_lines(&chunk[at..next]);
        if !understood && chunk[at..next].iter().any(|byte| !byte.is_ascii_whitespace() && *byte != 0) {
            let at_end = next == chunk.len() && !chunk.ends_with(b"\n");
            let cut = at_end && emit_cut(format, chunk, at, line, scratch, filter, &mut report, sink);
            if !cut {
                report.unrecognised_lines += lines;
                report.problem(
                    line,
                    "not a row of csvlog: wrong number of columns, or a quote that does not end",
                    "the row was skipped; the file may have been cut or written by two programs",
                );
            }
        }
        line += lines;
        at = next;
    }
    report.lines = line - first_line;
    report
}

fn count_lines(bytes: &[u8]) -> u64 {
    let newlines = memchr::memchr_iter(b'\n', bytes).count() as u64;
    newlines + u64::from(!bytes.ends_with(b"\n"))
}

/// After a broken row: the next line that begins with a timestamp.
fn resume(chunk: &[u8], at: usize) -> usize {
    memchr::memchr_iter(b'\n', &chunk[at..])
        .map(|newline| at + newline + 1)
        .find(|start| timestamp_len(&chunk[*start..]).is_some())
        .unwrap_or(chunk.len())
}

/// Reads fields until the row's end. `false` when the row is malformed or not complete.
#[inline]
fn read_row<'a>(chunk: &'a [u8], mut at: usize, row: &mut Row<'a>) -> bool {
    row.columns = 0;
    loop {
        let (field, end) = match chunk.get(at) {
            Some(b'"') => match quoted(chunk, at + 1) {
                Some(found) => found,
                None => return false,
            },
            Some(b',') => (Field::default(), at),
            Some(_) => {
                let len = memchr2(b',', b'\n', &chunk[at..]).unwrap_or(chunk.len() - at);
                (Field { text: &chunk[at..at + len], doubled: false }, at + len)
            }
            None => (Field::default(), at),
        };
        let Some(slot) = row.fields.get_mut(row.columns) else { return false };
        *slot = field;
        row.columns += 1;
        match chunk.get(end) {
            Some(b',') => at = end + 1,
            Some(b'\n') => {
                row.next = end + 1;
                return true;
            }
            Some(b'\r') if chunk.get(end + 1) == Some(&b'\n') => {
                row.next = end + 2;
                return true;
            }
            None => {
                row.next = chunk.len();
                return true;
            }
            Some(_) => return false,
        }
    }
}

/// The field after an opening quote and the offset behind its closing one.
#[inline]
fn quoted(chunk: &[u8], start: usize) -> Option<(Field<'_>, usize)> {
    let mut at = start;
    let mut doubled = false;
    loop {
        let quote = at + memchr(b'"', &chunk[at..])?;
        if chunk.get(quote + 1) == Some(&b'"') {
            doubled = true;
            at = quote + 2;
        } else {
            return Some((Field { text: &chunk[start..quote], doubled }, quote + 1));
        }
    }
}

/// `None` when the row does not say when and what.
#[inline]
fn emit(
    format: &CsvFormat,
    row: &Row<'_>,
    line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    report: &mut ChunkReport,
    sink: &mut impl FnMut(&Event<'_>),
) -> Option<()> {
    let Scratch { text, plan, clock, .. } = scratch;
    let raw = |column: usize| row.fields[column].text;
    let stamp = clock.parse(raw(0), &format.zone)?;
    let severity: Severity = severity_of(raw(11))?;
    let pid = u32::try_from(number(raw(3)).unwrap_or(0)).unwrap_or(0);
    report.records += 1;
    if !stamp.zone_is_known {
        report.problem(
            line,
            "unknown time zone abbreviation, read as UTC",
            "give --timezone with the name of the server's log_timezone",
        );
    }
    let application = if row.columns > 22 { row.fields[22] } else { Field::default() };
    text.clear();
    // Only these texts are used; the others are not unescaped.
    let used = [
        row.fields[1],
        row.fields[2],
        application,
        row.fields[13],
        row.fields[14],
        row.fields[15],
        row.fields[18],
        row.fields[19],
    ];
    let spans = used.map(|field| field.doubled.then(|| undouble(field.text, text)));
    let [user, database, application, message, detail, hint, context, statement] =
        std::array::from_fn(|index| match spans[index] {
            Some((from, to)) => &text[from..to],
            None => used[index].text,
        });
    let who = Who { database, user, application, remote: host_of_csv(raw(4)) };
    if !filter.wants(stamp.at, &who) {
        report.filtered += 1;
        return Some(());
    }
    let session = if raw(5).is_empty() { session_of_pid(pid, b"") } else { session_of_text(raw(5)) };
    let query_id = if row.columns > 25 { number(raw(25).trim_ascii_end()).unwrap_or(0) } else { 0 };
    let record = Record {
        at: stamp.at,
        line,
        session,
        pid,
        who,
        query_id,
        severity,
        sqlstate: raw(12),
        message,
        detail,
        hint,
        context,
        statement,
    };
    sink(&message::classify(&record, plan));
    Some(())
}

/// The last row of a file that ends in the middle of it: its columns up to the cut, the message included.
#[allow(clippy::too_many_arguments)]
#[cold]
fn emit_cut(
    format: &CsvFormat,
    chunk: &[u8],
    at: usize,
    line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    report: &mut ChunkReport,
    sink: &mut impl FnMut(&Event<'_>),
) -> bool {
    let mut row = Row { fields: [Field::default(); COLUMNS], columns: 0, next: chunk.len() };
    let complete = read_row(chunk, at, &mut row);
    if !complete && row.columns < COLUMNS {
        // The field that does not end.
        let read = row.columns;
        let open = unfinished(chunk, at, read);
        row.fields[read] = open;
        row.columns += 1;
    }
    if row.columns < 14 || row.fields[13].text.is_empty() {
        return false;
    }
    row.fields[row.columns..].fill(Field::default());
    if emit(format, &row, line, scratch, filter, report, sink).is_none() {
        return false;
    }
    report.problem(line, "the last row is cut", "its remaining columns are missing; the file may still be written");
    true
}

/// The text of the field after `fields` complete ones.
fn unfinished(chunk: &[u8], mut at: usize, fields: usize) -> Field<'_> {
    for _ in 0..fields {
        let end = match chunk.get(at) {
            Some(b'"') => quoted(chunk, at + 1).map_or(chunk.len(), |(_, end)| end),
            _ => memchr(b',', &chunk[at.min(chunk.len())..]).map_or(chunk.len(), |len| at + len),
        };
        at = (end + 1).min(chunk.len());
    }
    let rest = &chunk[at..];
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    Field { text: rest, doubled: memmem::find(rest, b"\"\"").is_some() }
}

/// Appends with doubled quotes made single; gives the place.
#[inline]
fn undouble(mut raw: &[u8], out: &mut Vec<u8>) -> (usize, usize) {
    let from = out.len();
    out.reserve(raw.len());
    while let Some(quote) = memchr(b'"', raw) {
        out.extend_from_slice(&raw[..=quote]);
        raw = &raw[(quote + 2).min(raw.len())..];
    }
    out.extend_from_slice(raw);
    (from, out.len())
}

/// Columns of the row at the beginning of `bytes`, if there is a complete one with a time and a severity.
pub(crate) fn columns_of(bytes: &[u8]) -> Option<usize> {
    let mut row = Row { fields: [Field::default(); COLUMNS], columns: 0, next: 0 };
    let complete = read_row(bytes, 0, &mut row) && row.columns > 13 && severity_of(row.fields[11].text).is_some();
    (complete && timestamp_len(row.fields[0].text).is_some()).then_some(row.columns)
}

/// A row with that many columns stands at the beginning of `bytes`.
pub(crate) fn is_whole_row(columns: usize, bytes: &[u8]) -> bool {
    columns_of(bytes) == Some(columns)
}
