//! Inputs, filters and hints of the command line in; a workload, and what was met on the way, out.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::CommandFactory;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cli::args::{Analyze, Args, Common};
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::{connect, terminal, when};
use crate::ingest::detect::{Detected, Hints, detect};
use crate::ingest::filter::Filter;
use crate::ingest::prefix::Prefix;
use crate::ingest::source::{self, Place};
use crate::ingest::time::Zone;
use crate::report::model::{Input, Problem};
use crate::workload::model::Workload;
use crate::workload::pipeline::{self, InputKind, InputProblem, InputReport, ReadError, ReadOptions};

/// What to read and how: everything that can be wrong in the arguments was checked.
pub struct Plan {
    inputs: Vec<String>,
    hints: Hints,
    filter: Filter,
    threads: Option<NonZeroUsize>,
}

/// What was read.
#[derive(Default)]
pub struct Read {
    pub workload: Workload,
    pub inputs: Vec<Input>,
    /// Names of the logs by the number that places in the workload carry.
    pub places: Vec<String>,
    pub unrecognised_lines: u64,
    pub problems: Vec<Problem>,
    pub notes: Vec<String>,
}

/// `--schema` takes several files, so in `--schema shop.sql postgresql.log` it takes the log as well: what reads as a log,
/// an export or a digest is an input wherever it stands.
pub fn sort_out(args: &Analyze) -> Analyze {
    let (logs, schema): (Vec<PathBuf>, Vec<PathBuf>) = args.catalog.schema.iter().cloned().partition(|path| {
        let head = source::Input::open(path).map(|mut input| input.head().to_vec());
        // Queries may stand in a schema's file: they are no input by themselves.
        let input = |found| !matches!(found, Detected::Queries);
        head.is_ok_and(|head| detect(&head, &Hints::default()).is_ok_and(input))
    });
    let mut sorted = args.clone();
    sorted.inputs.extend(logs.iter().map(|path| path.display().to_string()));
    sorted.catalog.schema = schema;
    sorted
}

/// `None`: there is a server, and nothing else was named. Beside a server standard input is read only where `-` names it.
pub fn plan(args: &Analyze) -> Result<Option<Plan>, Failure> {
    let mut inputs = args.inputs.clone();
    if inputs.is_empty() && connect::wanted(&args.server, &args.catalog)?.is_some() {
        return Ok(None);
    }
    // A snapshot may hold queries: whether anything else is needed shows when it has been read.
    if inputs.is_empty() && args.catalog.snapshot.is_some() && terminal::stdin_is_terminal() {
        return Ok(None);
    }
    if inputs.is_empty() {
        if terminal::stdin_is_terminal() {
            return Err(nothing_to_read());
        }
        inputs.push("-".into());
    }
    let zone = when::zone(args.timezone.as_deref())?;
    let moment = |option, text: &Option<String>| text.as_deref().map(|t| when::parse(option, t, &zone)).transpose();
    let filter = Filter {
        since: moment("--since", &args.since)?,
        until: moment("--until", &args.until)?,
        databases: args.database.clone(),
        users: args.user.clone(),
        applications: args.application.clone(),
    };
    Ok(Some(Plan { inputs, hints: hints(args)?, filter, threads: args.threads }))
}

impl Read {
    /// Inputs of which nothing was read, with the reason.
    pub fn unreadable(&self) -> impl Iterator<Item = String> {
        let read = |path: &String| self.inputs.iter().any(|input| input.path == *path);
        self.problems.iter().filter_map(move |p| {
            let path = p.path.as_ref().filter(|path| !read(path))?;
            let place = if p.message.contains(path.as_str()) { String::new() } else { format!("{path}: ") };
            Some(format!("{place}{}; the other inputs were read", p.message))
        })
    }
}

/// Standard input is a keyboard: say how it is used instead of waiting for a log to be typed.
fn nothing_to_read() -> Failure {
    let usage = Args::command()
        .find_subcommand_mut("analyze")
        .map(|c| c.clone().bin_name("sqlsift analyze").render_usage().to_string())
        .unwrap_or_default();
    Failure::new("nothing to read", "sqlsift analyze postgresql.log, or pipe a log into it; --help shows more")
        .because(usage)
}

/// Syslog writes no year: that of the file's last change.
fn year(path: &str) -> Option<i64> {
    let changed = std::fs::metadata(path).ok().filter(|m| m.is_file())?.modified().ok()?;
    Some(i64::from(Timestamp::try_from(changed).ok()?.to_zoned(TimeZone::UTC).year()))
}

fn hints(args: &Analyze) -> Result<Hints, Failure> {
    let log_line_prefix = args.log_line_prefix.as_deref().map(Prefix::compile).transpose().map_err(|e| {
        Failure::new(
            format!("--log-line-prefix: {e}"),
            "give it as SHOW log_line_prefix prints it: --log-line-prefix '%m [%p] '",
        )
    })?;
    let zone = match args.timezone.as_deref() {
        // The name was found when it was looked up for --since.
        Some(name) => Zone::named(name).map_err(|e| Failure::new(format!("--timezone: {e}"), "give an IANA name"))?,
        None => Zone::default(),
    };
    Ok(Hints { log_line_prefix, zone, year: args.inputs.iter().find_map(|path| year(path)) })
}
impl Plan {
    /// Reads every input to its end. What cannot be read is a problem as long as something else can be.
    pub fn read(self, common: &Common) -> Result<Read, Failure> {
        let (places, not_found) = find(&self.inputs)?;
        let sizes: Option<u64> = places.iter().map(size).sum();
        let progress = Progress::new(common, sizes);
        let options = ReadOptions {
            hints: self.hints,
            filter: self.filter,
            threads: self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get),
            ..ReadOptions::default()
        };
        let outcome = pipeline::read(&places, &options, &progress).map_err(nothing_read)?;
        let places = outcome.names();
        let unrecognised_lines = outcome.inputs.iter().map(|i| i.unrecognised_lines).sum();
        let notes = counted_twice(&outcome.inputs).into_iter().collect();
        Ok(Read {
            places,
            unrecognised_lines,
            notes,
            inputs: outcome.inputs.iter().map(input).collect(),
            problems: not_found.into_iter().chain(outcome.problems.iter().map(problem)).collect(),
            workload: outcome.workload,
        })
    }
}

/// What the arguments name; an empty folder or a glob without a match is a problem as long as something else is named.
fn find(inputs: &[String]) -> Result<(Vec<Place>, Vec<Problem>), Failure> {
    let (mut places, mut problems) = (Vec::new(), Vec::new());
    for input in inputs {
        match source::expand(std::slice::from_ref(input)) {
            Ok(found) => places.extend(found),
            Err(error) if inputs.len() == 1 => return Err(Failure::new(error.to_string(), "")),
            Err(error) => {
                problems.push(Problem {
                    path: Some(input.clone()),
                    line: None,
                    message: error.to_string(),
                    hint: None,
                    count: 1,
                });
            }
        }
    }
    let mut met = std::collections::BTreeSet::new();
    places.retain(|place| met.insert(place.clone()));
    match problems.first() {
        Some(first) if places.is_empty() => Err(Failure::new(first.message.clone(), "")),
        _ => Ok((places, problems)),
    }
}

/// Logs and exports of the same hours hold the same calls.
fn counted_twice(inputs: &[InputReport]) -> Option<String> {
    let holds = |kind| inputs.iter().any(|input| input.kind == kind);
    (holds(InputKind::Export) && (holds(InputKind::Log) || holds(InputKind::Digest))).then(|| {
        "an export of pg_stat_statements was read beside a log: calls that stand in both are counted twice".into()
    })
}

fn size(place: &Place) -> Option<u64> {
    match place {
        Place::File(path) => std::fs::metadata(path).ok().map(|m| m.len()),
        Place::Stdin => None,
    }
}

fn input(report: &InputReport) -> Input {
    let compression = report.compression.map(|c| format!("{c:?}").to_lowercase());
    let within = matches!(report.kind, InputKind::WithinDigest).then(|| "read by the run that wrote the digest".into());
    let details = Some(report.details.clone()).filter(|d| !d.is_empty());
    Input {
        path: report.name.clone(),
        format: report.format.into(),
        details: details.into_iter().chain(compression).chain(within).collect(),
        bytes: report.bytes,
    }
}

fn problem(found: &InputProblem) -> Problem {
    let p = &found.problem;
    Problem {
        path: Some(found.input.clone()),
        line: (p.line > 0).then_some(p.line),
        message: p.cause.to_string(),
        // The cause of an unreadable file already ends with the next step.
        hint: Some(p.next_step.to_string()).filter(|h| !h.is_empty() && !p.cause.contains(h.as_str())),
        count: 1,
    }
}

/// All inputs failed: the first problem is the message, the others come before it.
fn nothing_read(error: ReadError) -> Failure {
    let ReadError::Nothing(problems) = error else {
        return Failure::new("nothing to read", "name a log, or pipe one in");
    };
    let say = |p: &InputProblem| match p.problem.cause.contains(&p.input) {
        true => p.problem.cause.to_string(),
        false => format!("{}: {}", p.input, p.problem.cause),
    };
    let Some((first, others)) = problems.split_first() else {
        return Failure::new("nothing to read", "name a log, or pipe one in");
    };
    // The cause of an unreadable file already ends with the next step.
    let next = if first.problem.cause.contains(&*first.problem.next_step) { "" } else { &*first.problem.next_step };
    others.iter().fold(Failure::new(say(first), next), |failure, p| failure.because(say(p)))
}
