//! jsonlog: one JSON object a line, keys as in Postgres's documentation ("Using JSON-Format Log Output"). Read by hand:
//! the keys are few, and nothing is built but the event.

use memchr::memchr;

use super::event::{Event, Who};
use super::filter::Filter;
use super::format::JsonFormat;
use super::json_string;
use super::message;
use super::problem::ChunkReport;
use super::record::{Record, Scratch, number, session_of_pid, session_of_text, severity_of};

/// Raw insides of the strings, escapes included; numbers as they stand.
#[derive(Clone, Copy, Default)]
struct Fields<'a> {
    timestamp: &'a [u8],
    pid: &'a [u8],
    session: &'a [u8],
    severity: &'a [u8],
    sqlstate: &'a [u8],
    query_id: &'a [u8],
    remote: &'a [u8],
    /// User, database, application, message, detail, hint, context, statement.
    texts: [&'a [u8]; 8],
}

pub(crate) fn events(
    format: &JsonFormat,
    chunk: &[u8],
    first_line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    sink: &mut impl FnMut(&Event<'_>),
) -> ChunkReport {
    let mut report = ChunkReport::default();
    let mut line_number = first_line;
    let mut at = super::stderr::junk_before(chunk);
    while at < chunk.len() {
        let end = memchr(b'\n', &chunk[at..]).map_or(chunk.len(), |len| at + len);
        let line = &chunk[at..end];
        let line = if line.first() == Some(&0) { &line[super::stderr::junk_before(line)..] } else { line };
        if !line.iter().all(u8::is_ascii_whitespace) {
            let mut fields = Fields::default();
            let complete = read_object(line, &mut fields);
            let understood = emit(format, &fields, line_number, scratch, filter, &mut report, sink).is_some();
            if !understood {
                report.unrecognised_lines += 1;
                report.problem(
                    line_number,
                    "not a record of jsonlog: no JSON object with timestamp and error_severity",
                    "the line was skipped",
                );
            } else if !complete {
                report.problem(
                    line_number,
                    "the JSON object of this line is broken or cut",
                    "what stands before the break was used",
                );
            }
        }
        line_number += 1;
        at = end + 1;
    }
    report.lines = line_number - first_line;
    report
}

/// Fills what it understands; `false` when the object is not whole.
#[inline]
fn read_object<'a>(line: &'a [u8], fields: &mut Fields<'a>) -> bool {
    let mut at = skip_blanks(line, 0);
    if line.get(at) != Some(&b'{') {
        return false;
    }
    at += 1;
    loop {
        at = skip_blanks(line, at);
        match line.get(at) {
            Some(b'"') => at += 1,
            Some(b'}') => return true,
            _ => return false,
        }
        let Some(key_len) = memchr(b'"', &line[at..]) else { return false };
        let key = &line[at..at + key_len];
        at = skip_blanks(line, at + key_len + 1);
        if line.get(at) != Some(&b':') {
            return false;
        }
        at = skip_blanks(line, at + 1);
        let (value, next, whole) = value(line, at);
        assign(fields, key, value);
        if !whole {
            return false;
        }
        at = skip_blanks(line, next);
        match line.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return true,
            _ => return false,
        }
    }
}

#[inline]
fn skip_blanks(line: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r') = line.get(at) {
        at += 1;
    }
    at
}

/// A string's inside or a scalar's text; where it ends; whether it does.
#[inline]
fn value(line: &[u8], at: usize) -> (&[u8], usize, bool) {
    let rest = line.get(at..).unwrap_or(b"");
    match rest.strip_prefix(b"\"") {
        Some(inside) => match json_string::end(inside) {
            Some(end) => (&inside[..end], at + end + 2, true),
            None => (inside, line.len(), false),
        },
        None => {
            let len = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b' ')).unwrap_or(rest.len());
            (&rest[..len], at + len, len > 0)
        }
    }
}

#[inline]
fn assign<'a>(fields: &mut Fields<'a>, key: &[u8], value: &'a [u8]) {
    match key {
        b"timestamp" => fields.timestamp = value,
        b"user" => fields.texts[0] = value,
        b"dbname" => fields.texts[1] = value,
        b"pid" => fields.pid = value,
        b"remote_host" => fields.remote = value,
        b"session_id" => fields.session = value,
        b"error_severity" => fields.severity = value,
        b"state_code" => fields.sqlstate = value,
        b"message" => fields.texts[3] = value,
        b"detail" => fields.texts[4] = value,
        b"hint" => fields.texts[5] = value,
        b"context" => fields.texts[6] = value,
        b"statement" => fields.texts[7] = value,
        b"application_name" => fields.texts[2] = value,
        b"query_id" => fields.query_id = value,
        _ => {}
    }
}

#[inline]
fn emit(
    format: &JsonFormat,
    fields: &Fields<'_>,
    line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    report: &mut ChunkReport,
    sink: &mut impl FnMut(&Event<'_>),
) -> Option<()> {
    let Scratch { text, plan, clock, .. } = scratch;
    let stamp = clock.parse(fields.timestamp, &format.zone)?;
    let severity = severity_of(fields.severity)?;
    report.records += 1;
    if !stamp.zone_is_known {
        report.problem(
            line,
            "unknown time zone abbreviation, read as UTC",
            "give --timezone with the name of the server's log_timezone",
        );
    }
    let pid = u32::try_from(number(fields.pid).unwrap_or(0)).unwrap_or(0);
    text.clear();
    let spans = fields.texts.map(|raw| {
        memchr(b'\\', raw).is_some().then(|| {
            let from = text.len();
            json_string::unescape(raw, text);
            (from, text.len())
        })
    });
    let [user, database, application, message, detail, hint, context, statement] =
        std::array::from_fn(|index| match spans[index] {
            Some((from, to)) => &text[from..to],
            None => fields.texts[index],
        });
    let who = Who { database, user, application, remote: fields.remote };
    if !filter.wants(stamp.at, &who) {
        report.filtered += 1;
        return Some(());
    }
    let session = if fields.session.is_empty() { session_of_pid(pid, b"") } else { session_of_text(fields.session) };
    let record = Record {
        at: stamp.at,
        line,
        session,
        pid,
        who,
        query_id: number(fields.query_id).unwrap_or(0),
        severity,
        sqlstate: fields.sqlstate,
        message,
        detail,
        hint,
        context,
        statement,
    };
    sink(&message::classify(&record, plan));
    Some(())
}
