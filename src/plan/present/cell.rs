//! One line of a cell, and the marks by which psql says that it goes on: `+`, `↵` and `:` for a line end in the value,
//! `.`, `…` and `;` for a line that was wrapped (documentation, "psql", `\pset linestyle`).

use super::row::{Row, width};

/// A part of a row: the text of the cell with the blank or mark in front of it.
#[derive(Debug)]
pub struct Cell<'a> {
    row: Row<'a>,
    /// Known from elsewhere: this line continues the one above.
    continues: bool,
}

impl<'a> Cell<'a> {
    pub fn new(row: &Row<'a>, from: usize, to: usize) -> Self {
        Self { row: row.slice(from..to.max(from)), continues: false }
    }

    pub fn continued(row: &Row<'a>, from: usize, to: usize) -> Self {
        Self { row: row.slice(from..to.max(from)), continues: true }
    }
}

pub fn is_bar(c: char) -> bool {
    matches!(c, '|' | '\u{2502}' | '\u{2551}' | '\u{2503}')
}

/// Between the bars at both ends.
pub fn inside(text: &str) -> Option<&str> {
    text.trim().strip_prefix(is_bar)?.strip_suffix(is_bar)
}

/// Lines of the cells, wrapped ones put together. `rule`: without a place for a mark in front, a wrapped line has one
/// right beside the rule's width.
pub fn join<'a>(cells: Vec<Cell<'a>>, rule: Option<usize>) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(cells.len());
    let mut open = false;
    for Cell { row, continues } in cells {
        let wraps = rule.is_some_and(|rule| width(&row.text) == rule + 1 && row.text.ends_with(WRAPPED));
        match rows.last_mut() {
            Some(last) if open || continues || is_wrapped(&last.text, &row.text) => {
                let mut text = std::mem::take(&mut last.text).into_owned();
                let rest = match continues {
                    // Of old-ascii: a blank stands in the place of the mark.
                    true => row.text.strip_prefix(' ').unwrap_or(&row.text),
                    false => {
                        text.pop();
                        if open { &row.text } else { row.text.strip_prefix(WRAPPED).unwrap_or(&row.text) }
                    }
                };
                text.push_str(rest);
                last.text = text.into();
            }
            _ => rows.push(row),
        }
        open = wraps;
    }
    for row in &mut rows {
        let end = row.text.trim_end().len();
        *row = row.slice(0..end);
    }
    rows
}

const WRAPPED: [char; 2] = ['.', '\u{2026}'];

/// The same mark at the end of a line and in front of the next one.
fn is_wrapped(above: &str, below: &str) -> bool {
    WRAPPED.iter().any(|&mark| above.ends_with(mark) && below.starts_with(mark))
}
