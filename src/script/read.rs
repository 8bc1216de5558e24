//! Texts of files in, scripts in the order in which they run out.

use rayon::prelude::*;

use super::content::{self, Read};
use super::detect::{self, Known};
use super::markers::Markers;
use super::model::{Content, Framework, Problem, ProblemKind, Script, Statement, Wrapping};
use super::order::order;
use super::outline::{Outline, outline};
use crate::sql::Scratch;
use crate::sql::facts::facts_of_many;

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What the user says; else it is found out.
    pub framework: Option<Framework>,
    /// How the tool sends statements, where the user knows better than the framework's habit.
    pub wrapping: Option<Wrapping>,
}

/// Files whose queries are parsed on one thread: starting it costs more than a small file.
const BATCH: usize = 64;

/// Reads every source; `markers` are the small files beside them by which frameworks are known. The scripts come in the
/// order in which they run ([`order`]).
pub fn scripts(mut sources: Vec<Source>, markers: &[Source], options: Options) -> Vec<Script> {
    sources.sort_by(|a, b| order(&a.path, &b.path));
    let markers = Markers::new(markers);
    let texts: Vec<Option<Known>> = sources.par_iter().map(detect::by_text).collect();
    let references: Vec<&Source> = sources.iter().collect();
    let known = detect::all(&references, &markers, &texts);
    let size = sources.len().div_ceil(rayon::current_num_threads() * 4).clamp(1, BATCH);
    let mut jobs: Vec<(Source, Option<Known>)> = sources.into_iter().zip(known).collect();
    let mut batches = Vec::new();
    while !jobs.is_empty() {
        let rest = jobs.split_off(size.min(jobs.len()));
        batches.push(std::mem::replace(&mut jobs, rest));
    }
    batches.into_par_iter().flat_map_iter(|batch| read(batch, &markers, options)).collect()
}

/// A query that waits for its parse: of which file and statement.
struct Waiting {
    file: usize,
    statement: usize,
    text: String,
}

fn read(batch: Vec<(Source, Option<Known>)>, markers: &Markers<'_>, options: Options) -> Vec<Script> {
    let mut waiting = Vec::new();
    let mut scratch = Scratch::default();
    let mut scripts: Vec<Script> = Vec::with_capacity(batch.len());
    for (file, (source, known)) in batch.into_iter().enumerate() {
        let outline = outline(&source, known, markers, options);
        let (statements, problems) = statements(&outline, file, &mut waiting, &mut scratch);
        let (kind, told) = (outline.kind, outline.told);
        drop(outline);
        scripts.push(Script { path: source.path, text: source.text, kind, told, statements, problems });
    }
    let texts: Vec<&str> = waiting.iter().map(|one| one.text.as_str()).collect();
    if !texts.is_empty() {
        for (facts, one) in facts_of_many(&texts).into_iter().zip(&waiting) {
            scripts[one.file].statements[one.statement].content = content::of_facts(facts);
        }
    }
    scripts
}

fn statements(
    outline: &Outline<'_>,
    file: usize,
    waiting: &mut Vec<Waiting>,
    scratch: &mut Scratch,
) -> (Vec<Statement>, Vec<Problem>) {
    let mut problems = outline.problems.clone();
    let mut statements = Vec::with_capacity(outline.pieces.len());
    for piece in &outline.pieces {
        let text = piece.span.of(&outline.code.text);
        let content = match content::read(text, scratch) {
            Read::Done(content) => content,
            Read::Query => {
                waiting.push(Waiting { file, statement: statements.len(), text: text.to_owned() });
                Content::Other
            }
        };
        if let Content::Refused(refused) = &content {
            problems.push(Problem {
                kind: ProblemKind::Syntax,
                line: Some(piece.line),
                message: format!("syntax error: {} expected", refused.expected),
                hint: None,
            });
        }
        statements.push(Statement {
            span: piece.span,
            line: piece.line,
            leading: piece.leading,
            direction: piece.direction,
            transaction: piece.transaction,
            content,
            inner: Vec::new(),
        });
    }
    problems.sort_by_key(|problem| problem.line);
    (statements, problems)
}
