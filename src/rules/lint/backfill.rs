//! Statements that change very many rows at once, told from those that change few.

use rustc_hash::FxHashMap;

use crate::catalog::model::{ConstraintKind, TableName};
use crate::catalog::text::Text;
use crate::effect::Lock;
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Step;
use crate::script::model::{Content, Script, Transaction};
use crate::sql::StatementKind;
use crate::sql::facts::{CompareOp, Facts, Operand, Predicate, Relation, Test, Value};

/// What a statement writes: every row that its condition finds, or few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Few,
    Many,
}

/// Of UPDATE, DELETE and MERGE. Rows named by a unique key, a slice of one, or a limit are few.
pub fn reach(facts: &Facts, unique: &dyn Fn(&[&str]) -> bool) -> Reach {
    match facts.kind {
        StatementKind::Update | StatementKind::Delete => reach_of(facts, 0, unique),
        StatementKind::Merge if facts.write.as_ref().is_some_and(|write| write.changes_matched) => {
            reach_of_merge(facts, unique)
        }
        _ => Reach::Few,
    }
}

/// As many rows as its source has: those of a table, or those that a sub-select of one finds. Of a VALUES list they are few.
fn reach_of_merge(facts: &Facts, unique: &dyn Fn(&[&str]) -> bool) -> Reach {
    let Some(source) = facts.blocks.first().and_then(|block| block.sources.get(1)) else { return Reach::Few };
    let on: Vec<&str> = source.on.iter().filter_map(constant).collect();
    match &source.relation {
        _ if unique(&on) => Reach::Few,
        Relation::Table(_) => Reach::Many,
        Relation::Derived(block) if facts.blocks.get(*block).is_some_and(|block| !block.sources.is_empty()) => {
            reach_of(facts, *block, unique)
        }
        _ => Reach::Few,
    }
}

/// Of the UPDATE or DELETE whose conditions stand in the block.
pub fn reach_of(facts: &Facts, block: usize, unique: &dyn Fn(&[&str]) -> bool) -> Reach {
    let limited = facts.blocks.iter().any(|block| block.limit.is_some());
    let Some(block) = facts.blocks.get(block) else { return Reach::Many };
    let equal: Vec<&str> = block.filters.iter().filter_map(named).collect();
    let slice = block.filters.iter().filter_map(bounded).collect::<Vec<_>>();
    let lower_and_upper = slice.iter().any(|(name, from)| {
        *from == Side::Both || slice.iter().any(|(other, side)| other == name && *side != *from && *side != Side::Both)
    });
    if limited || lower_and_upper || unique(&equal) { Reach::Few } else { Reach::Many }
}

/// Whether these columns hold a key of the table, as far as the catalog knows; `id` does where it knows nothing.
pub fn unique_in(cx: &StatementCx<'_>, table: &TableName, columns: &[&str]) -> bool {
    let Some(known) = cx.replay.catalog().tables.get(table) else { return columns.contains(&"id") };
    let covers = |key: &[Text]| !key.is_empty() && key.iter().all(|name| columns.contains(&name.as_str()));
    let constraint = |kind: &ConstraintKind| matches!(kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
    known.constraints.iter().any(|one| constraint(&one.kind) && covers(&one.columns))
        || known.indexes.iter().any(|index| {
            let keys = || index.keys.iter().map(|key| key.text.clone()).collect::<Vec<Text>>();
            index.unique && index.predicate.is_none() && covers(&keys())
        })
}

fn column(operand: &Operand) -> Option<&str> {
    if let Value::Column(column) = &operand.value { Some(&column.name) } else { None }
}

/// The column of `column = constant` and `column IN (few constants)`.
fn named(predicate: &Predicate) -> Option<&str> {
    match &predicate.test {
        Test::Compare { left, op: CompareOp::Eq, right } => match (column(left), column(right)) {
            (Some(name), None) | (None, Some(name)) => Some(name),
            _ => None,
        },
        Test::InList { operand, negated: false, items } if items.len() <= FEW => column(operand),
        _ => None,
    }
}

/// The column of `column = constant`, not of `t.id = s.id`.
fn constant(predicate: &Predicate) -> Option<&str> {
    match &predicate.test {
        Test::Compare { left, right, .. } if column(left).is_some() && column(right).is_some() => None,
        _ => named(predicate),
    }
}

/// Rows that nobody waits for.
const FEW: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Lower,
    Upper,
    Both,
}

/// The column of a comparison that bounds it, and from which side.
fn bounded(predicate: &Predicate) -> Option<(&str, Side)> {
    match &predicate.test {
        Test::Compare { left, op, .. } => {
            let side = match op {
                CompareOp::Gt | CompareOp::GtEq => Side::Lower,
                CompareOp::Lt | CompareOp::LtEq => Side::Upper,
                _ => return None,
            };
            Some((column(left)?, side))
        }
        Test::Between { operand, negated: false, .. } => Some((column(operand)?, Side::Both)),
        _ => None,
    }
}

/// The content of a step's statement, and the inner one that it is.
pub fn content_of<'s>(script: &'s Script, step: &Step) -> Option<&'s Content> {
    let statement = script.statements.get(step.statement)?;
    match step.inner {
        Some(inner) => statement.inner.get(inner).map(|inner| &inner.content),
        None => Some(&statement.content),
    }
}

/// Of each transaction the step that first took a lock which reads of clients wait for.
#[derive(Debug, Default)]
pub struct Held(FxHashMap<Transaction, usize>);

impl Held {
    pub fn of(steps: &[Step]) -> Self {
        let mut first = FxHashMap::default();
        for (at, step) in steps.iter().enumerate() {
            if let Some(transaction) = step.transaction.filter(|_| blocking(step).is_some()) {
                first.entry(transaction).or_insert(at);
            }
        }
        Held(first)
    }

    /// That lock, if another statement took it before the step at `at`.
    pub fn before<'s>(&self, steps: &'s [Step], at: usize) -> Option<(&'s Step, &'s Lock)> {
        let step = steps.get(at)?;
        let first = *self.0.get(&step.transaction?)?;
        let before = steps[..at].get(first).filter(|before| before.statement != step.statement)?;
        Some((before, blocking(before)?))
    }
}

fn blocking(step: &Step) -> Option<&Lock> {
    step.shared.iter().find(|lock| lock.mode.blocks_reads())
}

/// Whether the statement at hand, of a DO block, stands in a loop whose rounds commit.
pub fn commits_between(cx: &StatementCx<'_>) -> bool {
    cx.statement.transaction.is_none() && cx.names().commits_within(cx.number)
}
