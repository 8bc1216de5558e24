//! What the command line names in; plans, each with its place and what a log says of it, out.

use std::path::PathBuf;

use crate::cli::args::{Common, Explain};
use crate::cli::failure::Failure;
use crate::cli::{assemble, terminal};
use crate::ingest::detect::{Detected, Hints, detect};
use crate::ingest::source::{self, Place};
use crate::plan::model::{Plan, Warning};
use crate::plan::read as read_plans;
use crate::report::model::{Input, Location, Problem};

use super::live::Live;
use super::log;

/// Largest input that is read as a plan.
const DOCUMENT: u64 = 1 << 30;

#[derive(Default)]
pub struct Read {
    pub plans: Vec<Given>,
    pub inputs: Vec<Input>,
    pub problems: Vec<Problem>,
    pub notes: Vec<String>,
}

/// A plan as it was met.
pub struct Given {
    pub plan: Plan,
    /// Of the log in which it stood; empty otherwise.
    pub database: String,
    pub place: Location,
}

impl Read {
    /// Inputs of which nothing was read, with the reason.
    pub fn unreadable(&self) -> impl Iterator<Item = String> {
        self.problems.iter().filter_map(move |p| {
            let path = p.path.as_ref().filter(|path| !self.inputs.iter().any(|input| input.path == **path))?;
            let place = if p.message.contains(path.as_str()) { String::new() } else { format!("{path}: ") };
            Some(format!("{place}{}; the other inputs were read", p.message))
        })
    }
}

/// `--schema` takes several files, so in `--schema shop.sql plan.txt` it takes the plan as well: what holds a plan and no DDL
/// is an input wherever it stands.
pub fn sort_out(args: &Explain) -> Explain {
    let (plans, schema): (Vec<PathBuf>, Vec<PathBuf>) = args.catalog.schema.iter().cloned().partition(|path| {
        let bytes = source::Input::open(path).map(|mut input| input.head().to_vec()).unwrap_or_default();
        !holds_ddl(&bytes) && (!read_plans(&bytes).plans.is_empty() || detect(&bytes, &Hints::default()).is_ok())
    });
    let mut sorted = args.clone();
    sorted.inputs.extend(plans.iter().map(|path| path.display().to_string()));
    sorted.catalog.schema = schema;
    sorted
}

fn holds_ddl(bytes: &[u8]) -> bool {
    let starts = |line: &[u8], word: &[u8]| line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    bytes.split(|b| *b == b'\n').any(|line| [&b"create "[..], b"alter "].iter().any(|word| starts(line, word)))
}

/// Reads every input to its end. What cannot be read is a problem as long as something else can be.
pub fn read(args: &Explain, common: &Common, mut live: Option<&mut Live>) -> Result<Read, Failure> {
    if let [old, new] = args.compare.as_slice() {
        return compared(old, new);
    }
    let mut read = Read::default();
    for place in places(args, common, &mut read)? {
        one(&place, &mut read, live.as_deref_mut());
    }
    if read.plans.is_empty() {
        return Err(nothing(&read.problems));
    }
    Ok(read)
}

/// Of each of two inputs its first plan: here both must be readable.
fn compared(old: &str, new: &str) -> Result<Read, Failure> {
    let mut both = Read::default();
    for name in [old, new] {
        let place = if name == "-" { Place::Stdin } else { Place::File(name.into()) };
        let mut read = Read::default();
        one(&place, &mut read, None);
        if read.plans.is_empty() {
            return Err(nothing(&read.problems));
        }
        if read.plans.len() > 1 {
            both.notes.push(format!("{name} holds {} plans: the first is compared", read.plans.len()));
            read.plans.truncate(1);
        }
        both.plans.extend(read.plans);
        both.inputs.extend(read.inputs);
        both.problems.extend(read.problems);
    }
    Ok(both)
}

fn places(args: &Explain, common: &Common, read: &mut Read) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    for input in &args.inputs {
        match source::expand(std::slice::from_ref(input)) {
            Ok(found) => places.extend(found),
            Err(error) => read.problems.push(problem(input, None, error.to_string(), None)),
        }
    }
    if args.inputs.is_empty() {
        if terminal::stdin_is_terminal() && !common.quiet {
            terminal::complain(INVITATION);
        }
        places.push(Place::Stdin);
    }
    let mut met = std::collections::BTreeSet::new();
    places.retain(|place| met.insert(place.clone()));
    Ok(places)
}

/// Standard input is a keyboard: what to do with it.
const INVITATION: &str = "Paste the output of EXPLAIN here, then press Enter and Ctrl-D (Ctrl-C gives up).
Any format will do; EXPLAIN (ANALYZE, BUFFERS, SETTINGS) says most. A file is read with: sqlsift explain plan.txt";

/// What holds no plan is taken for statements where there is a server to ask.
fn one(place: &Place, read: &mut Read, live: Option<&mut Live>) {
    let name = match place {
        Place::File(path) => path.display().to_string(),
        Place::Stdin => "-".to_owned(),
    };
    let mut input = match source::Input::open_place(place) {
        Ok(input) => input,
        Err(error) => return read.problems.push(problem(&name, None, error.to_string(), None)),
    };
    if matches!(detect(input.head(), &Hints::default()), Ok(Detected::Log(_))) {
        return log::read(input, read);
    }
    let compression = input.compression.map(|c| format!("{c:?}").to_lowercase());
    let bytes = match input.read_all(DOCUMENT) {
        Ok(bytes) => bytes,
        Err(error) => return read.problems.push(problem(&name, None, format!("cannot read {name}: {error}"), None)),
    };
    let found = read_plans(&bytes);
    if let (true, Some(live)) = (found.plans.is_empty(), live) {
        return live.explain(&name, &String::from_utf8_lossy(&bytes), read);
    }
    read.problems.extend(found.warnings.iter().map(|w| warning(&name, 0, w)));
    if found.plans.is_empty() {
        if found.warnings.is_empty() {
            read.problems.push(problem(&name, None, "there is no plan in it".into(), Some(WANTED.into())));
        }
        return;
    }
    let mut details = vec![assemble::plan::counted(found.plans.len())];
    details.extend(compression);
    read.inputs.push(Input {
        path: name.clone(),
        format: assemble::plan::format(found.plans[0].format).into(),
        details,
        bytes: bytes.len() as u64,
    });
    for plan in found.plans {
        read.problems.extend(plan.warnings.iter().map(|w| warning(&name, 0, w)));
        let place = Location { path: name.as_str().into(), line: plan.line.into(), ..Location::default() };
        read.plans.push(Given { plan, database: String::new(), place });
    }
}

const WANTED: &str = "give the whole output of EXPLAIN (ANALYZE, BUFFERS, SETTINGS) as the server printed it";

/// A parser's warning as a problem of the report; `before` lines of the input stand before those that the parser saw.
pub fn warning(path: &str, before: u64, w: &Warning) -> Problem {
    let line = (w.line > 0).then(|| before + u64::from(w.line));
    problem(path, line, w.message.to_string(), w.hint.as_deref().map(str::to_owned))
}

pub fn problem(path: &str, line: Option<u64>, message: String, hint: Option<String>) -> Problem {
    Problem { path: Some(path.to_owned()), line, message, hint, count: 1 }
}

/// All inputs failed: the first problem is the message, the others come before it.
fn nothing(problems: &[Problem]) -> Failure {
    let say = |p: &Problem| {
        let path = p.path.as_deref().unwrap_or_default();
        let path = if path == "-" { "standard input" } else { path };
        let place = p.line.filter(|line| *line > 1).map_or(path.to_owned(), |line| format!("{path}:{line}"));
        match p.message.contains(path) {
            true => p.message.clone(),
            false => format!("{place}: {}", p.message),
        }
    };
    let Some((first, others)) = problems.split_first() else {
        return Failure::new("there is no plan to read", WANTED);
    };
    let hint = first.hint.clone().unwrap_or_default();
    let mut said = vec![say(first)];
    let mut failure = Failure::new(said[0].clone(), hint);
    for text in others.iter().map(say) {
        if !said.contains(&text) {
            failure = failure.because(text.clone());
            said.push(text);
        }
    }
    failure
}
