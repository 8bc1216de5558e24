//! Tables that clients draw around the one column `QUERY PLAN`: psql with every border and line style, pgcli, DBeaver,
//! Markdown.

use super::cell::{self, Cell};
use super::row::{Row, indent, width};
use super::shape::{Shape, is_rule, shape};

/// What stood in the column.
#[derive(Debug)]
pub struct Table<'a> {
    pub cells: Vec<Row<'a>>,
    /// Of the footer.
    pub count: Option<u64>,
    /// Index of the row after it.
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// Columns that the rule is wide: a continued row has its mark beside them.
    Bare { rule: usize },
    /// One blank (or a mark) before the text.
    Lead,
    /// Bars on both sides.
    Bars,
    /// A bar at the right only.
    Right,
}

/// The table whose first row this is.
pub fn take<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    titled(rows, start).or_else(|| untitled(rows, start))
}

/// With the title `QUERY PLAN` and a rule below it.
fn titled<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    let title = if is_rule(rows[start].text.trim()) { start + 1 } else { start };
    let head = rows.get(title)?.text.trim();
    if head.trim_matches(|c: char| c == ' ' || cell::is_bar(c)) != "QUERY PLAN" {
        return None;
    }
    let rule = rows.get(title + 1).map(|row| row.text.trim()).filter(|text| is_rule(text))?;
    let left = head.starts_with(cell::is_bar);
    let right = head.ends_with(cell::is_bar);
    let first = title + 2;
    let frame = match (left, right) {
        (true, _) => Frame::Bars,
        (false, true) => Frame::Right,
        _ if rows.get(first).is_some_and(|row| row.text.starts_with(' ')) => Frame::Lead,
        _ => Frame::Bare { rule: width(rule) },
    };
    let mut table = body(rows, first, frame);
    // Markdown has a rule between bars, and bars in a cell are escaped.
    if rule.starts_with('|') {
        for cell in table.cells.iter_mut().filter(|cell| cell.text.contains("\\|")) {
            *cell = cell.with(cell.text.replace("\\|", "|"));
        }
    }
    Some(table)
}

/// Only rows with bars on both sides, as of `\pset tuples_only` or when somebody copied no more.
fn untitled<'a>(rows: &[Row<'a>], start: usize) -> Option<Table<'a>> {
    let first = if is_rule(rows[start].text.trim()) { start + 1 } else { start };
    let inner = cell::inside(&rows.get(first)?.text)?.trim();
    let begins = matches!(shape(inner), Shape::Root | Shape::Arrow) || is_structured(inner);
    (begins && !inner.contains(" | ")).then(|| body(rows, first, Frame::Bars))
}

pub fn is_structured(content: &str) -> bool {
    let content = content.trim_end_matches(['+', '\u{21b5}']).trim();
    matches!(content, "[" | "{" | "- Plan:" | "Plan:")
        || content.starts_with("<explain")
        || content.starts_with("[{")
        || content.starts_with("{\"")
        || content.starts_with("- \"Plan\":")
        || content.starts_with("Query Text: \"")
}

fn body<'a>(rows: &[Row<'a>], first: usize, frame: Frame) -> Table<'a> {
    let mut cells: Vec<Cell<'a>> = Vec::new();
    let bottom = if frame == Frame::Bars { None } else { footer(rows, first) };
    let mut at = first;
    let mut count = None;
    while let Some(row) = rows.get(at) {
        let text = &row.text;
        match shape(text) {
            Shape::Count(n) if bottom.is_none_or(|bottom| bottom == at) && text.starts_with('(') => {
                count = Some(n);
                at += 1;
                break;
            }
            Shape::Blank if bottom.is_some() || frame == Frame::Lead && !text.is_empty() => {
                cells.push(Cell::new(row, 0, 0))
            }
            Shape::Blank | Shape::Title => break,
            // The bottom of the frame; a literal may hold such a line, but not one as wide.
            Shape::Rule if is_rule(text.trim()) && (frame == Frame::Bars || indent(text) == 0 && text.len() > 12) => {}
            _ => match framed(row, frame) {
                Some(cell) => cells.push(cell),
                None => break,
            },
        }
        at += 1;
    }
    // The frame's bottom stands between the rows and their count.
    if count.is_none()
        && let Some(Shape::Count(n)) = rows.get(at).map(|row| shape(&row.text))
    {
        count = Some(n);
        at += 1;
    }
    let rule = if let Frame::Bare { rule } = frame { Some(rule) } else { None };
    Table { cells: cell::join(cells, rule), count, end: at }
}

/// The row with the count: the one that is right, or else the last one before another table. A literal may hold blank lines
/// and such counts.
pub fn footer(rows: &[Row<'_>], first: usize) -> Option<usize> {
    let mut last = None;
    for (at, row) in rows.iter().enumerate().skip(first) {
        match shape(&row.text) {
            Shape::Count(n) if u64::try_from(at - first) == Ok(n) => return Some(at),
            Shape::Count(_) if row.text.starts_with('(') => last = Some(at),
            Shape::Title => return last,
            _ => {}
        }
    }
    last
}

fn framed<'a>(row: &Row<'a>, frame: Frame) -> Option<Cell<'a>> {
    let text = &row.text;
    match frame {
        Frame::Bare { .. } | Frame::Lead => Some(Cell::new(row, 0, text.len())),
        Frame::Right => {
            let end = text.trim_end().strip_suffix(cell::is_bar).map_or(text.len(), str::len);
            Some(Cell::new(row, 0, end))
        }
        Frame::Bars => {
            let from = text.len() - text.trim_start().strip_prefix(cell::is_bar)?.len();
            let end = text.trim_end();
            let end = end.strip_suffix(cell::is_bar).filter(|rest| rest.len() >= from).map_or(end.len(), str::len);
            Some(Cell::new(row, from, end))
        }
    }
}
