//! Edits of a report in; repaired files, or a patch, and a report of what is left for a person out.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::args::Lint;
use crate::cli::failure::Failure;
use crate::cli::{output, terminal};
use crate::report::model::{Applicability, Edit, Recommendation, Report};
use crate::report::render::units::counted;
use crate::script::Script;

/// Applies what a machine may apply: to the files, or (`--diff`) to a patch on standard output. The findings that this answers leave.
pub fn run(report: &mut Report, scripts: &[Script], args: &Lint) -> Result<(), Failure> {
    let Chosen { edits, mended } = choose(&report.recommendations, scripts);
    let mut changed = 0;
    for script in scripts {
        let Some(edits) = edits.get(script.path.as_str()) else { continue };
        let text = apply(&script.text, edits);
        changed += 1;
        if args.diff || script.path == "-" {
            output::print(&patch(&script.path, &script.text, &text))?;
        } else {
            std::fs::write(&script.path, text).map_err(|e| Failure::writing(&script.path, &e))?;
            terminal::complain(&format!("repaired {}", script.path));
        }
    }
    report.findings.retain(|finding| !finding.recommendations.iter().any(|id| mended.contains(id.as_str())));
    let files = counted(changed, "file", "files");
    let left = counted(report.findings.len() as u64, "finding needs", "findings need");
    let done = if args.diff { "would be repaired" } else { "repaired" };
    terminal::complain(&format!("{files} {done}, {left} a person"));
    Ok(())
}

/// What is applied.
struct Chosen<'r> {
    /// By path; none overlaps another.
    edits: BTreeMap<&'r str, BTreeSet<&'r Edit>>,
    /// Recommendations of which every edit is among these.
    mended: BTreeSet<&'r str>,
}

/// A recommendation is applied as a whole or not at all; of two that overlap the first in the file is.
fn choose<'r>(recommendations: &'r [Recommendation], scripts: &[Script]) -> Chosen<'r> {
    let texts: BTreeMap<&str, &str> = scripts.iter().map(|script| (script.path.as_str(), &*script.text)).collect();
    let fits = |edit: &Edit| {
        texts.get(&*edit.path).is_some_and(|text| text.get(edit.start as usize..edit.end as usize).is_some())
    };
    let by_machine = recommendations.iter().filter(|one| one.applicability == Applicability::Machine);
    let mut waiting: Vec<(&Edit, &Recommendation)> =
        by_machine.filter_map(|one| Some((one.edits.iter().min()?, one))).collect();
    waiting.sort_by_key(|(first, _)| *first);
    let mut chosen = Chosen { edits: BTreeMap::new(), mended: BTreeSet::new() };
    for (_, one) in waiting {
        let is_chosen = one
            .edits
            .iter()
            .all(|edit| fits(edit) && chosen.edits.get(&*edit.path).is_none_or(|known| is_free(edit, known)));
        if is_chosen {
            one.edits.iter().for_each(|edit| {
                chosen.edits.entry(&edit.path).or_default().insert(edit);
            });
            chosen.mended.insert(&one.id);
        }
    }
    chosen
}

/// Whether the edit is one of these, or overlaps none. Insertions at one place stand behind each other.
fn is_free<'r>(edit: &'r Edit, known: &BTreeSet<&'r Edit>) -> bool {
    let overlaps = |other: &&Edit| other.start < edit.end && edit.start < other.end;
    let before = known.range::<Edit, _>(..edit).next_back();
    let mut behind = known.range::<Edit, _>(edit..).take_while(|other| other.start <= edit.end);
    known.contains(edit) || !(before.is_some_and(overlaps) || behind.any(overlaps))
}

/// The text with every edit made; they do not overlap.
fn apply(text: &str, edits: &BTreeSet<&Edit>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.start as usize).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.end as usize;
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
    use crate::report::model::{RecommendationKind, VerifiedBy};
    use crate::script::{Options, Source, scripts};

    fn edit(start: u64, end: u64, text: &str) -> Edit {
        Edit { path: "1.sql".into(), start, end, text: text.into() }
    }

    fn recommendation(id: &str, edits: Vec<Edit>) -> Recommendation {
        Recommendation {
            id: id.into(),
            kind: RecommendationKind::RewriteQuery,
            title: "".into(),
            detail: "".into(),
            sql: String::new(),
            more_sql: Vec::new(),
            applicability: Applicability::Machine,
            lock: None,
            undo: None,
            verified_by: VerifiedBy::Heuristic,
            before: None,
            after: None,
            unit: "".into(),
            queries: Vec::new(),
            size_bytes: None,
            cost: None,
            impact_ms_per_day: None,
            edits,
            range: None,
        }
    }

    fn file(text: &str) -> Vec<Script> {
        scripts(vec![Source { path: "1.sql".into(), text: text.into() }], &[], Options::default())
    }

    #[test]
    fn edits_apply_in_any_order_and_never_twice() {
        let scripts = file("SELECT 1 + 2");
        let all = [
            recommendation("a", vec![edit(7, 12, "X")]),
            recommendation("b", vec![edit(0, 0, "-- first\n"), edit(7, 12, "X")]),
            recommendation("c", vec![edit(0, 0, "-- also\n")]),
        ];
        let chosen = choose(&all, &scripts);
        assert_eq!(apply("SELECT 1 + 2", &chosen.edits["1.sql"]), "-- also\n-- first\nSELECT X");
        assert_eq!(chosen.mended, ["a", "b", "c"].into());
    }

    #[test]
    fn what_overlaps_another_is_left_out_whole_and_not_counted_as_mended() {
        let scripts = file("SELECT 1 + 2, 3");
        let all = [
            recommendation("later", vec![edit(9, 10, "-"), edit(14, 15, "4")]),
            recommendation("first", vec![edit(7, 12, "X")]),
            recommendation("outside", vec![edit(90, 91, "!")]),
            Recommendation {
                applicability: Applicability::Review,
                ..recommendation("review", vec![edit(14, 15, "5")])
            },
        ];
        let chosen = choose(&all, &scripts);
        assert_eq!(apply("SELECT 1 + 2, 3", &chosen.edits["1.sql"]), "SELECT X, 3");
        assert_eq!(chosen.mended, ["first"].into());
    }
}
