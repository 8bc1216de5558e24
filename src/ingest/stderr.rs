//! The stderr format: lines with a prefix and a heading; continuation lines begin with a tab (`elog.c`,
//! `append_with_tabs`). A record is a primary line and the DETAIL, HINT, CONTEXT, STATEMENT lines of its process.

use memchr::memchr;

use super::event::{Event, Severity};
use super::filter::Filter;
use super::format::{LineEnds, StderrFormat};
use super::message;
use super::pending::{Pending, Raw, Window};
use super::prefix::Head;
use super::problem::ChunkReport;
use super::record::{Record, Scratch, session_of_pid, session_of_text};
use super::severity::Heading;
use super::time::Clock;

/// Where a continuation line goes.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    Text { age: usize, heading: Heading },
}

pub(crate) fn events(
    format: &StderrFormat,
    chunk: &[u8],
    first_line: u64,
    scratch: &mut Scratch,
    filter: &Filter,
    sink: &mut impl FnMut(&Event<'_>),
) -> ChunkReport {
    let mut report = ChunkReport::default();
    let Scratch { text, plan, clock, .. } = scratch;
    let mut window = Window::default();
    let mut last = Last::Nothing;
    let mut line_number = first_line;
    let mut at = 0;
    while at < chunk.len() {
        let end = memchr(b'\n', &chunk[at..]).map_or(chunk.len(), |len| at + len);
        let line = &chunk[at..end];
        let this_line = line_number;
        line_number += 1;
        let Some((head, skipped)) = head_of(format, line, clock) else {
            at = end + 1;
            if let (Last::Text { age, heading }, Some(b' ' | b'\t')) = (last, line.first()) {
                window.get(age).text(heading).extend(chunk, end);
            } else if !is_blank(line) {
                report.unrecognised_lines += 1;
                report.problem(
                    this_line,
                    "line without the log_line_prefix found for this file",
                    "if the lines are part of a log, give --log-line-prefix; a log with two prefixes can be cut in two",
                );
            }
            continue;
        };
        // All tab lines that follow belong to this one.
        let mut stop = end;
        let mut lines = 0u32;
        while chunk.get(stop + 1) == Some(&b'\t') {
            stop = memchr(b'\n', &chunk[stop + 1..]).map_or(chunk.len(), |len| stop + 1 + len);
            lines += 1;
        }
        line_number += u64::from(lines);
        let raw = Raw::new(chunk, at + skipped + head.message, stop, lines > 0);
        at = stop + 1;
        last = match head.heading {
            Heading::Primary(severity) => {
                report.records += 1;
                if !head.zone_is_known {
                    report.problem(
                        this_line,
                        "unknown time zone abbreviation, read as UTC",
                        "give --timezone with the name of the server's log_timezone",
                    );
                }
                let done = window.push(Pending::new(&head, severity, this_line, raw));
                if let Some(done) = done {
                    emit(&done, format, text, plan, filter, &mut report, sink);
                }
                Last::Text { age: 0, heading: head.heading }
            }
            heading => match window.age_of(head.pid, head.session) {
                Some(age) => {
                    window.get(age).set(heading, raw);
                    Last::Text { age, heading }
                }
                None => {
                    report.unrecognised_lines += 1 + u64::from(lines);
                    report.problem(
                        this_line,
                        "DETAIL, CONTEXT or STATEMENT line whose record is not there",
                        "the file begins or was cut in the middle of a record",
                    );
                    Last::Nothing
                }
            },
        };
    }
    while let Some(done) = window.pop() {
        emit(&done, format, text, plan, filter, &mut report, sink);
    }
    report.lines = line_number - first_line;
    report
}

/// The prefix's fields, and how many bytes before it were skipped (NULs left by a crash, a byte order mark).
#[inline]
pub(crate) fn head_of<'a>(format: &StderrFormat, line: &'a [u8], clock: &mut Clock) -> Option<(Head<'a>, usize)> {
    if line.first().is_none_or(|byte| *byte == b'\t') {
        return None;
    }
    if let Some(head) = format.prefixes[0].matches(line, clock, &format.zone) {
        return Some((head, 0));
    }
    head_of_odd_line(format, line, clock)
}

#[cold]
fn head_of_odd_line<'a>(format: &StderrFormat, line: &'a [u8], clock: &mut Clock) -> Option<(Head<'a>, usize)> {
    let skipped = junk_before(line);
    let rest = &line[skipped..];
    let prefixes = &format.prefixes[usize::from(skipped == 0)..];
    prefixes.iter().find_map(|prefix| prefix.matches(rest, clock, &format.zone)).map(|head| (head, skipped))
}

/// A byte order mark, NULs.
pub(crate) fn junk_before(line: &[u8]) -> usize {
    let mark = if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    mark + line[mark..].iter().take_while(|byte| **byte == 0).count()
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0)
}

#[inline]
fn emit(
    pending: &Pending<'_>,
    format: &StderrFormat,
    text: &mut Vec<u8>,
    plan: &mut Vec<u8>,
    filter: &Filter,
    report: &mut ChunkReport,
    sink: &mut impl FnMut(&Event<'_>),
) {
    if !filter.wants(pending.at, &pending.who) {
        report.filtered += 1;
        return;
    }
    text.clear();
    let crlf = format.line_ends == LineEnds::CrLf;
    // First all texts go to the buffer, then it lends them: a growing buffer cannot lend.
    let spans = pending.texts.map(|raw| raw.unescape(text, crlf));
    let [message, detail, hint, context, statement] = [0, 1, 2, 3, 4].map(|index| match spans[index] {
        Some((from, to)) => &text[from..to],
        None => pending.texts[index].line(crlf),
    });
    let (sqlstate, message) = match verbose_sqlstate(message) {
        Some((state, rest)) => (state, rest),
        None => (pending.sqlstate, message),
    };
    let message = without_position(message, pending.severity);
    let session = if pending.session.is_empty() {
        session_of_pid(pending.pid, pending.start)
    } else {
        session_of_text(pending.session)
    };
    let record = Record {
        at: pending.at,
        line: pending.line,
        session,
        pid: pending.pid,
        who: pending.who,
        query_id: pending.query_id,
        severity: pending.severity,
        sqlstate,
        message,
        detail,
        hint,
        context,
        statement,
    };
    sink(&message::classify(&record, plan));
}

/// The stderr format appends ` at character 8` to errors of the parser (`elog.c`, `send_message_to_server_log`); csvlog
/// and jsonlog have a column for it.
#[inline]
fn without_position(message: &[u8], severity: Severity) -> &[u8] {
    if severity < Severity::Warning || !message.last().is_some_and(u8::is_ascii_digit) {
        return message;
    }
    let digits = message.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    message[..message.len() - digits].strip_suffix(b" at character ").unwrap_or(message)
}

/// `log_error_verbosity = verbose` writes `42P01: ` before the message. A SQLSTATE has at least two digits but for a few
/// classes that Postgres does not raise, which keeps ordinary words out.
#[inline]
fn verbose_sqlstate(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let (state, rest) = message.split_at_checked(5)?;
    let rest = rest.strip_prefix(b": ")?;
    let digits = state.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = state.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    (fits && digits >= 2).then_some((state, rest))
}
