//! What an input is, told by the beginning of its content and never by its name.

use std::fmt;

use super::csvlog;
use super::format::{CsvFormat, Format, JsonFormat, LineEnds, StderrFormat, SyslogFormat};
use super::language;
use super::prefix::infer::{Missing, infer, lacks};
use super::prefix::{Prefix, timestamp_len};
use super::problem::Problem;
use super::syslog;
use super::time::Zone;
use super::wrapper;

/// What an input turned out to be.
#[derive(Clone, Debug)]
pub enum Detected {
    Log(Format),
    /// Rows of pg_stat_statements.
    Export(ExportFormat),
    /// A workload that sqlsift wrote.
    Digest,
    /// Statements of SQL.
    Queries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A header and rows.
    Csv,
    /// An array of objects, or one object a line.
    Json,
}

/// What the user says about the input.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// `--log-line-prefix`; else it is inferred.
    pub log_line_prefix: Option<Prefix>,
    /// `--timezone`
    pub zone: Zone,
    /// The year of syslog times, which have none: that of the file's last change is the best guess. Without it a date
    /// in the messages decides, else 2000.
    pub year: Option<i64>,
}

impl ExportFormat {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Json];
}

/// Nothing that is read was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnrecognisedInput {
    /// What this input would have to be.
    pub looked_for: &'static str,
    /// What it lacks, or what it is instead.
    pub missing: String,
    /// The next step.
    pub hint: String,
}

impl std::error::Error for UnrecognisedInput {}

impl fmt::Display for UnrecognisedInput {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}; looked for {}; {}", self.missing, self.looked_for, self.hint)
    }
}

const LOOKED_FOR: &str =
    "a Postgres log (stderr, csvlog, jsonlog), an export of pg_stat_statements (CSV, JSON), a digest, SQL queries";

impl UnrecognisedInput {
    fn new(missing: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { looked_for: LOOKED_FOR, missing: missing.into(), hint: hint.into() }
    }
}

/// `head` is the beginning of the decompressed input ([`super::source::HEAD`] bytes, or all of it).
pub fn detect(head: &[u8], hints: &Hints) -> Result<Detected, UnrecognisedInput> {
    let text = &head[super::stderr::junk_before(head)..];
    let start = text.trim_ascii_start();
    if start.is_empty() {
        let what =
            if head.is_empty() { "the input is empty" } else { "the input holds nothing but blanks or NUL bytes" };
        return Err(UnrecognisedInput::new(
            what,
            "check that the file is the one Postgres writes to (SELECT pg_current_logfile())",
        ));
    }
    if matches!(start, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(UnrecognisedInput::new(
            "the input is UTF-16",
            "convert it first: iconv -f UTF-16 -t UTF-8 FILE | sqlsift analyze",
        ));
    }
    if is_binary(start) {
        return Err(UnrecognisedInput::new(
            "the input is binary, not text",
            "compressed files are read as .gz, .zst, .xz and .bz2; unpack anything else first",
        ));
    }
    if let Some(language) = language::of(start) {
        return Err(foreign(language));
    }
    if let Some(prefix) = &hints.log_line_prefix
        && !syslog::is_syslog(start)
        && csvlog::columns_of(start).is_none()
        && start.first() != Some(&b'{')
    {
        return given_prefix(prefix, start, hints);
    }
    // `[local]` begins some prefixes.
    if matches!(start.first(), Some(b'{' | b'['))
        && start.get(1) != Some(&b'l')
        && let Some(found) = json(start, hints)?
    {
        return Ok(found);
    }
    if is_export_header(start) {
        return Ok(Detected::Export(ExportFormat::Csv));
    }
    if let Some(columns) = csv_columns(start) {
        return match columns {
            23 | 24 | 26 => Ok(Detected::Log(Format::Csv(CsvFormat { columns, zone: hints.zone.clone() }))),
            other => Err(UnrecognisedInput::new(
                format!("the input looks like csvlog, but its rows have {other} columns instead of 23, 24 or 26"),
                "pass the file as Postgres wrote it, all columns included",
            )),
        };
    }
    if syslog::is_syslog(start) {
        return syslog_log(start, hints);
    }
    if let Some(name) = wrapper::line_wrapper(start) {
        return Err(wrapped(name));
    }
    match infer(lines(start), &hints.zone) {
        Ok(prefixes) => Ok(Detected::Log(stderr(prefixes, start, hints))),
        Err(_) if begins_with_a_query(start) => Ok(Detected::Queries),
        Err(missing) => Err(unrecognised(missing)),
    }
}

/// Behind comments and opening parentheses stands a word that begins a query.
fn begins_with_a_query(start: &[u8]) -> bool {
    let mut rest = start;
    loop {
        rest = rest.trim_ascii_start();
        let after = |marker: &[u8]| memchr::memmem::find(rest, marker).map(|at| &rest[at + marker.len()..]);
        rest = match rest {
            [b'-', b'-', ..] => after(b"\n").unwrap_or_default(),
            [b'/', b'*', ..] => after(b"*/").unwrap_or_default(),
            [b'(', inner @ ..] => inner,
            _ => break,
        };
    }
    let end = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
    let blank =
        rest.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'(' | b'*' | b'/' | b'-'));
    let word = rest[..end].to_ascii_lowercase();
    blank && matches!(word.as_slice(), b"select" | b"with" | b"insert" | b"update" | b"delete" | b"merge")
}

/// Syslog gives the time and the process, so the prefix need not; a template given by the user is not used.
fn syslog_log(start: &[u8], hints: &Hints) -> Result<Detected, UnrecognisedInput> {
    let year = hints.year.or_else(|| syslog::year_in(start)).unwrap_or(2000);
    let (mut plain, mut numbers) = (Vec::new(), Vec::new());
    syslog::unwrap(year, start, 1, &mut plain, &mut numbers);
    let prefixes = infer(lines(&plain), &hints.zone).map_err(unrecognised)?;
    let inner = StderrFormat { prefixes, zone: hints.zone.clone(), line_ends: LineEnds::Lf };
    Ok(Detected::Log(Format::Syslog(SyslogFormat { inner, year })))
}

fn foreign(language: &str) -> UnrecognisedInput {
    UnrecognisedInput::new(
        format!("the messages are in {language}, and only English ones are read"),
        "set lc_messages = 'C' in postgresql.conf and reload; logs written from then on can be read",
    )
}

/// A note when the log's time zone abbreviation means different offsets in different countries and no `--timezone` was
/// given. `head` as for [`detect`].
pub fn zone_note(head: &[u8], hints: &Hints) -> Option<Problem> {
    let (line, word) = head.split(|byte| *byte == b'\n').take(200).enumerate().find_map(|(index, line)| {
        let start = &line[..line.len().min(200)];
        let (at, len) = (0..start.len()).find_map(|at| timestamp_len(&start[at..]).map(|len| (at, len)))?;
        let stamp = &start[at..at + len];
        Some((index as u64 + 1, &stamp[memchr::memrchr(b' ', stamp)? + 1..]))
    })?;
    hints.zone.is_ambiguous(word).then(|| Problem {
        line,
        cause: format!("the time zone abbreviation {} has several meanings", String::from_utf8_lossy(word)).into(),
        next_step: "Postgres's default for it was taken; give --timezone with the name of the server's log_timezone"
            .into(),
    })
}

fn wrapped(name: &str) -> UnrecognisedInput {
    UnrecognisedInput::new(
        format!("the input is {name}, which is not read yet"),
        "export the plain Postgres log lines (stderr, csvlog or jsonlog) and pass those",
    )
}

fn given_prefix(prefix: &Prefix, start: &[u8], hints: &Hints) -> Result<Detected, UnrecognisedInput> {
    if let Some(missing) = lacks(prefix) {
        return Err(unrecognised(missing));
    }
    let mut clock = super::time::Clock::default();
    if lines(start).any(|line| prefix.matches(line, &mut clock, &hints.zone).is_some()) {
        return Ok(Detected::Log(stderr(vec![prefix.clone()], start, hints)));
    }
    let found = match infer(lines(start), &hints.zone) {
        Ok(found) => format!("the lines look like '{}'", found[0].template()),
        Err(_) => "run without it to have the prefix inferred".to_owned(),
    };
    Err(UnrecognisedInput::new(format!("no line begins with the given log_line_prefix '{}'", prefix.template()), found))
}

fn stderr(prefixes: Vec<Prefix>, start: &[u8], hints: &Hints) -> Format {
    let (mut crlf, mut lf) = (0, 0);
    for line in lines(start) {
        if line.ends_with(b"\r") { crlf += 1 } else { lf += 1 }
    }
    let line_ends = if crlf > lf { LineEnds::CrLf } else { LineEnds::Lf };
    Format::Stderr(StderrFormat { prefixes, zone: hints.zone.clone(), line_ends })
}

fn unrecognised(missing: Missing) -> UnrecognisedInput {
    let add = "set log_line_prefix = '%m [%p] %q%u@%d/%a ' in postgresql.conf and reload";
    match missing {
        Missing::Severity => UnrecognisedInput::new(
            "no line has a severity of Postgres (LOG:, ERROR:, FATAL: followed by two blanks)",
            "pass a file that Postgres wrote, or name the right one",
        ),
        Missing::Time => UnrecognisedInput::new("lines have a severity, but no time (%t, %m or %n) in the prefix", add),
        Missing::Process => UnrecognisedInput::new(
            "lines have a severity and a time, but no process id (%p) and no session id (%c) in the prefix",
            add,
        ),
        Missing::Template => UnrecognisedInput::new(
            "lines have a severity, but no log_line_prefix fits them",
            "give the server's own (SHOW log_line_prefix) with --log-line-prefix",
        ),
    }
}

/// Lines of the head; the last one may be cut and is left out unless it is the only one.
fn lines(start: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = memchr::memrchr(b'\n', start).unwrap_or(start.len());
    start[..end].split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'\t')
}

fn is_binary(start: &[u8]) -> bool {
    let sample = &start[..start.len().min(8 << 10)];
    // NUL bytes are what a crash of the machine leaves in a log.
    let (mut control, mut all) = (0, 0);
    for byte in sample.iter().filter(|byte| **byte != 0) {
        all += 1;
        control += usize::from(*byte < 32 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x1b));
    }
    control * 20 > all
}

/// The first complete row within the first lines.
fn csv_columns(start: &[u8]) -> Option<usize> {
    let mut at = 0;
    for _ in 0..200 {
        if let Some(columns) = csvlog::columns_of(&start[at..]) {
            return Some(columns);
        }
        at += memchr::memchr(b'\n', &start[at..])? + 1;
    }
    None
}

fn has(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

fn json(start: &[u8], hints: &Hints) -> Result<Option<Detected>, UnrecognisedInput> {
    let beginning = &start[..start.len().min(16 << 10)];
    if has(beginning, b"\"sqlsift_digest\"") {
        return Ok(Some(Detected::Digest));
    }
    if let Some(name) = wrapper::json_wrapper(beginning) {
        return Err(wrapped(name));
    }
    if has(start, b"\"error_severity\"") && has(start, b"\"timestamp\"") {
        return Ok(Some(Detected::Log(Format::Json(JsonFormat { zone: hints.zone.clone() }))));
    }
    if has(beginning, b"\"calls\"") && has(beginning, b"\"query\"") {
        return Ok(Some(Detected::Export(ExportFormat::Json)));
    }
    let is_array_of_text = start.first() == Some(&b'[') && !start[1..].trim_ascii_start().starts_with(b"{");
    if is_array_of_text {
        return Ok(None);
    }
    Err(UnrecognisedInput::new(
        "the input is JSON, but neither jsonlog (keys timestamp, error_severity, message) nor rows of pg_stat_statements \
         (keys query, calls, total_exec_time)",
        "a plan is read by `sqlsift explain`",
    ))
}

/// A CSV header with the columns of pg_stat_statements.
fn is_export_header(start: &[u8]) -> bool {
    let header = &start[..memchr::memchr(b'\n', start).unwrap_or(start.len())];
    let named = |name: &[u8]| {
        header.split(|byte| matches!(byte, b',' | b';' | b'\t')).any(|column| {
            let column = column.trim_ascii();
            column.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(column) == name
        })
    };
    named(b"query") && named(b"calls") && (named(b"total_exec_time") || named(b"total_time"))
}
