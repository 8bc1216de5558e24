//! What stands in the parentheses behind a node: estimates and actuals (`explain.c`, `ExplainNode`).

use super::super::model::{Actual, Estimate};
use super::number::Cursor;

/// The end of a node line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub estimate: Option<Estimate>,
    pub actual: Option<Actual>,
    /// Rows were printed with decimals (18 and later).
    pub fractional: bool,
}

/// Takes the figures off the end; gives the rest of the line as well. What does not read as figures stays in the rest.
pub(super) fn take(line: &str) -> (&str, Figures) {
    let mut figures = Figures::default();
    let mut line = line;
    if let Some(rest) = line.strip_suffix("(never executed)") {
        figures.actual = Some(Actual { startup_ms: None, total_ms: None, rows: 0.0, loops: 0.0 });
        line = rest.trim_end();
    } else if let Some((rest, inside)) = last_parentheses(line)
        && let Some((actual, fractional)) = actual(inside)
    {
        (figures.actual, figures.fractional) = (Some(actual), fractional);
        line = rest.trim_end();
    }
    if let Some((rest, inside)) = last_parentheses(line)
        && let Some(estimate) = estimate(inside)
    {
        figures.estimate = Some(estimate);
        line = rest.trim_end();
    }
    (line, figures)
}

/// `actual time=0.010..0.020 rows=1 loops=1` as it stands in a node's parentheses and behind `Worker 0:`.
pub(super) fn actual(text: &str) -> Option<(Actual, bool)> {
    let mut cursor = Cursor::new(text);
    cursor.skip("actual ")?;
    let times = match cursor.skip("time=") {
        Some(()) => {
            let startup = cursor.number()?;
            cursor.skip("..")?;
            let total = cursor.number()?;
            cursor.skip(" ")?;
            Some((startup, total))
        }
        None => None,
    };
    cursor.skip("rows=")?;
    let rows = cursor.number()?;
    let fractional = cursor.is_fractional();
    cursor.skip(" loops=")?;
    let loops = cursor.number()?;
    let actual = Actual { startup_ms: times.map(|t| t.0), total_ms: times.map(|t| t.1), rows, loops };
    cursor.is_done().then_some((actual, fractional))
}

fn estimate(text: &str) -> Option<Estimate> {
    let mut cursor = Cursor::new(text);
    let mut behind = |word: &str| {
        cursor.skip(word)?;
        cursor.number()
    };
    let (startup_cost, total_cost) = (behind("cost=")?, behind("..")?);
    let (rows, width) = (behind(" rows=")?, behind(" width=")?);
    cursor.is_done().then_some(Estimate { startup_cost, total_cost, rows, width })
}

fn last_parentheses(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_suffix(')')?;
    let open = memchr::memrchr(b'(', line.as_bytes())?;
    Some((&line[..open], &line[open + 1..]))
}
