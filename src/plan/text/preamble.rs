//! What auto_explain writes above a plan: the statement and its parameters. The statement may hold lines that look like a plan.

use super::super::model::Plan;
use super::grammar::{arrow, has_figures};

/// The number of lines above the plan's root.
pub(super) fn read(text: &str, plan: &mut Plan) -> usize {
    let Some(first) = text.strip_prefix("Query Text: ") else { return 0 };
    let is_root = |line: &str| has_figures(line) && line.starts_with(|c: char| c.is_ascii_uppercase());
    // The statement stands first: of several lines that could be the root the last one is, and a plan's others have arrows.
    let mut root = None;
    for (index, line) in text.lines().enumerate().skip(1) {
        if is_root(line) {
            root = Some(index);
        } else if root.is_some() && arrow(line.trim_start()).is_some_and(has_figures) {
            break;
        }
    }
    let Some(root) = root else { return 0 };
    let above = text.lines().take(root).collect::<Vec<_>>();
    let parameters = above.last().and_then(|line| line.strip_prefix("Query Parameters: "));
    plan.parameters = parameters.map(str::to_owned);
    if plan.query.is_none() {
        let end = root - usize::from(parameters.is_some());
        let mut query = vec![first.lines().next().unwrap_or_default()];
        query.extend(above.get(1..end).unwrap_or_default());
        plan.query = Some(query.join("\n"));
    }
    root
}
