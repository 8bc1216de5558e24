//! Lines that do not fit, one warning for each way in which they do not, and what the text as a whole shows.

use std::borrow::Cow;

use super::super::document::Document;
use super::super::model::{Key, Plan, Warning};
use super::lines::balance;

/// How a line does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    Indentation,
    Cut,
    Unknown,
    Repeated,
    Value,
    NodeBelow,
    NoArrow,
    Headless,
    Nameless,
    Second,
}

impl Oddity {
    fn message(self) -> &'static str {
        match self {
            Oddity::Indentation => "the indentation fits no node above: the tree may be wrong here",
            Oddity::Cut => "the line is cut off",
            Oddity::Unknown => "the line is no part of a plan",
            Oddity::Repeated => {
                "the node has this property already: a line was repeated, or the line of a node is missing"
            }
            Oddity::Value => "the value is not what a server prints here: the line is damaged",
            Oddity::NodeBelow => "a node stands below the end of the plan: lines are missing or out of order",
            Oddity::NoArrow => "a node has lost its arrow: the tree may be wrong here",
            Oddity::Headless => "the plan's first lines are missing",
            Oddity::Nameless => "a sub-plan's name has no node below it",
            Oddity::Second => "a second plan begins: it was not read",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Oddity::Second => "Give one plan at a time, or separate them by a blank line.",
            Oddity::Headless => "Paste the whole plan, from its first line on.",
            _ => "Paste the plan again as the server printed it, or use EXPLAIN (FORMAT JSON).",
        }
    }
}

/// The first line of each kind, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Oddities(Vec<(Oddity, u32, u32)>);

impl Oddities {
    pub(super) fn add(&mut self, oddity: Oddity, line: u32) {
        match self.0.iter_mut().find(|(known, ..)| *known == oddity) {
            Some((.., count)) => *count += 1,
            None => self.0.push((oddity, line, 1)),
        }
    }

    /// Unless it was noticed before.
    pub(super) fn once(&mut self, oddity: Oddity, line: u32) {
        if !self.0.iter().any(|(known, ..)| *known == oddity) {
            self.add(oddity, line);
        }
    }

    pub(super) fn report(&self, plan: &mut Plan) {
        plan.warnings.reserve_exact(self.0.len());
        for (oddity, line, count) in &self.0 {
            let message = match count {
                1 => Cow::Borrowed(oddity.message()),
                count => Cow::Owned(format!("{} (so in {count} lines)", oddity.message())),
            };
            plan.warnings.push(Warning::new(*line, message, oddity.hint()));
        }
    }
}

/// Conditions that a server always writes with balanced parentheses: a line that has others was wrapped or cut.
pub(super) fn is_balanced(key: &Key, value: &str) -> bool {
    let is_expression = matches!(
        key,
        Key::Filter
            | Key::IndexCond
            | Key::RecheckCond
            | Key::HashCond
            | Key::MergeCond
            | Key::JoinFilter
            | Key::TidCond
            | Key::OrderBy
            | Key::OneTimeFilter
            | Key::RunCondition
            | Key::FunctionCall
            | Key::SortKey
            | Key::PresortedKey
            | Key::GroupKey
            | Key::HashKey
            | Key::CacheKey
            | Key::Output
            | Key::ConflictFilter
    );
    !is_expression || (!value.is_empty() && balance(None, value) == (None, 0))
}

/// Keys that a node has once.
pub(super) fn is_single(key: &Key) -> bool {
    !matches!(
        key,
        Key::Other(_)
            | Key::GroupKey
            | Key::HashKey
            | Key::SortKey
            | Key::TargetTable
            | Key::RemoteSql
            | Key::BatchSize
            | Key::Relations
    )
}

/// What only the whole text shows.
pub(super) fn document(document: &Document<'_>, plan: &mut Plan) {
    rows(document, plan);
    unfinished(plan);
}

/// The client counts the lines that it prints.
fn rows(document: &Document<'_>, plan: &mut Plan) {
    let Some(rows) = document.rows else { return };
    let here = document.text.trim_end().lines().count() as u64;
    if rows != here {
        let message = format!("the client printed {rows} lines, here are {here}");
        plan.warnings.push(Warning::new(0, message, "Paste the plan again: lines were lost or added."));
    }
}

/// `ExplainOnePlan` prints both times or none when a statement was executed.
fn unfinished(plan: &mut Plan) {
    if plan.has.analyze && plan.planning_ms.is_some() && plan.execution_ms.is_none() {
        plan.warnings.push(Warning::new(
            0,
            "the execution time is missing: the end of the plan is cut off",
            "Paste the whole plan, to its last line.",
        ));
    }
}
