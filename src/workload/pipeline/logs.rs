//! Logs, one after the other, through any number of threads.
//!
//! Each thread takes the next chunk, makes a part of it and hands the part to the fold; taking and folding are under locks,
//! and cheap. A thread that is far ahead waits, so that few parts wait for an earlier one.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::ingest::chunk::{Chunk, Chunks};
use crate::ingest::detect::Detected;
use crate::ingest::format::Format;
use crate::ingest::parse;
use crate::ingest::problem::{ChunkReport, Problem};

use super::super::fold::Folder;
use super::super::model::Workload;
use super::super::part::{Part, PartBuilder};
use super::{Found, InputProblem, InputReport, Progress, ReadOptions, ReadOutcome, Source, source_problem};

/// Parts that may wait for an earlier one, for each thread.
const AHEAD: u64 = 2;
/// Problems kept of one input.
const PROBLEMS: usize = 50;

pub(super) fn read(
    logs: Vec<Found>,
    options: &ReadOptions,
    progress: &dyn Progress,
    outcome: &mut ReadOutcome,
) -> Workload {
    let threads = options.threads.max(1);
    let shared = Shared {
        reader: Mutex::new(Reader::new(logs, outcome.inputs.len() as u32)),
        gathered: Mutex::new(Gathered::new(options)),
        turned: Condvar::new(),
        options,
        progress,
        ahead: AHEAD * threads as u64,
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| shared.work());
        }
        shared.work();
    });
    let reader = shared.reader.into_inner().unwrap_or_else(PoisonError::into_inner);
    let gathered = shared.gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    finish(reader, gathered, outcome)
}

fn finish(reader: Reader, gathered: Gathered, outcome: &mut ReadOutcome) -> Workload {
    let first = outcome.inputs.len();
    let mut workload = gathered.folder.finish();
    for (report, chunk) in reader.reports.into_iter().zip(gathered.reports) {
        workload.seen.bytes += report.bytes;
        workload.seen.lines += chunk.lines;
        workload.seen.records += chunk.records;
        workload.seen.filtered += chunk.filtered;
        let report = InputReport {
            lines: chunk.lines,
            records: chunk.records,
            filtered: chunk.filtered,
            unrecognised_lines: chunk.unrecognised_lines,
            ..report
        };
        outcome.problems.extend(chunk.problems.into_iter().map(|problem| InputProblem::of(&report.name, problem)));
        outcome.inputs.push(report);
    }
    for (input, problem) in reader.problems {
        let name = outcome.inputs.get(first + input).map_or_else(String::new, |report| report.name.clone());
        outcome.problems.push(InputProblem { input: name, problem });
    }
    workload
}

struct Shared<'a> {
    reader: Mutex<Reader>,
    gathered: Mutex<Gathered>,
    /// A part was folded.
    turned: Condvar,
    options: &'a ReadOptions,
    progress: &'a dyn Progress,
    ahead: u64,
}

/// A thread that panicked took its chunk with it; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared<'_> {
    fn work(&self) {
        let mut builder = PartBuilder::new();
        let mut scratch = parse::Scratch::default();
        while let Some(taken) = self.take() {
            let chunk = &taken.chunk;
            let worked = catch_unwind(AssertUnwindSafe(|| {
                let report = parse::events(
                    &taken.format,
                    &chunk.bytes,
                    chunk.first_line,
                    &mut scratch,
                    &self.options.filter,
                    &mut |event| builder.event(event),
                );
                (builder.finish(chunk.input), report)
            }));
            let (part, report) = worked.unwrap_or_else(|_| {
                // What panicked is in no known state.
                builder = PartBuilder::new();
                scratch = parse::Scratch::default();
                (Part::default(), given_up(chunk))
            });
            let (index, input) = (taken.index, taken.input);
            drop(taken);
            self.give(index, input, part, report);
        }
    }

    fn take(&self) -> Option<Taken> {
        let taken = lock(&self.reader).next()?;
        self.progress.at(taken.bytes);
        Some(taken)
    }

    fn give(&self, index: u64, input: usize, part: Part, report: ChunkReport) {
        let mut gathered = lock(&self.gathered);
        while index > gathered.folded + self.ahead {
            gathered = self.turned.wait(gathered).unwrap_or_else(PoisonError::into_inner);
        }
        gathered.add(index, input, part, report);
        drop(gathered);
        self.turned.notify_all();
    }
}

/// A chunk that made the reader panic: the other chunks go on, and what is lost is told.
fn given_up(chunk: &Chunk) -> ChunkReport {
    let lines = memchr::memchr_iter(b'\n', &chunk.bytes).count() as u64;
    let problem = Problem {
        line: chunk.first_line,
        cause: format!("internal error: the {lines} lines from here on were not read").into(),
        next_step: "please report this with these lines".into(),
    };
    ChunkReport { lines, unrecognised_lines: lines, problems: vec![problem], ..ChunkReport::default() }
}

struct Gathered {
    folder: Folder,
    /// Parts up to this one were folded.
    folded: u64,
    reports: Vec<ChunkReport>,
}

impl Gathered {
    fn new(options: &ReadOptions) -> Self {
        Self { folder: Folder::new(options.limits), folded: 0, reports: Vec::new() }
    }

    fn add(&mut self, index: u64, input: usize, part: Part, report: ChunkReport) {
        self.folder.add(index, part);
        self.folded = self.folder.next_index();
        if self.reports.len() <= input {
            self.reports.resize_with(input + 1, ChunkReport::default);
        }
        let sum = &mut self.reports[input];
        sum.lines += report.lines;
        sum.records += report.records;
        sum.filtered += report.filtered;
        sum.unrecognised_lines += report.unrecognised_lines;
        // Chunks may come in any order: the earliest problems are kept.
        sum.problems.extend(report.problems);
        sum.problems.sort_by(|a, b| (a.line, &a.cause).cmp(&(b.line, &b.cause)));
        sum.problems.truncate(PROBLEMS);
    }
}

/// The next chunk of the logs, whichever it comes from.
struct Reader {
    waiting: VecDeque<(Source, Arc<Format>)>,
    open: Option<Open>,
    /// Index of the open input among the logs, and of the first log among all inputs.
    input: usize,
    first: u32,
    next: u64,
    reports: Vec<InputReport>,
    problems: Vec<(usize, Problem)>,
    /// Bytes of the inputs before the open one, for progress.
    before: u64,
}

struct Open {
    chunks: Chunks,
    format: Arc<Format>,
    taken: Arc<AtomicU64>,
}

struct Taken {
    index: u64,
    input: usize,
    chunk: Chunk,
    format: Arc<Format>,
    /// Taken from all files so far.
    bytes: u64,
}

impl Reader {
    fn new(logs: Vec<Found>, first: u32) -> Self {
        let mut waiting = VecDeque::new();
        let mut reports = Vec::new();
        for log in logs {
            if let Detected::Log(format) = log.detected {
                waiting.push_back((log.source, Arc::new(format)));
                reports.push(log.report);
            }
        }
        Self { waiting, open: None, input: 0, first, next: 0, reports, problems: Vec::new(), before: 0 }
    }

    fn next(&mut self) -> Option<Taken> {
        loop {
            let Some(open) = &mut self.open else {
                let (source, format) = self.waiting.pop_front()?;
                match source.open() {
                    Ok(input) => {
                        let taken = input.progress();
                        let number = self.first + self.input as u32;
                        self.open = Some(Open { chunks: Chunks::new(input, number, (*format).clone()), format, taken });
                    }
                    Err(error) => {
                        self.problems.push((self.input, source_problem(&error)));
                        self.input += 1;
                    }
                }
                continue;
            };
            let bytes = self.before + open.taken.load(Ordering::Relaxed);
            if let Some(chunk) = open.chunks.next() {
                let index = self.next;
                self.next += 1;
                return Some(Taken { index, input: self.input, chunk, format: Arc::clone(&open.format), bytes });
            }
            self.before = bytes;
            self.reports[self.input].bytes = open.chunks.bytes();
            let input = self.input;
            self.problems.extend(open.chunks.problems().iter().map(|problem| (input, problem.clone())));
            self.open = None;
            self.input += 1;
        }
    }
}
