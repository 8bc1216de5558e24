//! One log record with its texts unescaped, the same whichever of the three formats it came from.

use xxhash_rust::xxh3::xxh3_64;

use super::event::{Micros, SessionId, Severity, Who};

/// Texts are what Postgres logged: no quoting of the format, line breaks as `\n`. Empty means absent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub at: Micros,
    pub line: u64,
    pub session: SessionId,
    pub pid: u32,
    pub who: Who<'a>,
    pub query_id: i64,
    pub severity: Severity,
    pub sqlstate: &'a [u8],
    pub message: &'a [u8],
    pub detail: &'a [u8],
    pub hint: &'a [u8],
    pub context: &'a [u8],
    pub statement: &'a [u8],
}

/// Buffers that outlive a record, so that unescaping allocates nothing once they have grown.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Unescaped texts of the record at hand.
    pub(crate) text: Vec<u8>,
    /// Texts taken out of a logged plan, or arguments of EXECUTE.
    pub(crate) plan: Vec<u8>,
    pub(crate) clock: super::time::Clock,
    /// Lines of a syslog chunk without their headers, and the line that each came from.
    pub(crate) unwrapped: Vec<u8>,
    pub(crate) line_numbers: Vec<u64>,
}

/// `%c` and the column `session_id`: start time and process id in hexadecimal.
#[inline]
pub(crate) fn session_of_text(text: &[u8]) -> SessionId {
    SessionId(xxh3_64(text))
}

/// Where the log has no session id: the process id, and the start of the backend when the prefix has `%s`.
#[inline]
pub(crate) fn session_of_pid(pid: u32, start: &[u8]) -> SessionId {
    if start.is_empty() {
        SessionId(xxh3_64(&pid.to_le_bytes()))
    } else {
        SessionId(xxh3_64(start) ^ xxh3_64(&pid.to_le_bytes()))
    }
}

/// The remote host without its port: `%r` writes `host(port)`, csvlog `host:port`.
#[inline]
pub(crate) fn host_of(remote: &[u8]) -> &[u8] {
    if remote == b"[local]" || remote.is_empty() {
        return remote;
    }
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if let Some(inner) = remote.strip_suffix(b")")
        && let Some(open) = memchr::memrchr(b'(', inner)
        && digits(&inner[open + 1..])
    {
        return &remote[..open];
    }
    remote
}

/// csvlog's `connection_from`: always ends in `:port` for a network client.
#[inline]
pub(crate) fn host_of_csv(remote: &[u8]) -> &[u8] {
    match memchr::memrchr(b':', remote) {
        Some(colon) if colon + 1 < remote.len() && remote[colon + 1..].iter().all(u8::is_ascii_digit) => {
            &remote[..colon]
        }
        _ => remote,
    }
}

/// Decimal number; `None` unless all bytes are digits (an optional minus for signed query ids).
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if digits.is_empty() || digits.len() > 20 {
        return None;
    }
    let mut value: u64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
    }
    let value = value as i64;
    Some(if negative { value.wrapping_neg() } else { value })
}

/// The words of `error_severity`, untranslated (`elog.c`, `error_severity`).
pub(crate) fn severity_of(word: &[u8]) -> Option<Severity> {
    Some(match word {
        b"LOG" => Severity::Log,
        b"ERROR" => Severity::Error,
        b"FATAL" => Severity::Fatal,
        b"PANIC" => Severity::Panic,
        b"WARNING" => Severity::Warning,
        b"NOTICE" => Severity::Notice,
        b"INFO" => Severity::Info,
        b"DEBUG" | b"DEBUG1" | b"DEBUG2" | b"DEBUG3" | b"DEBUG4" | b"DEBUG5" => Severity::Debug,
        _ => return None,
    })
}
