//! A plan with auto_explain's `Query Text` above it. The statement may hold anything, lines that look like a plan too.

use super::row::Row;
use super::shape::{self, Shape};

/// The rows of the preamble, and where the plan's root stands.
#[derive(Debug)]
pub struct Preamble<'a> {
    pub query: String,
    /// For the parser: the parameters, below the statement's first line.
    pub rows: Vec<Row<'a>>,
    pub root: usize,
}

/// The preamble that begins in this row, if a plan in the text format follows.
pub fn take<'a>(rows: &[Row<'a>], shapes: &[Shape], start: usize) -> Option<Preamble<'a>> {
    let first = rows[start].text.trim_start().strip_prefix("Query Text: ")?;
    let end = (start + 1..rows.len()).find(|&at| is_boundary(&rows[at])).unwrap_or(rows.len());
    let is_root = |at: &usize| shapes[*at] == Shape::Root && shape::figures(rows[*at].text.trim());
    // A statement that holds a plan stands above the plan itself.
    let mut roots = (start + 1..end).rev().filter(is_root);
    let mut root = roots.next()?;
    while rows[root - 1].text.trim_end().ends_with("->") {
        root = roots.next()?;
    }
    let parameters = rows[root - 1].text.trim_start().starts_with("Query Parameters: ").then_some(root - 1);
    let mut query = vec![first];
    query.extend(rows[start + 1..parameters.unwrap_or(root)].iter().map(|row| &*row.text));
    let kept = parameters.map(|at| vec![rows[start].clone(), rows[at].clone()]).unwrap_or_default();
    Some(Preamble { query: query.join("\n").trim_end().to_owned(), rows: kept, root })
}

fn is_boundary(row: &Row<'_>) -> bool {
    let text = row.text.trim_start();
    text.starts_with("Query Text: ") || super::margin::is_plan_message(text) || text == "QUERY PLAN"
}
