//! What rules said of scripts in; findings with their places, without those that comments allow, out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::model::{Catalog, TableName};
use crate::report::model::{ELSEWHERE, Finding, Location, Problem, RuleNotRun, Suppressed};
use crate::rules::draft::{Ask, Draft, Sink};
use crate::rules::finding::{Found, by_place, distinct, finish};
use crate::rules::page::Need;
use crate::rules::place::{Lines, Places};
use crate::rules::registry::{Check, Configured, Registry};
use crate::rules::run::{Outcome, internal};
use crate::script::model::Script;
use crate::sql::facts::Span;

use super::spelled::as_written;
use super::suppress::Suppressions;
use super::weigh::{Scale, Weighed, weigh};

/// A rule's drafts, and the messages of its panics.
pub(super) type Said = (Sink, Vec<String>);

/// Collects over all scripts.
#[derive(Default)]
pub(super) struct Desk {
    outcome: Outcome,
    findings: Vec<Finding>,
    /// Of each finding.
    rest: Vec<Rest>,
    /// Of the script that is being looked at.
    comments: Option<Suppressions>,
    /// Where its lines begin, once something was said of it.
    lines: Option<Lines>,
    /// Comments of the scripts before it that have any: rules about the catalog come last.
    before: Vec<Suppressions>,
    /// Findings that were left out, by the small table that they are about.
    small: BTreeMap<TableName, u64>,
}

impl Desk {
    pub fn open(&mut self, script: &Script) {
        self.comments = Some(Suppressions::of(script));
    }

    pub fn shut(&mut self) {
        self.lines = None;
        self.before.extend(self.comments.take().filter(|comments| !comments.is_empty()));
    }

    pub fn problem(&mut self, problem: Problem) {
        self.outcome.problems.push(problem);
    }

    /// `at`: where the statement's text begins in the script's, and the statement's number; spans of drafts about a whole script
    /// are offsets into the script.
    pub fn take(
        &mut self,
        rule: &Configured,
        said: Said,
        script: &Script,
        at: Option<(usize, usize)>,
        scale: &Scale<'_>,
        allowed: &mut dyn FnMut(&Draft) -> Option<String>,
    ) {
        let (sink, panics) = said;
        self.outcome.problems.extend(panics.iter().map(|message| internal(&rule.page.id, message)));
        for mut draft in sink.drafts {
            let lines = self.lines.get_or_insert_with(|| Lines::of(&script.path, &script.text));
            place(&mut draft, script, lines, at.map_or(0, |(start, _)| start));
            if !script.placeholders.is_empty() {
                as_written(&mut draft, &script.placeholders);
            }
            let statement = at.map(|(_, number)| number).or_else(|| statement_at(script, &draft));
            let because = self.comments.as_mut().and_then(|comments| comments.take(&rule.page, statement));
            let because = because.or_else(|| allowed(&draft));
            match weigh(draft, scale) {
                Weighed::Said(draft) => {
                    self.keep(finish(rule, *draft, None, Places::default(), &script.path), because);
                }
                Weighed::Small(_) if because.is_some() => {}
                Weighed::Small(table) => *self.small.entry(table).or_default() += 1,
            }
        }
    }

    /// Drafts that bring their places with them: those in scripts that are wanted.
    pub fn take_of_schema(
        &mut self,
        rule: &Configured,
        said: Said,
        scripts: &BTreeSet<&str>,
        wanted: &dyn Fn(&str) -> bool,
        allowed: &mut dyn FnMut(&Draft) -> Option<String>,
    ) {
        let (sink, panics) = said;
        self.outcome.problems.extend(panics.iter().map(|message| internal(&rule.page.id, message)));
        for mut draft in sink.drafts {
            // What it takes two for is told where the wanted one of them stands.
            let mut places = draft.locations.iter().chain(&draft.beside);
            let Some(place) = places.find(|place| wanted(&place.path) && scripts.contains(&*place.path)).cloned()
            else {
                continue;
            };
            let (path, line) = (place.path.clone(), place.line);
            draft.locations = vec![place];
            let comments = self.before.iter_mut().find(|comments| comments.path() == &*path);
            let because = comments.and_then(|comments| comments.take(&rule.page, comments.statement_at(line)));
            let because = because.or_else(|| allowed(&draft));
            self.keep(finish(rule, draft, None, Places::default(), &path), because);
        }
    }

    fn keep(&mut self, found: Found, because: Option<String>) {
        self.findings.push(found.finding);
        self.rest.push(Rest { asks: found.draft.asks, because });
    }

    /// What the advice that is asked for needs of the catalog as the scripts leave it.
    pub fn needed(&self, mut catalog: Catalog) -> Catalog {
        let mut tables: BTreeSet<&TableName> = BTreeSet::new();
        for ask in self.rest.iter().flat_map(|rest| &rest.asks) {
            match ask {
                Ask::Ready(_) => {}
                Ask::DropIndex { table, .. } => {
                    tables.insert(table);
                }
                // The name of a new one must be free.
                _ => return catalog,
            }
        }
        let mut rest = std::mem::take(&mut catalog.tables);
        catalog.tables = tables.into_iter().filter_map(|name| Some((name.clone(), rest.remove(name)?))).collect();
        catalog
    }

    pub fn small(&self) -> BTreeMap<TableName, u64> {
        self.small.clone()
    }

    /// By place; what comments take away is in the outcome.
    pub fn close(mut self, registry: &Registry) -> (Outcome, Vec<Finding>, Vec<Vec<Ask>>) {
        let known: Vec<&str> = registry.rules.iter().map(|rule| rule.page.id.as_str()).collect();
        for comments in self.before {
            comments.report(&known, &mut self.outcome);
        }
        let on = registry.rules.iter().filter(|rule| rule.severity.is_some());
        let (elsewhere, looked): (Vec<&Configured>, Vec<&Configured>) = on.partition(|rule| looks_elsewhere(rule));
        self.outcome.rules_run = looked.into_iter().map(|rule| rule.page.id.clone()).collect();
        let not_run = |rule: &Configured| RuleNotRun { rule: rule.page.id.clone(), reason: ELSEWHERE.to_owned() };
        self.outcome.rules_not_run = elsewhere.into_iter().map(not_run).collect();
        sort(&mut self.findings, &mut self.rest);
        // Before the suppressed ones go: a comment above one of two alike must not give the other another id.
        distinct(self.findings.iter_mut());
        if self.rest.iter().any(|rest| rest.because.is_some()) {
            let all = self.findings.into_iter().zip(self.rest);
            let (suppressed, kept): (Vec<_>, Vec<_>) = all.partition(|(_, rest)| rest.because.is_some());
            let one = |(finding, rest): (Finding, Rest)| Some(Suppressed { because: rest.because?, finding });
            self.outcome.suppressed = suppressed.into_iter().filter_map(one).collect();
            (self.findings, self.rest) = kept.into_iter().unzip();
        }
        (self.outcome, self.findings, self.rest.into_iter().map(|rest| rest.asks).collect())
    }
}

/// Whether a rule looks at what no script holds.
fn looks_elsewhere(rule: &Configured) -> bool {
    match rule.check {
        Check::Plan(_) | Check::Workload(_) => true,
        Check::Schema(_) => rule.page.needs.contains(&Need::Server),
        _ => false,
    }
}

/// What is left of a draft when its finding is made: there may be ten thousand, beside the tables of a whole history.
struct Rest {
    asks: Vec<Ask>,
    /// Why a comment or the configuration takes the finding away.
    because: Option<String>,
}

/// By place, findings of one rule at one place as they came; needs room for numbers only.
fn sort(found: &mut [Finding], rest: &mut [Rest]) {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| by_place(&found[*a], &found[*b]));
    let mut places = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, one)| places[*one] = place);
    for at in 0..found.len() {
        while places[at] != at {
            let place = places[at];
            found.swap(at, place);
            rest.swap(at, place);
            places.swap(at, place);
        }
    }
}

/// Makes offsets into the statement places in the script.
fn place(draft: &mut Draft, script: &Script, lines: &Lines, start: usize) {
    for span in &mut draft.spans {
        *span = Span { start: start + span.start, end: start + span.end };
        draft.locations.push(lines.place(&script.text, *span));
    }
    if draft.locations.is_empty() {
        draft.locations.push(Location { path: Arc::clone(&lines.path), line: 1, ..Location::default() });
    }
    for ask in &mut draft.asks {
        let Ask::Ready(advice) = ask else { continue };
        for edit in &mut advice.edits {
            edit.path = Arc::clone(&lines.path);
            edit.start += start as u64;
            edit.end += start as u64;
        }
    }
}

/// The statement on whose lines the draft's first place stands.
fn statement_at(script: &Script, draft: &Draft) -> Option<usize> {
    let line = draft.locations.first()?.line;
    script.statements.partition_point(|statement| statement.line as u64 <= line).checked_sub(1)
}
