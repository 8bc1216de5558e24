//! A file in; its statements with their sections and transactions out, not yet read.

use super::cut::cut;
use super::detect::{self, Does, Known};
use super::flyway;
use super::given::Given;
use super::markers::{Markers, setting};
use super::model::{Framework, Kind, Problem, ProblemKind, Wrapping};
use super::name::FileName;
use super::psql;
use super::query_file::{self, Style};
use super::read::Options;
use super::sections::{self, Section, Sections};
use super::template::{self, Filled};
use crate::sql::facts::Span;
use crate::sql::verb::Verb;
use crate::sql::{Scratch, StatementKind, scan};

/// A file with its statements cut and placed.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    pub kind: Kind,
    pub told: &'static str,
    /// What the statements are read from: the text with its placeholders filled in, of the same length.
    pub code: Filled<'t>,
    pub pieces: Vec<Piece>,
    pub problems: Vec<Problem>,
}

/// One statement: spans are of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub span: Span,
    pub line: usize,
    pub leading: Span,
    /// How it is sent, and together with which others.
    pub section: Section,
    /// A string, a comment or a parenthesis does not end.
    pub truncated: bool,
}

/// Cuts a file. `known` is what its text, name and folder told.
pub(super) fn outline<'t>(
    source: Given<'t>,
    known: Option<Known>,
    markers: &Markers<'_>,
    options: Options,
) -> Outline<'t> {
    let name = FileName::of(source.path);
    let kind = options.framework.map(Kind::Migration).or(known.map(|known| known.kind));
    let framework = match kind {
        Some(Kind::Migration(framework)) => framework,
        _ => Framework::Plain,
    };
    let usual = options.wrapping.unwrap_or_else(|| sections::usual(framework));
    let mut cut = sections::sections(
        source.text,
        framework,
        file_wrapping(usual, framework, name, markers),
        name.direction_in(framework),
    );
    let style = known.map_or(Style::Plain, |known| known.style);
    if style != Style::Plain && kind == Some(Kind::Queries) {
        cut_queries(source.text, &mut cut);
    }
    let code = template::fill(source.text, &cut.blanks, style);
    let (mut problems, mut placed) = (cut.problems, Vec::new());
    let mut line = Line::default();
    for section in &cut.list {
        let first_line = line.at(source.text, section.span.start);
        pieces(source, &code, *section, first_line, &mut placed, &mut problems);
    }
    if framework == Framework::Flyway && options.wrapping.is_none() {
        let texts: Vec<(&str, usize)> = placed.iter().map(|piece| (piece.span.of(&code.text), piece.line)).collect();
        let (wrapping, problem) = flyway::wrapping(source.path, name.folder, markers, &texts);
        problems.extend(problem);
        placed.iter_mut().for_each(|piece| piece.section.wrapping = wrapping);
    }
    let pieces = placed;
    let told = match (options.framework, known) {
        (Some(framework), _) => Known { kind: Kind::Migration(framework), told: "the user said so", style },
        (None, Some(known)) => known,
        (None, None) => detect::plain(source.path, || does(&code.text, &pieces)),
    };
    Outline { kind: told.kind, told: told.told, code, pieces, problems }
}

/// What a file beside the migration says of its transaction.
fn file_wrapping(usual: Wrapping, framework: Framework, name: FileName<'_>, markers: &Markers<'_>) -> Wrapping {
    // Diesel's guide, "metadata.toml".
    let metadata = || markers.at(&format!("{}/metadata.toml", name.folder));
    if framework == Framework::Diesel
        && metadata().and_then(|text| setting(text, "run_in_transaction")) == Some("false")
    {
        return sections::outside(usual);
    }
    usual
}

/// A section for each query of a tool's file. Pieces from which the tool puts queries together are no statements.
fn cut_queries(text: &str, cut: &mut Sections) {
    let Some(whole) = cut.list.pop() else { return };
    let mut current = whole;
    let mut snippets: Vec<usize> = Vec::new();
    for (at, snippet) in query_file::queries(text) {
        cut.list.push(Section { span: Span { end: at, ..current.span }, ..current });
        current = Section { span: Span { start: at, end: text.len() }, skipped: snippet, ..whole };
        snippets.extend(snippet.then_some(at));
    }
    cut.list.push(current);
    cut.problems.extend(snippets.first().map(|first| Problem {
        kind: ProblemKind::NotRead,
        line: Some(Line::default().at(text, *first)),
        message: format!("pieces of queries (`:snip`) were not looked at: {}", snippets.len()),
        hint: None,
    }));
}

fn pieces(
    source: Given<'_>,
    code: &Filled<'_>,
    section: Section,
    first_line: usize,
    placed: &mut Vec<Piece>,
    problems: &mut Vec<Problem>,
) {
    if section.skipped {
        return;
    }
    let moved = |span: Span| Span { start: span.start + section.span.start, end: span.end + section.span.start };
    let text = section.span.of(&code.text);
    let found = cut(text);
    let (mut gap, mut line) = (0, Line::default());
    for one in &found {
        psql::includes(
            moved(one.leading).of(source.text),
            || first_line + line.at(text, one.leading.start) - 1,
            problems,
        );
        gap = one.data.map_or(one.span.end, |data| data.end);
        let piece = Piece {
            span: moved(one.span),
            line: first_line + one.line - 1,
            leading: moved(one.leading),
            section,
            truncated: one.truncated,
        };
        if section.unmarked {
            problems.push(Problem {
                kind: ProblemKind::Layout,
                line: Some(piece.line),
                message: "a statement stands before the first marker of an up section: the tool does not run it".into(),
                hint: Some("move it below the marker".into()),
            });
        }
        placed.push(piece);
    }
    psql::includes(
        text.get(gap..).unwrap_or_default(),
        || first_line + line.at(text, gap.min(text.len())) - 1,
        problems,
    );
}

fn lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

/// Counts lines forward.
#[derive(Default)]
pub(super) struct Line {
    counted: usize,
    lines: usize,
}

impl Line {
    /// From 1.
    pub fn at(&mut self, text: &str, offset: usize) -> usize {
        if offset < self.counted {
            *self = Line::default();
        }
        self.lines += lines(&text[self.counted..offset]);
        self.counted = offset;
        self.lines + 1
    }
}

/// Whether all statements read or change rows, and one of them reads a table or takes a parameter.
fn does(code: &str, pieces: &[Piece]) -> Does {
    let mut scratch = Scratch::default();
    let (mut reads, mut rows_only) = (false, true);
    for piece in pieces {
        let text = piece.span.of(code);
        let scan = scan(text.as_bytes(), &mut scratch);
        if scan.kind == StatementKind::Utility {
            return Does::ChangeSchema;
        }
        rows_only &= scan.verb.is_query();
        reads |= matches!(scan.verb, Verb::Select | Verb::With) && mentions_from(text) || takes_parameters(text);
    }
    if rows_only && reads { Does::Query } else { Does::Other }
}

fn mentions_from(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word.eq_ignore_ascii_case("from"))
}

fn takes_parameters(text: &str) -> bool {
    use crate::sql::lexer::{Lexer, TokenKind as T};
    Lexer::new(text.as_bytes()).any(|token| matches!(token.kind, T::Parameter | T::Placeholder | T::NamedParameter))
}
