//! Files in, one after the other; scripts out, with all their queries parsed at once.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::control::control;
use super::detect::Known;
use super::given::Given;
use super::malformed::malformed;
use super::markers::Markers;
use super::model::{Content, Direction, Framework, Inner, Kind, Problem, ProblemKind, Script, Statement, Within};
use super::nested::nested;
use super::outline::{Line, Outline, Piece, outline};
use super::plpgsql::{Found, Sql};
use super::read::{Options, Source};
use super::run_on::run_on;
use super::text::digest;
use super::transaction::Transactions;
use super::{content, product, refusal};
use crate::sql::Scratch;
use crate::sql::facts::{Level, Span, facts_of_many};

/// Statements of one file that are worth a second thread.
const MANY: usize = 512;

#[derive(Default)]
pub(super) struct Reader {
    scripts: Vec<Script>,
    waiting: Vec<Waiting>,
    scratch: Scratch,
}

/// Without statements and problems.
fn script(Source { path, text }: Source, kind: Kind, told: &'static str) -> Script {
    let (bytes, digest) = (text.len() as u64, digest(&text));
    let (statements, problems) = (Vec::new(), Vec::new());
    let (placeholders, changesets) = (Vec::new(), Vec::new());
    Script { path, text, bytes, digest, kind, told, statements, placeholders, changesets, problems }
}

/// A query that waits for its parse.
struct Waiting {
    script: usize,
    statement: usize,
    inner: Option<usize>,
    text: String,
    /// A template's placeholders stood in it: it is not what the server gets.
    filled: bool,
}

impl Waiting {
    fn new(text: &str, script: usize, statement: usize) -> Self {
        Waiting { script, statement, inner: None, text: text.to_owned(), filled: false }
    }
}

impl Reader {
    pub fn read(&mut self, source: Source, known: Option<Known>, markers: &Markers<'_>, options: Options) {
        if let Some(product) = product::by_name(&source.path) {
            return self.other_product(source, product);
        }
        let queries = self.waiting.len();
        let outline = outline(Given { path: &source.path, text: &source.text }, known, markers, options);
        let (mut statements, mut problems) = self.statements(&source, &outline);
        let syntax = problems.iter().any(|problem| problem.kind == ProblemKind::Syntax);
        if let Some(product) = syntax.then(|| product::by_text(&source.text)).flatten() {
            self.waiting.truncate(queries);
            drop(outline);
            return self.other_product(source, product);
        }
        place(&outline, &mut statements);
        problems.extend(outline.problems.iter().cloned());
        problems.sort_by_key(|problem| problem.line);
        let (kind, told, changesets) = (outline.kind, outline.told, changesets(&outline));
        let placeholders = outline.code.names(&source.text);
        drop(outline);
        self.scripts.push(Script { statements, placeholders, changesets, problems, ..script(source, kind, told) });
    }

    fn other_product(&mut self, source: Source, product: &'static str) {
        let problem = Problem {
            kind: ProblemKind::OtherProduct,
            line: None,
            message: format!("the file is written for {product}; it was not looked at"),
            hint: Some("leave such files out of what is linted".into()),
        };
        let told = "it is written for another product";
        self.scripts.push(Script { problems: vec![problem], ..script(source, Kind::Queries, told) });
    }

    pub fn finish(mut self) -> Vec<Script> {
        let texts: Vec<&str> = self.waiting.iter().map(|one| one.text.as_str()).collect();
        if texts.is_empty() {
            return self.scripts;
        }
        for (facts, one) in facts_of_many(&texts).into_iter().zip(&self.waiting) {
            let script = &mut self.scripts[one.script];
            let statement = &mut script.statements[one.statement];
            let whole = one.inner.is_none() && !one.filled;
            if whole
                && matches!(facts.level, Level::Tokens { .. })
                && let Some(refused) = run_on(&one.text, script.kind).or_else(|| malformed(&one.text))
            {
                let problem = refusal::syntax(&one.text, statement.line, &refused);
                let at = script.problems.partition_point(|before| before.line <= problem.line);
                script.problems.insert(at, problem);
            }
            let content = content::of_facts(facts);
            match one.inner {
                Some(inner) => statement.inner[inner].content = content,
                None => statement.content = content,
            }
        }
        self.scripts
    }

    fn statements(&mut self, source: &Source, outline: &Outline<'_>) -> (Vec<Statement>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut statements = Vec::with_capacity(outline.pieces.len());
        for (piece, read) in outline.pieces.iter().zip(self.contents(source, outline)) {
            let filled = outline.code.touches(piece.span);
            let text = text_of(source, outline, piece);
            let content = match read {
                content::Read::Done(content) => content,
                content::Read::Query => {
                    let text = piece.span.of(&outline.code.text);
                    self.query(Waiting { filled, ..Waiting::new(text, self.scripts.len(), statements.len()) })
                }
            };
            if let Content::Refused(refused) = &content {
                let problem = if filled && !piece.truncated {
                    refusal::template(piece.line)
                } else {
                    refusal::syntax(text, piece.line, refused)
                };
                problems.push(problem);
            }
            let inner = self.inner(text, piece, &content, statements.len());
            statements.push(Statement {
                span: piece.span,
                line: piece.line,
                leading: piece.leading,
                direction: piece.section.direction,
                transaction: None,
                content,
                inner,
            });
        }
        (statements, problems)
    }

    /// What each piece is, found out side by side where there are many.
    fn contents(&mut self, source: &Source, outline: &Outline<'_>) -> Vec<content::Read> {
        let pieces = &outline.pieces;
        if pieces.len() < MANY {
            return pieces.iter().map(|piece| whole(source, outline, piece, &mut self.scratch)).collect();
        }
        let pieces = pieces.par_iter().with_min_len(MANY / 4);
        pieces.map_init(Scratch::default, |scratch, piece| whole(source, outline, piece, scratch)).collect()
    }

    /// Puts a query aside until its parse.
    fn query(&mut self, waiting: Waiting) -> Content {
        self.waiting.push(waiting);
        Content::Other
    }

    fn inner(&mut self, text: &str, piece: &Piece, content: &Content, statement: usize) -> Vec<Inner> {
        let Some((within, found)) = content.ddl().and_then(|ddl| nested(text, ddl)) else { return Vec::new() };
        let mut line = Line::default();
        let mut all = Vec::with_capacity(found.len());
        for one in found {
            let at = piece.line + line.at(text, one.span.start) - 1;
            let inner = self.one_inner(one, within, statement, all.len());
            let span = Span { start: inner.span.start + piece.span.start, end: inner.span.end + piece.span.start };
            all.push(Inner { span, line: at, ..inner });
        }
        all
    }

    fn one_inner(&mut self, found: Found, within: Within, statement: usize, number: usize) -> Inner {
        let content = match &found.sql {
            Sql::Dynamic => Content::Dynamic,
            Sql::Text(text) => match content::read(text, &mut self.scratch) {
                content::Read::Done(content) => content,
                content::Read::Query => {
                    let waiting = Waiting::new(text, self.scripts.len(), statement);
                    self.query(Waiting { inner: Some(number), ..waiting })
                }
            },
        };
        let Found { span, looped, conditional, .. } = found;
        Inner { span, line: 0, within, looped, conditional, content }
    }
}

fn text_of<'t>(source: &'t Source, outline: &'t Outline<'_>, piece: &Piece) -> &'t str {
    let filled = outline.code.touches(piece.span);
    if filled { piece.span.of(&source.text) } else { piece.span.of(&outline.code.text) }
}

fn whole(source: &Source, outline: &Outline<'_>, piece: &Piece, scratch: &mut Scratch) -> content::Read {
    let text = text_of(source, outline, piece);
    if piece.truncated {
        return content::Read::Done(Content::Refused(refusal::open_end(text)));
    }
    match content::read(text, scratch) {
        // Placeholders of templates keep their spelling where the recogniser knows them.
        content::Read::Done(Content::Refused(_)) if outline.code.touches(piece.span) => {
            content::read(piece.span.of(&outline.code.text), scratch)
        }
        read => read,
    }
}

/// Where those of Liquibase begin that hold a statement.
fn changesets(outline: &Outline<'_>) -> Vec<usize> {
    if outline.kind != Kind::Migration(Framework::Liquibase) {
        return Vec::new();
    }
    let up = outline.pieces.iter().filter(|piece| piece.section.direction == Direction::Up);
    let mut found: Vec<(u32, usize)> = up.map(|piece| (piece.section.group, piece.line)).collect();
    found.dedup_by_key(|(group, _)| *group);
    found.into_iter().map(|(_, line)| line).collect()
}

/// Groups of statements run one after the other, each its own way; ways up come before ways down.
fn place(outline: &Outline<'_>, statements: &mut [Statement]) {
    let mut groups: BTreeMap<(Direction, u32), Vec<usize>> = BTreeMap::new();
    for (index, piece) in outline.pieces.iter().enumerate() {
        groups.entry((piece.section.direction, piece.section.group)).or_default().push(index);
    }
    let mut numbers = Transactions::default();
    for members in groups.values() {
        let Some(wrapping) = members.first().map(|first| outline.pieces[*first].section.wrapping) else { continue };
        let controls: Vec<_> = members.iter().map(|index| control(&statements[*index].content)).collect();
        for (index, transaction) in members.iter().zip(numbers.of_section(wrapping, &controls)) {
            statements[*index].transaction = transaction;
        }
    }
}
