//! What stands in the parentheses behind a node: estimates and actuals (`explain.c`, `ExplainNode`).

use super::super::model::{Actual, Estimate};
use super::number::leading;

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
    let text = text.strip_prefix("actual ")?;
    let (times, text) = match text.strip_prefix("time=") {
        Some(text) => {
            let (startup, text) = leading(text)?;
            let (total, text) = leading(text.strip_prefix("..")?)?;
            (Some((startup, total)), text.strip_prefix(' ')?)
        }
        None => (None, text),
    };
    let text = text.strip_prefix("rows=")?;
    let (rows, rest) = leading(text)?;
    let fractional = text[..text.len() - rest.len()].contains('.');
    let (loops, rest) = leading(rest.strip_prefix(" loops=")?)?;
    rest.is_empty().then_some(())?;
    let actual = Actual { startup_ms: times.map(|t| t.0), total_ms: times.map(|t| t.1), rows, loops };
    Some((actual, fractional))
}

fn estimate(text: &str) -> Option<Estimate> {
    let (startup_cost, text) = leading(text.strip_prefix("cost=")?)?;
    let (total_cost, text) = leading(text.strip_prefix("..")?)?;
    let (rows, text) = leading(text.strip_prefix(" rows=")?)?;
    let (width, text) = leading(text.strip_prefix(" width=")?)?;
    text.is_empty().then_some(Estimate { startup_cost, total_cost, rows, width })
}

fn last_parentheses(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_suffix(')')?;
    let open = memchr::memrchr(b'(', line.as_bytes())?;
    Some((&line[..open], &line[open + 1..]))
}
