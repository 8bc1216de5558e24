//! Where a plan in the text format begins and ends among other lines, and its lines as the server wrote them.

use super::balance::Balance;
use super::row::{Row, indent, width};
use super::shape::{self, Shape};
use super::wrap::{self, Part, Place};

/// A plan's lines, and the index of the row after them.
#[derive(Debug)]
pub struct Tree<'a> {
    pub rows: Vec<Row<'a>>,
    pub count: Option<u64>,
    pub end: usize,
}

/// How far a literal's end is looked for.
const LITERAL: usize = 30;

/// What is known of all rows before plans are looked for.
#[derive(Debug)]
pub struct Outline {
    pub shapes: Vec<Shape>,
    /// Next row at or after this one that surely stands in a plan, before a blank one.
    next: Vec<usize>,
}

impl Outline {
    pub fn of(rows: &[Row<'_>]) -> Self {
        let shapes: Vec<Shape> = rows.iter().map(|row| shape::shape(&row.text)).collect();
        let mut next = vec![usize::MAX; rows.len()];
        let mut seen = usize::MAX;
        for at in (0..rows.len()).rev() {
            match shapes[at] {
                Shape::Arrow | Shape::Property | Shape::Footer => seen = at,
                Shape::Blank | Shape::Root | Shape::Title | Shape::Rule => seen = usize::MAX,
                Shape::Count(_) | Shape::Other => {}
            }
            next[at] = seen;
        }
        Self { shapes, next }
    }

    fn shape(&self, at: usize) -> Option<Shape> {
        self.shapes.get(at).copied()
    }

    fn goes_on(&self, at: usize) -> bool {
        self.next.get(at).is_some_and(|&next| next != usize::MAX)
    }

    /// The first row at or after this one that is not blank.
    fn beyond_blanks(&self, at: usize) -> usize {
        (at..self.shapes.len()).find(|&at| self.shapes[at] != Shape::Blank).unwrap_or(self.shapes.len())
    }
}

/// The plan that begins in this row.
pub fn take<'a>(rows: &[Row<'a>], outline: &Outline, start: usize) -> Option<Tree<'a>> {
    let begins = match outline.shape(start)? {
        Shape::Root => begins(rows, outline, start),
        Shape::Arrow => rows[start].text.contains("->"),
        Shape::Property => cut_head(rows, outline, start),
        _ => false,
    };
    begins.then(|| from(rows, outline, start))
}

/// The plan with this root.
pub fn from<'a>(rows: &[Row<'a>], outline: &Outline, start: usize) -> Tree<'a> {
    let (parts, count, end) = extent(rows, outline, start);
    Tree { rows: wrap::join(parts, count), count, end }
}

/// A word that could be a node's name, and nothing else: what follows decides.
fn begins(rows: &[Row<'_>], outline: &Outline, start: usize) -> bool {
    let text = rows[start].text.trim();
    if shape::figures(text) || rows.len() == 1 {
        return true;
    }
    if text.contains(" on ") && !text.contains("Scan") && rows.len() > 1 && text.split(' ').count() > 6 {
        return false;
    }
    let mut next = outline.beyond_blanks(start + 1);
    while outline.shape(next) == Some(Shape::Root)
        && shape::is_target(&rows[next].text)
        && indent(&rows[next].text) == indent(&rows[start].text) + 2
    {
        next = outline.beyond_blanks(next + 1);
    }
    match outline.shape(next) {
        Some(Shape::Arrow | Shape::Property) => indent(&rows[next].text) > 0,
        Some(Shape::Footer | Shape::Count(_)) => true,
        Some(Shape::Other) => rows[next].text.trim_start().starts_with('('),
        None => rows[..start].iter().all(|row| row.is_blank() || row.text.trim().starts_with("```")),
        _ => false,
    }
}

/// Properties of a node that is not there, and nodes below it.
fn cut_head(rows: &[Row<'_>], outline: &Outline, start: usize) -> bool {
    indent(&rows[start].text) > 0
        && (start..rows.len())
            .take(LITERAL)
            .map(|at| outline.shapes[at])
            .find(|shape| !matches!(shape, Shape::Property | Shape::Other))
            .is_some_and(|shape| shape == Shape::Arrow)
}

/// The rows of the plan without blank ones, the count below it, and the index after all.
fn extent<'a>(rows: &[Row<'a>], outline: &Outline, start: usize) -> (Vec<Part<'a>>, Option<u64>, usize) {
    let mut line = Line::begin(&rows[start], outline.shapes[start]);
    let mut parts = vec![Part { row: rows[start].clone(), place: Place::Fresh }];
    let has_figures =
        rows[start..].iter().take(6).any(|row| row.text.contains("(cost=") || row.text.contains("(actual "));
    let edge = edge(rows, outline, start);
    let base = indent(&rows[start].text);
    let mut at = start + 1;
    let mut literal_until = 0;
    while let Some(shape) = outline.shape(at) {
        let row = &rows[at];
        if at >= literal_until && line.balance.in_quote() {
            literal_until = literal_end(rows, at, line.balance).unwrap_or(at);
        }
        if at < literal_until {
            line.append(row);
            parts.push(Part { row: row.clone(), place: Place::Literal });
            at += 1;
            continue;
        }
        let dangling = line.dangles(has_figures);
        let at_edge = edge.is_some() && edge == Some(width(&rows[at - 1].text));
        let place = match shape {
            Shape::Count(count) => return (parts, Some(count), at + 1),
            Shape::Blank => {
                let beyond = outline.beyond_blanks(at);
                match outline.shape(beyond) {
                    Some(Shape::Arrow | Shape::Property) if indent(&rows[beyond].text) > 0 => {}
                    Some(Shape::Footer) => {}
                    Some(Shape::Count(count)) => return (parts, Some(count), beyond + 1),
                    _ => return (parts, None, at),
                }
                at = beyond;
                continue;
            }
            Shape::Title | Shape::Rule => return (parts, None, at),
            _ if is_figures(&row.text) => Place::Wrapped,
            Shape::Property if at_edge && indent(&row.text) < base + 2 => Place::Wrapped,
            Shape::Root if shape::is_target(&row.text) && indent(&row.text) > base => Place::Fresh,
            Shape::Root if line.lacks_name() || dangling && !shape::figures(row.text.trim()) => Place::Wrapped,
            Shape::Root => return (parts, None, at),
            Shape::Arrow | Shape::Property | Shape::Footer => Place::Fresh,
            Shape::Other if dangling || at_edge || outline.goes_on(at) => Place::Wrapped,
            Shape::Other => return (parts, None, at),
        };
        match place {
            Place::Fresh => line = Line::begin(row, shape),
            _ => line.append(row),
        }
        parts.push(Part { row: row.clone(), place });
        at += 1;
    }
    (parts, None, at)
}

/// Columns of the widest row, if that may be where a terminal cut.
fn edge(rows: &[Row<'_>], outline: &Outline, start: usize) -> Option<usize> {
    let ends =
        |shape: &Shape| matches!(shape, Shape::Blank | Shape::Count(_) | Shape::Title | Shape::Rule | Shape::Root);
    let below = &outline.shapes[start + 1..];
    let len = below.iter().position(ends).map_or(rows.len() - start, |len| len + 1);
    rows[start..start + len].iter().map(|row| width(&row.text)).max().filter(|&widest| widest >= 40)
}

/// What only stands behind a node's name.
fn is_figures(text: &str) -> bool {
    ["(cost=", "(actual ", "loops=", "(never executed)"].iter().any(|start| text.trim_start().starts_with(start))
}

/// The line that the rows read last belong to.
struct Line<'r> {
    shape: Shape,
    balance: Balance,
    /// Its last row.
    tail: &'r str,
    has_parenthesis: bool,
}

impl<'r> Line<'r> {
    fn begin(row: &'r Row<'_>, shape: Shape) -> Self {
        let text: &str = &row.text;
        Self { shape, balance: Balance::of(text), tail: text.trim_end(), has_parenthesis: text.contains('(') }
    }

    fn append(&mut self, row: &'r Row<'_>) {
        self.balance = self.balance.then(&row.text);
        self.tail = row.text.trim_end();
        self.has_parenthesis |= row.text.contains('(');
    }

    fn is_node(&self) -> bool {
        matches!(self.shape, Shape::Root | Shape::Arrow)
    }

    /// `->`, `->  Parallel`: what is read stands in the next row.
    fn lacks_name(&self) -> bool {
        let name = self.tail.trim_start();
        self.shape == Shape::Arrow
            && (name == "->"
                || matches!(name.trim_start_matches(['-', '>', ' ']), "Parallel" | "Partial" | "Finalize" | "Async"))
    }

    /// It cannot be all.
    fn dangles(&self, has_figures: bool) -> bool {
        let time = |tail: &str| (tail.contains("Time:") || tail.contains("runtime:")) && !tail.ends_with(" ms");
        !self.balance.is_closed()
            || self.is_node() && has_figures && self.tail.contains("->") && !self.has_parenthesis
            || self.shape == Shape::Footer && time(self.tail)
            || [" on", " using", ","].iter().any(|end| self.tail.ends_with(end))
    }
}

/// Index after the row in which the open literal is closed and nothing else is open.
fn literal_end(rows: &[Row<'_>], at: usize, mut balance: Balance) -> Option<usize> {
    for (index, row) in rows.iter().enumerate().skip(at).take(LITERAL) {
        balance = balance.then(&row.text);
        if balance.is_closed() {
            return Some(index + 1);
        }
    }
    None
}
