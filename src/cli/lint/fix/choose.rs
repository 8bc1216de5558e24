//! Recommendations with edits in; those that go together, the texts that they make, and where each line of these comes from, out.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::model::{Edit, Recommendation};
use crate::script::Script;

/// What is applied.
pub struct Chosen<'r> {
    /// By path; none overlaps another.
    pub edits: BTreeMap<&'r str, BTreeSet<&'r Edit>>,
    /// Every edit of these is among them.
    pub recommendations: Vec<&'r Recommendation>,
}

/// A recommendation is applied as a whole or not at all; of two that overlap the first in the file is.
pub fn choose<'r>(candidates: impl Iterator<Item = &'r Recommendation>, scripts: &[Script]) -> Chosen<'r> {
    let texts: BTreeMap<&str, &str> = scripts.iter().map(|script| (script.path.as_str(), &*script.text)).collect();
    let fits = |edit: &Edit| {
        texts.get(&*edit.path).is_some_and(|text| text.get(edit.start as usize..edit.end as usize).is_some())
    };
    let mut waiting: Vec<(&Edit, &Recommendation)> =
        candidates.filter_map(|one| Some((one.edits.iter().min()?, one))).collect();
    waiting.sort_by_key(|(first, _)| *first);
    let mut chosen = Chosen { edits: BTreeMap::new(), recommendations: Vec::new() };
    for (_, one) in waiting {
        let is_chosen = one
            .edits
            .iter()
            .all(|edit| fits(edit) && chosen.edits.get(&*edit.path).is_none_or(|known| is_free(edit, known)));
        if is_chosen {
            one.edits.iter().for_each(|edit| {
                chosen.edits.entry(&edit.path).or_default().insert(edit);
            });
            chosen.recommendations.push(one);
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

/// The text with every edit made, its lines ended as those of the file are; they do not overlap.
pub fn apply(text: &str, edits: &BTreeSet<&Edit>) -> String {
    let carriage_returns = text.find('\n').is_some_and(|end| text[..end].ends_with('\r'));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.start as usize).unwrap_or_default());
        if carriage_returns {
            out.push_str(&edit.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            out.push_str(&edit.text);
        }
        at = edit.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// For each line that [`apply`] makes, the line of the text that it was or was put before; from 1.
pub fn lines_before(text: &str, edits: &BTreeSet<&Edit>) -> Vec<u64> {
    let ends = |part: Option<&str>| memchr::memchr_iter(b'\n', part.unwrap_or_default().as_bytes()).count() as u64;
    let mut lines = vec![1];
    let (mut line, mut at) = (1, 0);
    for edit in edits {
        let kept = ends(text.get(at..edit.start as usize));
        lines.extend(line + 1..=line + kept);
        line += kept;
        lines.extend(std::iter::repeat_n(line, ends(Some(&edit.text)) as usize));
        line += ends(text.get(edit.start as usize..edit.end as usize));
        at = edit.end as usize;
    }
    lines.extend(line + 1..=line + ends(text.get(at..)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Applicability, RecommendationKind, VerifiedBy};
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

    fn ids<'r>(chosen: &Chosen<'r>) -> Vec<&'r str> {
        chosen.recommendations.iter().map(|one| one.id.as_str()).collect()
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
        let chosen = choose(all.iter(), &scripts);
        assert_eq!(apply("SELECT 1 + 2", &chosen.edits["1.sql"]), "-- also\n-- first\nSELECT X");
        assert_eq!(ids(&chosen), ["c", "b", "a"]);
    }

    #[test]
    fn what_overlaps_another_is_left_out_whole_and_not_counted_as_mended() {
        let scripts = file("SELECT 1 + 2, 3");
        let all = [
            recommendation("later", vec![edit(9, 10, "-"), edit(14, 15, "4")]),
            recommendation("first", vec![edit(7, 12, "X")]),
            recommendation("outside", vec![edit(90, 91, "!")]),
        ];
        let chosen = choose(all.iter(), &scripts);
        assert_eq!(apply("SELECT 1 + 2, 3", &chosen.edits["1.sql"]), "SELECT X, 3");
        assert_eq!(ids(&chosen), ["first"]);
    }

    #[test]
    fn what_is_written_into_lines_that_end_in_two_characters_ends_so_too() {
        let edits = [edit(11, 11, "SET a;\nSET b;\r\n")];
        assert_eq!(
            apply("SELECT 1;\r\nSELECT 2;\r\n", &edits.iter().collect()),
            "SELECT 1;\r\nSET a;\r\nSET b;\r\nSELECT 2;\r\n"
        );
    }

    #[test]
    fn lines_are_known_by_those_that_they_were() {
        let text = "one\ntwo\nthree\nfour\n";
        let edits = [edit(4, 4, "before two\n"), edit(8, 14, "3\n3")];
        let all: BTreeSet<&Edit> = edits.iter().collect();
        assert_eq!(apply(text, &all), "one\nbefore two\ntwo\n3\n3four\n");
        assert_eq!(lines_before(text, &all), [1, 2, 2, 3, 3, 5]);
    }
}
