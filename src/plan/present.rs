//! What somebody pasted, piped or logged in; [`Document`]s out: each plan as the server wrote it, with the statement that
//! stood above it. What is no plan is named as what it is.
//!
//! | step | what it takes off |
//! |---|---|
//! | [`decode`] | bytes, byte order marks, UTF-16 |
//! | [`clean`] | nothing: plans that stand as the server wrote them are passed on without a copy |
//! | [`glyph`], [`margin`] | characters that stand for others; what stands in front of or behind every line |
//! | [`record`] | csvlog and jsonlog around auto_explain's message |
//! | [`table`], [`expanded`], [`quoted`], [`markup`], [`cell`] | what clients draw around the column `QUERY PLAN` |
//! | [`region`], [`broken`] | what stands around JSON, YAML and XML, and lines broken in them |
//! | [`tree`], [`shape`], [`wrap`], [`balance`] | what stands around the text format, and lines broken in it |
//! | [`logged`], [`query`] | nothing: they find the statement |
//! | [`rest`], [`foreign`] | nothing: they name what was not read |

mod balance;
mod broken;
mod cell;
mod clean;
pub mod decode;
mod expanded;
mod foreign;
mod glyph;
mod logged;
mod margin;
mod markup;
mod query;
mod quoted;
mod record;
mod region;
mod rest;
mod row;
mod shape;
mod table;
mod tree;
mod wrap;

use std::borrow::Cow;

use super::document::{Document, Lines};
use super::model::{Format, Warning};
use clean::Part;
use rest::Where;
use row::Row;
use shape::Shape;

/// Bytes of an input without words that are looked at for its name.
const HEAD: usize = 4096;

/// Hands on each plan of the input in its order, and gives back what the input as a whole is or lacks.
pub fn documents<'a>(input: &'a str, sink: impl FnMut(Document<'a>)) -> Vec<Warning> {
    let mut all = All { sink, found: false, warnings: Vec::new() };
    if let Some((format, lines)) = clean::lines(input, 1) {
        all.add(whole(input, format, lines));
        return all.warnings;
    }
    for part in clean::parts(input) {
        match part {
            Part::Clean { text, format, lines, .. } => all.add(whole(text, format, lines)),
            Part::Mixed(mixed) => {
                if let Some(warning) = (!all.found).then(|| foreign::other_system(mixed.rest)).flatten() {
                    return vec![warning];
                }
                if !all.found && !clean::has_words(mixed.rest) {
                    let head = region::prefix(mixed.rest, HEAD);
                    return vec![foreign::name(&row::rows(head, mixed.line))];
                }
                let rows = rows(mixed.text, mixed.line);
                let pieces = pieces(&rows, 0);
                if mixed.last.is_none() || ends_with(&pieces, mixed.last) {
                    all.take(pieces, &rows);
                } else {
                    // What stands above a plan has taken it in.
                    let rows = self::rows(mixed.rest, mixed.line);
                    all.take(self::pieces(&rows, 0), &rows);
                    break;
                }
            }
        }
    }
    if !all.found && all.warnings.is_empty() {
        all.warnings.push(foreign::name(&[]));
    }
    all.warnings
}

/// Without what stands in front of every line, and with the characters that others stand for.
fn rows(text: &str, first: u32) -> Vec<Row<'_>> {
    let mut rows = row::rows(text, first);
    glyph::restore(&mut rows);
    record::open(&mut rows);
    margin::strip(&mut rows);
    rows
}

/// Whether the last plan begins in this line, and nothing stands below it.
fn ends_with(pieces: &[Piece<'_>], line: Option<u32>) -> bool {
    let last = pieces.iter().rev().find(|piece| !matches!(piece, Piece::Rest(row) if row.is_blank()));
    matches!(last, Some(Piece::Plan(found)) if found.rows.first().map(|row| row.line) == line)
}

/// Where plans go, and what was found so far.
struct All<F> {
    sink: F,
    /// Whether there was a plan.
    found: bool,
    warnings: Vec<Warning>,
}

impl<'a, F: FnMut(Document<'a>)> All<F> {
    fn add(&mut self, document: Document<'a>) {
        self.found = true;
        (self.sink)(document);
    }

    fn take(&mut self, pieces: Vec<Piece<'a>>, rows: &[Row<'_>]) {
        let mut rest = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Rest(row) => rest.push(row),
                Piece::Plan(mut found) => {
                    let place = if self.found { Where::Between } else { Where::Before };
                    let end = match query::above(&rest) {
                        Some((at, query)) if found.query.is_none() => {
                            found.query = Some(query);
                            at
                        }
                        _ => rest.len(),
                    };
                    self.warnings.extend(rest::ignored(&rest[..end], place));
                    rest.clear();
                    self.add(document(*found));
                }
            }
        }
        match self.found {
            false => self.warnings.push(foreign::name(rows)),
            true => self.warnings.extend(rest::ignored(&rest, Where::After)),
        }
    }
}

fn whole(input: &str, format: Format, lines: Lines) -> Document<'_> {
    let text = Cow::Borrowed(input);
    Document { format, text, lines, query: None, rows: None, warnings: Vec::new() }
}

/// A plan, or a line that belongs to none.
enum Piece<'a> {
    Plan(Box<Found<'a>>),
    Rest(Row<'a>),
}

struct Found<'a> {
    format: Format,
    rows: Vec<Row<'a>>,
    query: Option<String>,
    count: Option<u64>,
}

/// Tables in tables end here.
const DEPTH: usize = 3;

fn pieces<'a>(rows: &[Row<'a>], depth: usize) -> Vec<Piece<'a>> {
    let unquoted = quoted::lone(rows);
    let rows = unquoted.as_deref().unwrap_or(rows);
    let outline = tree::Outline::of(rows);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        if outline.shapes[at] == Shape::Blank {
            pieces.push(Piece::Rest(rows[at].clone()));
            at += 1;
        } else if let Some(table) = quoted_at(rows, at, depth) {
            at = table.end;
            pieces.append(&mut inside(&table, depth));
        } else if let Some(region) = region::take(rows, at) {
            at = region.end;
            let found = Found { format: region.format, rows: region.rows, query: None, count: None };
            pieces.push(Piece::Plan(Box::new(found)));
        } else if let Some(table) = (depth < DEPTH).then(|| table_at(rows, at)).flatten() {
            at = table.end;
            pieces.append(&mut inside(&table, depth));
        } else if let Some(preamble) = logged::take(rows, &outline.shapes, at) {
            let tree = tree::from(rows, &outline, preamble.root);
            at = tree.end;
            let rows = preamble.rows.into_iter().chain(tree.rows).collect();
            let query = Some(preamble.query);
            pieces.push(Piece::Plan(Box::new(Found { format: Format::Text, rows, query, count: tree.count })));
        } else if let Some(tree) = tree::take(rows, &outline, at) {
            at = tree.end;
            let found = Found { format: Format::Text, rows: tree.rows, query: None, count: tree.count };
            pieces.push(Piece::Plan(Box::new(found)));
        } else {
            pieces.push(Piece::Rest(rows[at].clone()));
            at += 1;
        }
    }
    pieces
}

/// The plans in a table's cells.
fn inside<'a>(table: &table::Table<'a>, depth: usize) -> Vec<Piece<'a>> {
    let mut inner = pieces(&table.cells, depth + 1);
    for piece in &mut inner {
        if let Piece::Plan(found) = piece {
            found.count = found.count.or(table.count);
        }
    }
    inner
}

/// A quoted value may hold what looks like a plan in JSON.
fn quoted_at<'a>(rows: &[Row<'a>], at: usize, depth: usize) -> Option<table::Table<'a>> {
    (depth < DEPTH && rows[at].text.starts_with(['"', '\''])).then(|| quoted::take(rows, at)).flatten()
}

fn table_at<'a>(rows: &[Row<'a>], at: usize) -> Option<table::Table<'a>> {
    expanded::take(rows, at)
        .or_else(|| table::take(rows, at))
        .or_else(|| quoted::take(rows, at))
        .or_else(|| markup::take(rows, at))
}

fn document(found: Found<'_>) -> Document<'_> {
    let Found { format, rows, query, count } = found;
    let mut text = String::with_capacity(rows.iter().map(|row| row.text.len() + 1).sum());
    for row in &rows {
        text.push_str(&row.text);
        text.push('\n');
    }
    let lines = Lines::Each(rows.iter().map(|row| row.line).collect());
    // Of a structured plan the client counts one row.
    let rows = count.filter(|_| format == Format::Text);
    Document { format, text: Cow::Owned(text), lines, query, rows, warnings: Vec::new() }
}

#[cfg(test)]
mod tests;
