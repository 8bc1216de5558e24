//! A report with edits in; repaired files, or a patch, and a report on the repaired texts, of what is left for a person, out.
//!
//! What is chosen is applied in memory first and looked at again as it was before: two edits that are right alone can be wrong
//! together.

mod choose;
mod put;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::choose::{Chosen, apply, choose, lines_before};
use super::judge::{Judge, Judged};
use super::report::forget_unasked;
use crate::cli::args::Lint;
use crate::cli::failure::Failure;
use crate::cli::terminal;
use crate::report::model::{Applicability, Finding, Recommendation, RecommendationKind, Report, Severity};
use crate::report::units::counted;
use crate::script::{FileText, Source};

/// A rule, and the line of the file as it was before any repair where it speaks.
pub type Place = (String, Arc<str>, u64);

pub fn places(report: &Report) -> BTreeSet<Place> {
    let origins = Origins::new();
    report.findings.iter().map(|finding| place(finding, &origins)).collect()
}

/// What repairs are judged by.
pub struct Repair<'a> {
    pub judge: &'a Judge<'a>,
    /// Looks at other texts of the same files.
    pub again: &'a dyn Fn(Vec<Source>) -> Judged,
    /// Findings that are no matter of this run.
    pub forgotten: BTreeSet<Place>,
    /// Paths of files that hold something else than their texts: these are not repaired.
    pub translated: &'a BTreeSet<String>,
}

/// Applies what a machine may apply: to the files, or (`--diff`, and where a text can be read but once) to a patch on standard output.
pub fn run(repair: &Repair<'_>, first: Judged, args: &Lint, once: &BTreeSet<String>) -> Result<Judged, Failure> {
    let texts: BTreeMap<String, FileText> =
        first.scripts.iter().map(|script| (script.path.clone(), script.text.clone())).collect();
    for path in untouchable(&first.report, repair.translated) {
        terminal::complain(&format!("{path} is not UTF-8: it was not repaired"));
    }
    let mut state = State { judged: first, origins: Origins::new() };
    // What limits how long statements wait comes when they are what they will be.
    for turn in [|kind| kind != RecommendationKind::Setting, |kind| kind == RecommendationKind::Setting] {
        state = repair.settle(state, turn);
    }
    let (mut written, mut shown) = (0, 0);
    for script in &state.judged.scripts {
        let Some(before) = texts.get(&script.path).filter(|before| ***before != *script.text) else { continue };
        if args.diff || once.contains(&script.path) {
            put::patch(&script.path, before, &script.text)?;
            shown += 1;
        } else {
            put::write(&script.path, before, &script.text)?;
            terminal::complain(&format!("repaired {}", script.path));
            written += 1;
        }
    }
    let mut done = Vec::new();
    if written > 0 || !(args.diff || shown > 0) {
        done.push(format!("{} repaired", counted(written, "file", "files")));
    }
    if args.diff || shown > 0 {
        done.push(format!("{} would be repaired", counted(shown, "file", "files")));
    }
    done.push(format!(
        "{} a person",
        counted(state.judged.report.findings.len() as u64, "finding needs", "findings need")
    ));
    terminal::complain(&done.join(", "));
    Ok(state.judged)
}

/// Of files that were changed: for each line, the line that it was before any repair.
type Origins = BTreeMap<String, Vec<u64>>;

struct State {
    judged: Judged,
    origins: Origins,
}

/// Something that repairs have brought about, on these lines of the text before them.
struct News {
    path: Arc<str>,
    first: u64,
    last: u64,
}

/// Rounds in which only what touches the new finding is given back, then all edits of its file; behind these, all.
const NEAR: usize = 3;
const IN_FILE: usize = 6;

impl Repair<'_> {
    /// Applies as many recommendations of these kinds as bring about nothing new.
    fn settle(&self, before: State, turn: fn(RecommendationKind) -> bool) -> State {
        let known: BTreeSet<Place> =
            before.judged.report.findings.iter().map(|finding| place(finding, &before.origins)).collect();
        let mut given_back: BTreeSet<String> = BTreeSet::new();
        for round in 0.. {
            let all = before.judged.report.recommendations.iter().map(|one| &**one);
            let candidates = all.filter(|one| {
                one.applicability == Applicability::Machine
                    && turn(one.kind)
                    && !given_back.contains(&one.id)
                    && !one.edits.iter().any(|edit| self.translated.contains(&*edit.path))
            });
            let chosen = choose(candidates, &before.judged.scripts);
            if chosen.edits.is_empty() {
                break;
            }
            let (after, step) = self.apply(&before, &chosen);
            let news = self.news(&before, &after, &step, &known);
            if news.is_empty() {
                return after;
            }
            let back = culprits(&chosen, &news, &before.judged, round);
            given_back.extend(back);
        }
        before
    }

    /// With for each changed file the lines of the text before this step.
    fn apply(&self, before: &State, chosen: &Chosen<'_>) -> (State, Origins) {
        let mut step = Origins::new();
        let mut origins = before.origins.clone();
        let mut sources = Vec::with_capacity(before.judged.scripts.len());
        for script in &before.judged.scripts {
            let path = script.path.clone();
            let Some(edits) = chosen.edits.get(path.as_str()) else {
                sources.push(Source { path, text: script.text.clone() });
                continue;
            };
            let lines = lines_before(&script.text, edits);
            let composed = lines.iter().map(|line| original(&before.origins, &path, *line)).collect();
            origins.insert(path.clone(), composed);
            step.insert(path.clone(), lines);
            sources.push(Source { path, text: apply(&script.text, edits).into() });
        }
        let mut judged = (self.again)(sources);
        if !self.forgotten.is_empty() {
            judged.report.findings.retain(|finding| !self.forgotten.contains(&place(finding, &origins)));
            forget_unasked(&mut judged.report);
        }
        (State { judged, origins }, step)
    }

    /// Findings of warning or error that were not there, and files that cannot be read any more.
    fn news(&self, before: &State, after: &State, step: &Origins, known: &BTreeSet<Place>) -> Vec<News> {
        let found = after.judged.report.findings.iter().filter(|finding| {
            finding.severity >= Severity::Warning && !known.contains(&place(finding, &after.origins))
        });
        let news = |finding: &Finding| {
            let place = finding.locations.first().cloned().unwrap_or_default();
            let line = |line| original(step, &place.path, line);
            News { first: line(place.line), last: line(place.end_line.unwrap_or(place.line)), path: place.path }
        };
        let was_broken: BTreeSet<&str> = before.judged.broken(self.judge).collect();
        let broken = after.judged.broken(self.judge).filter(|path| !was_broken.contains(path));
        let broken = broken.map(|path| News { path: path.into(), first: 0, last: u64::MAX });
        found.map(news).chain(broken).collect()
    }
}

/// Ids of recommendations that are given back: those with edits on the lines of what is new, else in its file, else all.
fn culprits(chosen: &Chosen<'_>, news: &[News], before: &Judged, round: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for new in news {
        let text = before.scripts.iter().find(|script| *script.path == *new.path).map_or("", |script| &*script.text);
        let line = |offset: u64| {
            let before = text.get(..offset as usize).unwrap_or(text);
            1 + memchr::memchr_iter(b'\n', before.as_bytes()).count() as u64
        };
        let in_file = |one: &Recommendation| one.edits.iter().any(|edit| edit.path == new.path);
        let near = |one: &Recommendation| {
            let own = one.edits.iter().filter(|edit| edit.path == new.path);
            own.into_iter().any(|edit| line(edit.start) <= new.last && line(edit.end) >= new.first)
        };
        let some = |is: &dyn Fn(&Recommendation) -> bool| -> BTreeSet<String> {
            chosen.recommendations.iter().filter(|one| is(one)).map(|one| one.id.clone()).collect()
        };
        let mut found = if round < NEAR { some(&near) } else { BTreeSet::new() };
        if found.is_empty() && round < IN_FILE {
            found = some(&in_file);
        }
        all.extend(if found.is_empty() { some(&|_| true) } else { found });
    }
    all
}

fn place(finding: &Finding, origins: &Origins) -> Place {
    let (path, line) = finding.locations.first().map(|place| (Arc::clone(&place.path), place.line)).unwrap_or_default();
    let line = original(origins, &path, line);
    (finding.rule.clone(), path, line)
}

fn original(origins: &Origins, path: &str, line: u64) -> u64 {
    let lines = origins.get(path);
    lines.and_then(|lines| lines.get(usize::try_from(line).ok()?.checked_sub(1)?)).copied().unwrap_or(line)
}

/// Paths of files that a machine would repair if they were what their texts are.
fn untouchable<'r>(report: &'r Report, translated: &BTreeSet<String>) -> BTreeSet<&'r str> {
    let by_machine = report.recommendations.iter().filter(|one| one.applicability == Applicability::Machine);
    let paths = by_machine.flat_map(|one| &one.edits).map(|edit| &*edit.path);
    paths.filter(|path| translated.contains(*path)).collect()
}
