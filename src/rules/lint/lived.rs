//! What happened so far in a script: its open transaction with the locks it holds, the settings of its session, and what it
//! has created.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::apply::Replay;
use crate::catalog::model::{Table, TableName};
use crate::effect::{Effect, Lock};
use crate::script::model::{Content, Script, Transaction};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ObjectKind, QualifiedName, RoutineKind, Scope, Setting};
use crate::sql::facts::Level;

use super::backfill::{Reach, reach, unique_in};
use super::context::StatementCx;
use super::target::Target;

/// Up to the statement at hand.
#[derive(Clone, Debug, Default)]
pub struct Lived {
    /// The transaction that is open.
    pub transaction: Option<Open>,
    /// Settings of the session in force (`lock_timeout` → `5s`), those of the transaction among them.
    pub settings: BTreeMap<String, String>,
    /// What this script created, by name without its schema.
    pub created: BTreeSet<(ObjectKind, String)>,
    changeset: usize,
}

/// A transaction as it stands.
#[derive(Clone, Debug)]
pub struct Open {
    pub transaction: Transaction,
    /// The strongest lock on each table; of equals the last.
    pub locks: FxHashMap<TableName, Lock>,
    /// The statement that first took a lock which reads of clients wait for.
    pub first_blocking: Option<usize>,
    /// Constraints added NOT VALID in it.
    pub not_valid: FxHashSet<(TableName, String)>,
    /// What SET LOCAL hides, to come back with the transaction's end.
    pub hidden: BTreeMap<String, Option<String>>,
}

/// One statement with what it did, for rules about a whole script.
#[derive(Clone, Debug)]
pub struct Step {
    /// Into the script's statements.
    pub statement: usize,
    /// Into that statement's `inner`, for a statement of a DO block.
    pub inner: Option<usize>,
    pub effect: Effect,
    /// Locks of `effect` on tables that clients can be using: not made by this script, not temporary.
    pub shared: Vec<Lock>,
    pub transaction: Option<Transaction>,
    /// `lock_timeout` and `statement_timeout` in force.
    pub lock_timeout: Option<String>,
    pub statement_timeout: Option<String>,
    /// Tables that it writes rows to, and that clients can be using.
    pub writes: Vec<TableName>,
    /// It is an UPDATE or DELETE of them that does not name few rows.
    pub changes_many: bool,
}

impl Step {
    /// What the statement does, for rules about the whole script; its effect comes last.
    pub(super) fn of(cx: &StatementCx<'_>, inner: Option<usize>) -> Self {
        let in_use = |on: &TableName| cx.newness(on) == Newness::Old;
        let setting = |name: &str| cx.lived.settings.get(name).cloned();
        let writes: Vec<TableName> = written(cx.content, cx.replay).into_iter().filter(in_use).collect();
        let changes_many = writes.first().zip(cx.facts()).is_some_and(|(table, facts)| {
            facts.level == Level::Parsed && reach(facts, &|columns| unique_in(cx, table, columns)) == Reach::Many
        });
        Step {
            statement: cx.number,
            inner,
            shared: cx.effect.locks.iter().filter(|lock| in_use(&lock.on)).cloned().collect(),
            effect: Effect::default(),
            transaction: cx.statement.transaction,
            lock_timeout: setting("lock_timeout"),
            statement_timeout: setting("statement_timeout"),
            writes,
            changes_many,
        }
    }
}

/// Whether clients can be using a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newness {
    /// It was there before this script, or nothing is known of it.
    Old,
    /// This script made it, or this deploy (see `Target::deployed`).
    New,
    Temporary,
}

/// Tells of a table on a line of a script; `found` is what the catalog knows of it.
pub fn newness(
    name: &TableName,
    found: Option<&Table>,
    (script, line): (&Script, usize),
    target: &Target<'_>,
) -> Newness {
    if name.schema == "pg_temp" {
        return Newness::Temporary;
    }
    // A changeset that has run stays in its file, and does not run again.
    let together = |at: usize| !target.grown.contains(&script.path) || script.changeset(at) == script.changeset(line);
    match found.and_then(|table| table.defined_at.as_ref()) {
        Some(at) if (*at.path == *script.path && together(at.line as usize)) || target.is_deployed(&at.path) => {
            Newness::New
        }
        _ => Newness::Old,
    }
}

/// Whether a setting of a timeout is a limit.
pub fn limits(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value.trim(), "0" | "0s" | "0ms" | ""))
}

impl Open {
    fn take(&mut self, lock: &Lock, statement: usize) {
        if lock.mode.blocks_reads() {
            self.first_blocking.get_or_insert(statement);
        }
        match self.locks.get_mut(&lock.on) {
            Some(held) if held.mode > lock.mode => {}
            Some(held) => held.clone_from(lock),
            None => drop(self.locks.insert(lock.on.clone(), lock.clone())),
        }
    }
}

impl Lived {
    /// The next statement stands in this transaction; gives whether that is another than before, or none.
    pub(super) fn enter(&mut self, transaction: Option<Transaction>) -> bool {
        if self.transaction.as_ref().map(|open| open.transaction) == transaction {
            return false;
        }
        for (name, value) in self.transaction.take().into_iter().flat_map(|open| open.hidden) {
            match value {
                Some(value) => self.settings.insert(name, value),
                None => self.settings.remove(&name),
            };
        }
        self.transaction = transaction.map(|transaction| Open {
            transaction,
            locks: FxHashMap::default(),
            first_blocking: None,
            not_valid: FxHashSet::default(),
            hidden: BTreeMap::new(),
        });
        true
    }

    /// The next statement stands in this changeset; what others made is not new.
    pub(super) fn enter_changeset(&mut self, changeset: usize) {
        if self.changeset != changeset {
            self.created.clear();
        }
        self.changeset = changeset;
    }

    /// The statement has run.
    pub(super) fn live(&mut self, content: &Content, number: usize, step: &Step, replay: &Replay) {
        if let Some(ddl) = content.ddl() {
            self.made(ddl);
            self.settle(ddl);
            if let Some(open) = &mut self.transaction {
                open.not_valid.extend(not_valid(ddl, replay));
            }
        }
        if let Some(open) = &mut self.transaction {
            for lock in &step.shared {
                open.take(lock, number);
            }
        }
    }

    fn settle(&mut self, ddl: &Ddl) {
        match ddl {
            Ddl::Set(Setting { name, value, scope, .. }) => self.set(name, value.clone(), *scope),
            Ddl::Reset(Some(name)) => self.set(&name.text, None, Scope::Session),
            Ddl::Reset(None) => self.settings.clear(),
            _ => {}
        }
    }

    /// A setting, for the session or (`SET LOCAL`) for the transaction that is open; without one it does nothing.
    fn set(&mut self, name: &str, value: Option<String>, scope: Scope) {
        if scope == Scope::Local {
            let Some(open) = &mut self.transaction else { return };
            open.hidden.entry(name.to_owned()).or_insert_with(|| self.settings.get(name).cloned());
        }
        match value {
            Some(value) => self.settings.insert(name.to_owned(), value),
            None => self.settings.remove(name),
        };
    }

    fn made(&mut self, ddl: &Ddl) {
        let (kind, name) = match ddl {
            Ddl::CreateTable(table) if table.foreign => (ObjectKind::ForeignTable, &table.name.name),
            Ddl::CreateTable(table) => (ObjectKind::Table, &table.name.name),
            Ddl::CreateIndex(index) => match &index.name {
                Some(name) => (ObjectKind::Index, &name.text),
                None => return,
            },
            Ddl::CreateView(view) if view.materialized => (ObjectKind::MaterializedView, &view.name.name),
            Ddl::CreateView(view) => (ObjectKind::View, &view.name.name),
            Ddl::CreateType(def) => (ObjectKind::Type, &def.name.name),
            Ddl::CreateSchema(schema) => (ObjectKind::Schema, &schema.name.text),
            Ddl::CreateExtension(extension) => (ObjectKind::Extension, &extension.name.text),
            Ddl::CreateSequence(sequence) => (ObjectKind::Sequence, &sequence.name.name),
            Ddl::Routine(routine) if routine.kind == RoutineKind::Procedure => {
                (ObjectKind::Procedure, &routine.name.name)
            }
            Ddl::Routine(routine) => (ObjectKind::Function, &routine.name.name),
            Ddl::CreateTrigger(trigger) => (ObjectKind::Trigger, &trigger.name.text),
            Ddl::CreatePolicy(policy) => (ObjectKind::Policy, &policy.name.text),
            _ => return,
        };
        self.created.insert((kind, name.clone()));
    }
}

fn not_valid(ddl: &Ddl, replay: &Replay) -> Vec<(TableName, String)> {
    let Ddl::AlterTable(alter) = ddl else { return Vec::new() };
    let table = replay.name(&alter.name);
    let added = alter.actions.iter().filter_map(|action| match &action.kind {
        ActionKind::AddConstraint(constraint) if constraint.not_valid.is_some() => constraint.name.as_ref(),
        _ => None,
    });
    added.map(|name| (table.clone(), name.text.clone())).collect()
}

/// Tables that a statement writes rows to.
pub(super) fn written(content: &Content, replay: &Replay) -> Vec<TableName> {
    let Some(write) = content.facts().and_then(|facts| facts.write.as_ref()) else { return Vec::new() };
    let (schema, name) = (write.target.schema.clone(), write.target.name.clone());
    vec![replay.name(&QualifiedName { schema, name, span: write.target_span })]
}
