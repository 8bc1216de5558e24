//! Edits of a report in; repaired files, or a patch, out.

use std::collections::BTreeMap;

use crate::cli::args::{FailOn, Lint};
use crate::cli::failure::Failure;
use crate::cli::{Ending, output, terminal};
use crate::report::model::{Applicability, Edit, Report};
use crate::script::Script;

/// Applies what a machine may apply: to the files, or (`--diff`) to a patch on standard output.
pub fn run(report: &Report, scripts: &[Script], args: &Lint, fail_on: FailOn) -> Result<Ending, Failure> {
    let machine = report.recommendations.iter().filter(|one| one.applicability == Applicability::Machine);
    let mut edits: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in machine.flat_map(|one| &one.edits) {
        edits.entry(&edit.path).or_default().push(edit);
    }
    let mut changed = 0;
    for script in scripts {
        let Some(edits) = edits.get_mut(script.path.as_str()) else { continue };
        let text = apply(&script.text, edits);
        changed += 1;
        if args.diff || script.path == "-" {
            output::print(&patch(&script.path, &script.text, &text))?;
        } else {
            std::fs::write(&script.path, text).map_err(|e| Failure::writing(&script.path, &e))?;
            terminal::complain(&format!("repaired {}", script.path));
        }
    }
    let left = report.findings.iter().filter(|finding| !by_machine(report, &finding.recommendations)).count();
    terminal::complain(&format!("{changed} files repaired, {left} findings need a person"));
    Ok(if left == 0 { Ending::Clean } else { crate::cli::ending::of(report, fail_on) })
}

fn by_machine(report: &Report, ids: &[String]) -> bool {
    report
        .recommendations
        .iter()
        .any(|one| ids.contains(&one.id) && one.applicability == Applicability::Machine && !one.edits.is_empty())
}

/// From the last to the first, so that offsets hold; of two that overlap the first in the file counts.
fn apply(text: &str, edits: &mut Vec<&Edit>) -> String {
    edits.sort();
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits.iter() {
        let (start, end) = (edit.start as usize, edit.end as usize);
        if let Some(before) = text.get(at..start)
            && text.is_char_boundary(end)
        {
            out.push_str(before);
            out.push_str(&edit.text);
            at = end;
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn patch(path: &str, before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order_and_never_twice() {
        let edit = |start, end, text: &str| Edit { path: "a".into(), start, end, text: text.into() };
        let all = [edit(7, 12, "X"), edit(0, 0, "-- first\n"), edit(7, 12, "X"), edit(9, 10, "overlaps")];
        let mut edits: Vec<&Edit> = all.iter().collect();
        assert_eq!(apply("SELECT 1 + 2", &mut edits), "-- first\nSELECT X");
    }
}
