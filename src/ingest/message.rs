//! What a record says: a [`Record`] from any format comes in, an [`Event`] goes out, the same for the same record.
//!
//! The wording is that of Postgres's C sources (`postgres.c`, `proc.c`, `fd.c`, `xlog.c`, `vacuumlazy.c`, `elog.c`),
//! untranslated; a log in another language is refused before it gets here.

use memchr::memmem;

use super::event::{
    Autovacuum, Checkpoint, Event, EventKind, LockState, LockWait, LoggedError, Micros, Phase, Severity, Statement,
    TempFile,
};
use super::plan_text;
use super::prepared;
use super::record::{Record, number};

/// Classifies one record. `buffer` takes texts that must be unescaped or put together.
#[inline]
pub(crate) fn classify<'a>(record: &Record<'a>, buffer: &'a mut Vec<u8>) -> Event<'a> {
    Event {
        at: record.at,
        line: record.line,
        session: record.session,
        pid: record.pid,
        who: record.who,
        query_id: record.query_id,
        kind: kind(record, buffer),
    }
}

#[inline]
fn kind<'a>(record: &Record<'a>, buffer: &'a mut Vec<u8>) -> EventKind<'a> {
    match record.severity {
        Severity::Log => log_kind(record, buffer),
        Severity::Error | Severity::Fatal | Severity::Panic => {
            if record.message == b"deadlock detected" {
                EventKind::Deadlock(error(record))
            } else {
                EventKind::Error(error(record))
            }
        }
        // auto_explain.log_level may be any level, so a plan can come as NOTICE or WARNING too.
        _ => match record.message.strip_prefix(b"duration: ") {
            Some(rest) => duration_kind(rest, record, buffer).unwrap_or_else(|| other(record)),
            None => other(record),
        },
    }
}

#[inline]
fn log_kind<'a>(record: &Record<'a>, buffer: &'a mut Vec<u8>) -> EventKind<'a> {
    let message = record.message;
    if let Some(rest) = message.strip_prefix(b"duration: ") {
        return duration_kind(rest, record, buffer).unwrap_or_else(|| other(record));
    }
    if let Some(text) = message.strip_prefix(b"statement: ") {
        return statement(Phase::Simple, None, b"", text, record, buffer);
    }
    if let Some(rest) = message.strip_prefix(b"execute ")
        && let Some((phase, name, text)) = named(Phase::Execute, rest)
    {
        return statement(phase, None, name, text, record, buffer);
    }
    server_kind(record).unwrap_or_else(|| other(record))
}

fn other<'a>(record: &Record<'a>) -> EventKind<'a> {
    EventKind::Other { severity: record.severity, message: record.message }
}

fn error<'a>(record: &Record<'a>) -> LoggedError<'a> {
    LoggedError {
        severity: record.severity,
        sqlstate: record.sqlstate,
        message: record.message,
        detail: record.detail,
        hint: record.hint,
        context: record.context,
        statement: record.statement,
    }
}

/// What follows `duration: `.
#[inline]
fn duration_kind<'a>(rest: &'a [u8], record: &Record<'a>, buffer: &'a mut Vec<u8>) -> Option<EventKind<'a>> {
    let (duration_us, rest) = millis(rest)?;
    let rest = rest.strip_prefix(b" ms")?;
    if rest.is_empty() {
        return Some(EventKind::Duration { duration_us });
    }
    let rest = rest.strip_prefix(b"  ")?;
    let timed = Some(duration_us);
    if let Some(text) = rest.strip_prefix(b"statement: ") {
        return Some(statement(Phase::Simple, timed, b"", text, record, buffer));
    }
    if let Some(body) = rest.strip_prefix(b"plan:") {
        // On Windows the columns of a csvlog have CR LF inside, too.
        let body = body.strip_prefix(b"\r").unwrap_or(body);
        let body = body.strip_prefix(b"\n").unwrap_or(body);
        return Some(EventKind::Plan(plan_text::logged_plan(body, duration_us, !record.context.is_empty(), buffer)));
    }
    let (phase, rest) = match rest {
        [b'p', b'a', b'r', b's', b'e', b' ', rest @ ..] => (Phase::Parse, rest),
        [b'b', b'i', b'n', b'd', b' ', rest @ ..] => (Phase::Bind, rest),
        [b'e', b'x', b'e', b'c', b'u', b't', b'e', b' ', rest @ ..] => (Phase::Execute, rest),
        _ => return None,
    };
    let (phase, name, text) = named(phase, rest)?;
    Some(statement(phase, timed, name, text, record, buffer))
}

/// `NAME[/PORTAL]: TEXT`, or after execute also `fetch from NAME[/PORTAL]: TEXT`.
#[inline]
fn named(phase: Phase, rest: &[u8]) -> Option<(Phase, &[u8], &[u8])> {
    let (phase, rest) = match rest.strip_prefix(b"fetch from ") {
        Some(rest) if phase == Phase::Execute => (Phase::Fetch, rest),
        _ => (phase, rest),
    };
    let colon = memchr::memchr_iter(b':', rest).find(|colon| rest.get(colon + 1) == Some(&b' '))?;
    let name = &rest[..colon];
    let name = &name[..memchr::memchr(b'/', name).unwrap_or(name.len())];
    Some((phase, name, &rest[colon + 2..]))
}

#[inline]
fn statement<'a>(
    phase: Phase,
    duration_us: Option<Micros>,
    name: &'a [u8],
    text: &'a [u8],
    record: &Record<'a>,
    buffer: &'a mut Vec<u8>,
) -> EventKind<'a> {
    let mut statement = Statement { phase, duration_us, text, parameters: b"", name };
    if !record.detail.is_empty() {
        if let Some(parameters) = parameters_of(record.detail) {
            statement.parameters = parameters;
        } else if let Some(source) = record.detail.strip_prefix(b"prepare: ") {
            prepared::resolve(&mut statement, source, buffer);
        }
    }
    EventKind::Statement(statement)
}

/// `parameters: …` until Postgres 15, `Parameters: …` since 16.
#[inline]
fn parameters_of(detail: &[u8]) -> Option<&[u8]> {
    match detail {
        [b'p' | b'P', b'a', b'r', b'a', b'm', b'e', b't', b'e', b'r', b's', b':', b' ', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Records of the server rather than of a statement.
fn server_kind<'a>(record: &Record<'a>) -> Option<EventKind<'a>> {
    let message = record.message;
    match message.first()? {
        b't' => temp_file(message, record.statement),
        b'p' => lock_wait(record),
        b'c' if message.starts_with(b"connection authorized: ") => Some(EventKind::Connection),
        b'c' => checkpoint(message),
        b'r' if message.starts_with(b"replication connection authorized: ") => Some(EventKind::Connection),
        b'r' => checkpoint(message),
        b'd' => disconnection(message),
        b'a' => autovacuum(message),
        _ => None,
    }
}

/// `temporary file: path "base/pgsql_tmp/…", size 14000`
fn temp_file<'a>(message: &'a [u8], statement: &'a [u8]) -> Option<EventKind<'a>> {
    let rest = message.strip_prefix(b"temporary file: path ")?;
    let size = memmem::rfind(rest, b"size ")?;
    let bytes = u64::try_from(number(&rest[size + 5..])?).ok()?;
    Some(EventKind::TempFile(TempFile { bytes, statement }))
}

/// `process 123 still waiting for ShareLock on transaction 727 after 1000.123 ms`, `process 123 acquired …`.
fn lock_wait<'a>(record: &Record<'a>) -> Option<EventKind<'a>> {
    let rest = record.message.strip_prefix(b"process ")?;
    let space = memchr::memchr(b' ', rest)?;
    let rest = &rest[space + 1..];
    let (state, rest) = if let Some(rest) = rest.strip_prefix(b"still waiting for ") {
        (LockState::Waiting, rest)
    } else {
        (LockState::Acquired, rest.strip_prefix(b"acquired ")?)
    };
    let on = memmem::find(rest, b" on ")?;
    let after = memmem::rfind(rest, b" after ")?;
    let target = rest.get(on + 4..after)?;
    let (waited_us, _) = millis(&rest[after + 7..])?;
    Some(EventKind::LockWait(LockWait {
        state,
        waited_us,
        mode: &rest[..on],
        target,
        detail: record.detail,
        context: record.context,
        statement: record.statement,
    }))
}

/// `checkpoint starting: REASONS` says why, `checkpoint complete: wrote N buffers …; … total=S s` says how much.
fn checkpoint<'a>(message: &[u8]) -> Option<EventKind<'a>> {
    let rest = message.strip_prefix(b"checkpoint ").or_else(|| message.strip_prefix(b"restartpoint "))?;
    if let Some(reasons) = rest.strip_prefix(b"starting: ") {
        let has = |word: &[u8]| memmem::find(reasons, word).is_some();
        let requested = if has(b"shutdown") || has(b"end-of-recovery") { None } else { Some(!has(b"time")) };
        return Some(EventKind::Checkpoint(Checkpoint { requested, buffers: 0, total_us: 0 }));
    }
    let rest = rest.strip_prefix(b"complete: ")?;
    let buffers = rest.strip_prefix(b"wrote ").map_or(0, leading_number);
    let total_us = memmem::find(rest, b"total=").and_then(|at| seconds(&rest[at + 6..])).unwrap_or(0);
    Some(EventKind::Checkpoint(Checkpoint { requested: None, buffers, total_us }))
}

fn leading_number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    number(&text[..digits]).and_then(|value| u64::try_from(value).ok()).unwrap_or(0)
}

/// `disconnection: session time: 0:00:00.297 user=…`
fn disconnection<'a>(message: &[u8]) -> Option<EventKind<'a>> {
    let rest = message.strip_prefix(b"disconnection: session time: ")?;
    let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
    let mut parts = rest[..end].splitn(3, |byte| *byte == b':');
    let hours = number(parts.next()?)?;
    let minutes = number(parts.next()?)?;
    let within = seconds(parts.next()?)?;
    let whole = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60_000_000)?;
    Some(EventKind::Disconnection { session_us: whole.checked_add(within)? })
}

/// `automatic vacuum of table "d.s.t": …`, `automatic aggressive vacuum to prevent wraparound of table …`,
/// `automatic analyze of table "d.s.t" …`; the elapsed time is the last one of the record.
fn autovacuum<'a>(message: &'a [u8]) -> Option<EventKind<'a>> {
    let rest = message.strip_prefix(b"automatic ")?;
    let rest = rest.strip_prefix(b"aggressive ").unwrap_or(rest);
    let verb_len = [&b"vacuum"[..], b"analyze"].iter().find(|verb| rest.starts_with(verb))?.len();
    let (verb, rest) = rest.split_at(verb_len);
    let rest = rest.strip_prefix(b" to prevent wraparound").unwrap_or(rest).strip_prefix(b" of table \"")?;
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    let table = &line[..memchr::memrchr(b'"', line)?];
    let elapsed_us = memmem::rfind(rest, b"elapsed: ").and_then(|at| seconds(&rest[at + 9..])).unwrap_or(0);
    Some(EventKind::Autovacuum(Autovacuum { verb, table, elapsed_us }))
}

/// `12.345` milliseconds, exactly; digits beyond the microsecond are dropped. Also gives what follows.
#[inline]
pub(crate) fn millis(text: &[u8]) -> Option<(Micros, &[u8])> {
    decimal(text, 3)
}

fn seconds(text: &[u8]) -> Option<Micros> {
    decimal(text, 6).map(|(value, _)| value)
}

/// A decimal number scaled by ten to the power of `places`.
#[inline]
fn decimal(text: &[u8], places: u32) -> Option<(i64, &[u8])> {
    let mut value: i64 = 0;
    let mut at = 0;
    while let Some(digit @ b'0'..=b'9') = text.get(at) {
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        at += 1;
    }
    if at == 0 {
        return None;
    }
    let mut left = places;
    if text.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit @ b'0'..=b'9') = text.get(at) {
            if left > 0 {
                value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
                left -= 1;
            }
            at += 1;
        }
    }
    Some((value.checked_mul(10i64.pow(left))?, &text[at..]))
}
