//! Logs of other programs and cloud wrappers around Postgres's log, recognised so that they can be named.

use memchr::memmem;

fn has(text: &[u8], word: &[u8]) -> bool {
    memmem::find(text, word).is_some()
}

/// A JSON document or JSON lines; `text` is its beginning.
pub(crate) fn json_wrapper(text: &[u8]) -> Option<&'static str> {
    if has(text, b"\"textPayload\"") || has(text, b"\"jsonPayload\"") || has(text, b"\"cloudsql.googleapis.com") {
        return Some("a Google Cloud Logging export (Cloud SQL, AlloyDB)");
    }
    if has(text, b"\"PostgreSQLLogs\"") || has(text, b"\"PostgreSQLFlexServer") || has(text, b"\"LogicalServerName\"") {
        return Some("an Azure Monitor log (JSON)");
    }
    if has(text, b"\"logEvents\"") || has(text, b"\"logGroup\"") || has(text, b"\"logStreamName\"") {
        return Some("an AWS CloudWatch export (JSON)");
    }
    if has(text, b"\"logging_pod\"") {
        return Some("a CloudNativePG pod log (JSON)");
    }
    if has(text, b"\"log\":") && has(text, b"\"stream\":") {
        return Some("a Docker json-file log");
    }
    None
}

/// Lines with something of their own before Postgres's prefix.
pub(crate) fn line_wrapper(text: &[u8]) -> Option<&'static str> {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(50).peekable();
    lines.peek()?;
    let (mut total, mut cri, mut heroku, mut bouncer, mut cloudwatch) = (0, 0, 0, 0, 0);
    for line in lines {
        total += 1;
        cri += usize::from(is_cri(line));
        heroku +=
            usize::from(has(line, b" app[postgres") || has(line, b" heroku[postgres") || has(line, b"heroku-postgres"));
        bouncer += usize::from(is_pgbouncer(line));
        cloudwatch += usize::from(is_cloudwatch(line));
    }
    let most = |count: usize| count * 2 > total;
    if most(cri) {
        Some("a Kubernetes container log (CRI)")
    } else if most(heroku) {
        Some("a Heroku logplex log")
    } else if most(bouncer) {
        Some("a PgBouncer log")
    } else if most(cloudwatch) {
        Some("an AWS CloudWatch export (text)")
    } else {
        None
    }
}

/// `2026-11-20T23:58:01.123456789Z stderr F …`
fn is_cri(line: &[u8]) -> bool {
    let mut words = line.splitn(4, |byte| *byte == b' ');
    let time = words.next().unwrap_or(b"");
    let stream = words.next().unwrap_or(b"");
    let tag = words.next().unwrap_or(b"");
    time.get(10) == Some(&b'T') && matches!(stream, b"stdout" | b"stderr") && matches!(tag, b"F" | b"P")
}

/// `2026-11-20 23:58:01.123 UTC [123] LOG C-0x55d0: db/user@host:port login attempt: …`, `… LOG stats: …`
fn is_pgbouncer(line: &[u8]) -> bool {
    [&b" C-0x"[..], b" S-0x", b"] LOG stats: ", b"] LOG process up: PgBouncer", b"] LOG kernel file descriptor"]
        .iter()
        .any(|mark| has(line, mark))
        && !has(line, b":  ")
}

/// A CloudWatch time in front of Postgres's own: `2026-11-20T23:58:01.000Z 2026-11-20 23:58:01 UTC:…`
fn is_cloudwatch(line: &[u8]) -> bool {
    let Some((time, rest)) = line.split_at_checked(24) else { return false };
    time[10] == b'T' && time[23] == b'Z' && rest.len() > 20 && matches!(rest[0], b' ' | b'\t') && rest[11] == b' '
}
