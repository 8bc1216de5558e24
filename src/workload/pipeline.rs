//! Names of files come in; a [`Workload`], a report on each input and the problems met go out.
//!
//! Logs are read in the order of their first timestamps and followed as one stream, so that a session may go on from one
//! file to the next. Exports and digests are merged with what the logs gave.

mod logs;

use std::path::PathBuf;

use crate::ingest::detect::{Detected, ExportFormat, Hints, UnrecognisedInput, detect, zone_note};
use crate::ingest::event::Micros;
use crate::ingest::export;
use crate::ingest::filter::Filter;
use crate::ingest::format::Format;
use crate::ingest::parse;
use crate::ingest::problem::Problem;
use crate::ingest::source::{Compression, Input, Place, SourceError};

use super::fold::Limits;
use super::model::Workload;
use super::{digest, export as exports, queries};

/// Largest export or digest that is read.
const DOCUMENT: u64 = 4 << 30;

#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    pub hints: Hints,
    pub filter: Filter,
    /// Threads that read and parse logs; 0 and 1 both mean the calling thread alone.
    pub threads: usize,
    pub limits: Limits,
}

/// Told from whichever thread reads.
pub trait Progress: Sync {
    /// Bytes taken from all files so far (compressed ones of an archive).
    fn at(&self, bytes: u64);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn at(&self, _: u64) {}
}

#[derive(Debug, Default)]
pub struct ReadOutcome {
    pub workload: Workload,
    /// What was read, in the order that [`super::model::Origin::input`] counts; then what digests were made from.
    pub inputs: Vec<InputReport>,
    pub problems: Vec<InputProblem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    Log,
    Export,
    Digest,
    /// A file of SQL queries.
    Queries,
    /// An input of the run that wrote a digest.
    WithinDigest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputReport {
    pub name: String,
    pub kind: InputKind,
    /// `stderr`, `csvlog`, `jsonlog`, `syslog`, `pg_stat_statements`, `digest`, `queries`.
    pub format: &'static str,
    /// What was inferred: `stderr with log_line_prefix '%m [%p] '`.
    pub details: String,
    pub compression: Option<Compression>,
    /// Decompressed.
    pub bytes: u64,
    pub lines: u64,
    pub records: u64,
    pub filtered: u64,
    pub unrecognised_lines: u64,
}

/// A problem and the name of the input that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    pub input: String,
    pub problem: Problem,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("nothing to read")]
    NoInput,
    /// Not one input could be read.
    #[error("{}", list(.0))]
    Nothing(Vec<InputProblem>),
}

fn list(problems: &[InputProblem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|InputProblem { input, problem }| format!("{input}: {}; {}", problem.cause, problem.next_step))
        .collect();
    lines.join("\n")
}

/// An input whose format is known. A file is opened again when its turn comes: a folder may hold more than can be open.
struct Found {
    source: Source,
    detected: Detected,
    report: InputReport,
    first: Option<Micros>,
    size: Option<u64>,
}

enum Source {
    File(PathBuf),
    Opened(Box<Input>),
}

impl Source {
    fn open(self) -> Result<Input, SourceError> {
        match self {
            Source::File(path) => Input::open(&path),
            Source::Opened(input) => Ok(*input),
        }
    }
}

/// Reads all of `places`. An input that cannot be read becomes a problem; only if none can is that an error.
pub fn read(places: &[Place], options: &ReadOptions, progress: &dyn Progress) -> Result<ReadOutcome, ReadError> {
    let mut outcome = ReadOutcome::default();
    let found: Vec<_> = places.iter().map(|place| find(place, &options.hints, &mut outcome.problems)).collect();
    read_found(found, outcome, options, progress)
}

/// As [`read`], of one input that is open already (what was looked at of it is only its head).
pub fn read_opened(input: Input, options: &ReadOptions, progress: &dyn Progress) -> Result<ReadOutcome, ReadError> {
    let mut outcome = ReadOutcome::default();
    let found = identify(input, &options.hints, &mut outcome.problems);
    read_found(vec![found], outcome, options, progress)
}

fn read_found(
    inputs: Vec<Result<Found, InputProblem>>,
    mut outcome: ReadOutcome,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<ReadOutcome, ReadError> {
    let mut logs = Vec::new();
    let mut documents = Vec::new();
    if inputs.is_empty() {
        return Err(ReadError::NoInput);
    }
    for input in inputs {
        match input {
            Ok(found) if matches!(found.detected, Detected::Log(_)) => logs.push(found),
            Ok(found) => documents.push(found),
            Err(problem) => outcome.problems.push(problem),
        }
    }
    if logs.is_empty() && documents.is_empty() {
        return Err(ReadError::Nothing(outcome.problems));
    }
    logs.sort_by(|a, b| (a.first, &a.report.name).cmp(&(b.first, &b.report.name)));
    documents.sort_by(|a, b| a.report.name.cmp(&b.report.name));
    let mut workloads = Vec::new();
    let mut done = 0;
    if !logs.is_empty() {
        done = logs.iter().filter_map(|log| log.size).sum();
        workloads.push(logs::read(logs, options, progress, &mut outcome));
    }
    let mut within = Vec::new();
    for document in documents {
        done += document.size.unwrap_or(0);
        if let Some((workload, inputs)) = read_document(document, &mut outcome) {
            if !inputs.is_empty() {
                within.push((workloads.len(), inputs));
            }
            workloads.push(workload);
        }
        progress.at(done);
    }
    if workloads.is_empty() {
        return Err(ReadError::Nothing(outcome.problems));
    }
    for (workload, inputs) in within {
        workloads[workload].shift_inputs(outcome.inputs.len() as u32);
        outcome.inputs.extend(inputs.into_iter().map(InputReport::within_digest));
    }
    outcome.workload = Workload::merge(workloads);
    Ok(outcome)
}

fn find(place: &Place, hints: &Hints, notes: &mut Vec<InputProblem>) -> Result<Found, InputProblem> {
    let name = match place {
        Place::File(path) => path.display().to_string(),
        Place::Stdin => "-".to_owned(),
    };
    let unreadable = |error: SourceError| InputProblem::of(&name, source_problem(&error));
    let found = identify(Input::open_place(place).map_err(unreadable)?, hints, notes)?;
    Ok(match place {
        // What has a size can be opened again; a pipe cannot.
        Place::File(path) if found.size.is_some() => Found { source: Source::File(path.clone()), ..found },
        _ => found,
    })
}

fn identify(mut input: Input, hints: &Hints, notes: &mut Vec<InputProblem>) -> Result<Found, InputProblem> {
    let name = input.name.clone();
    let detected = detect(input.head(), hints).map_err(|error| InputProblem::of(&name, unrecognised(error)))?;
    let (kind, format, details) = match &detected {
        Detected::Log(format) => (InputKind::Log, short_name(format), format.name()),
        Detected::Export(ExportFormat::Csv) => (InputKind::Export, "pg_stat_statements", "CSV".to_owned()),
        Detected::Export(ExportFormat::Json) => (InputKind::Export, "pg_stat_statements", "JSON".to_owned()),
        Detected::Queries => (InputKind::Queries, "queries", String::new()),
        Detected::Digest => (InputKind::Digest, "digest", String::new()),
    };
    let first = match &detected {
        Detected::Log(format) => {
            notes.extend(zone_note(input.head(), hints).map(|note| InputProblem::of(&name, note)));
            first_time(format, input.head())
        }
        _ => None,
    };
    let report = InputReport {
        name,
        kind,
        format,
        details,
        compression: input.compression,
        bytes: 0,
        lines: 0,
        records: 0,
        filtered: 0,
        unrecognised_lines: 0,
    };
    let size = input.size;
    Ok(Found { source: Source::Opened(Box::new(input)), detected, report, first, size })
}

fn first_time(format: &Format, head: &[u8]) -> Option<Micros> {
    let mut first = None;
    let head = &head[..head.len().min(32 << 10)];
    let mut scratch = parse::Scratch::default();
    parse::events(format, head, 1, &mut scratch, &Filter::default(), &mut |event| {
        first = first.or(Some(event.at));
    });
    first
}

fn short_name(format: &Format) -> &'static str {
    match format {
        Format::Stderr(_) => "stderr",
        Format::Csv(_) => "csvlog",
        Format::Json(_) => "jsonlog",
        Format::Syslog(_) => "syslog",
    }
}

/// An export or a digest; for a digest also the names of its inputs.
fn read_document(found: Found, outcome: &mut ReadOutcome) -> Option<(Workload, Vec<String>)> {
    let mut report = found.report;
    let read = found.source.open().and_then(|mut input| {
        input.read_all(DOCUMENT).map_err(|error| SourceError::Unreadable {
            path: report.name.clone(),
            error,
            next_step: "check the file",
        })
    });
    let result = match read {
        Ok(bytes) => {
            report.bytes = bytes.len() as u64;
            understand(&found.detected, &bytes, &mut report, outcome)
        }
        Err(error) => Err(source_problem(&error)),
    };
    match result {
        Ok(read) => {
            outcome.inputs.push(report);
            Some(read)
        }
        Err(problem) => {
            outcome.problems.push(InputProblem::of(&report.name, problem));
            None
        }
    }
}

fn understand(
    detected: &Detected,
    bytes: &[u8],
    report: &mut InputReport,
    outcome: &mut ReadOutcome,
) -> Result<(Workload, Vec<String>), Problem> {
    if let Detected::Export(format) = detected {
        let (rows, problems) = export::read(*format, bytes);
        report.records = rows.len() as u64;
        outcome.problems.extend(problems.into_iter().map(|problem| InputProblem::of(&report.name, problem)));
        return Ok((exports::workload(&rows), Vec::new()));
    }
    if matches!(detected, Detected::Queries) {
        let (mut workload, others) = queries::workload(bytes);
        workload.shift_inputs(outcome.inputs.len() as u32);
        report.records = workload.seen.statements;
        if others > 0 {
            report.details = format!("{others} statements of other kinds were left out");
        }
        return Ok((workload, Vec::new()));
    }
    digest::read(bytes).map_err(|error| Problem {
        line: 0,
        cause: error.to_string().into(),
        next_step: "the other inputs were used".into(),
    })
}

fn source_problem(error: &SourceError) -> Problem {
    let next_step = match error {
        SourceError::Unreadable { next_step, .. } => *next_step,
        _ => "",
    };
    Problem { line: 0, cause: error.to_string().into(), next_step: next_step.into() }
}

fn unrecognised(error: UnrecognisedInput) -> Problem {
    Problem {
        line: 0,
        cause: format!("{}; looked for {}", error.missing, error.looked_for).into(),
        next_step: error.hint.into(),
    }
}

impl InputProblem {
    fn of(input: &str, problem: Problem) -> Self {
        Self { input: input.to_owned(), problem }
    }
}

impl InputReport {
    fn within_digest(name: String) -> Self {
        Self {
            name,
            kind: InputKind::WithinDigest,
            format: "digest",
            details: String::new(),
            compression: None,
            bytes: 0,
            lines: 0,
            records: 0,
            filtered: 0,
            unrecognised_lines: 0,
        }
    }
}

impl ReadOutcome {
    /// Names by [`super::model::Origin::input`]: what [`digest::write`] wants.
    pub fn names(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.name.clone()).collect()
    }
}
