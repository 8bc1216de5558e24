//! Edits of a report in; repaired files, or a patch, and a report of what is left for a person out.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::args::Lint;
use crate::cli::failure::Failure;
use crate::cli::{output, terminal};
use crate::report::model::{Applicability, Edit, Report};
use crate::report::render::units::counted;
use crate::script::Script;

/// Applies what a machine may apply: to the files, or (`--diff`) to a patch on standard output. The findings that this answers leave.
pub fn run(report: &mut Report, scripts: &[Script], args: &Lint) -> Result<(), Failure> {
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
    let mended: BTreeSet<&str> = report
        .recommendations
        .iter()
        .filter(|one| one.applicability == Applicability::Machine && !one.edits.is_empty())
        .map(|one| one.id.as_str())
        .collect();
    report.findings.retain(|finding| !finding.recommendations.iter().any(|id| mended.contains(id.as_str())));
    let files = counted(changed, "file", "files");
    let left = counted(report.findings.len() as u64, "finding needs", "findings need");
    let done = if args.diff { "would be repaired" } else { "repaired" };
    terminal::complain(&format!("{files} {done}, {left} a person"));
    Ok(())
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
