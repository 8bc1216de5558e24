//! An effect in the making, with the catalog that it is read from.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::apply::Replay;
use crate::catalog::model::{ConstraintKind, Table, TableKind, TableName};
use crate::sql::ddl::model::QualifiedName;
use crate::sql::facts::{Output, Span, facts};

use super::LockMode;
use super::model::{Cause, Effect, Failure, Lock, Version, Work, WorkKind};

pub(super) struct Draft<'a> {
    pub replay: &'a Replay,
    pub version: Version,
    effect: Effect,
    /// Where the lock of each table stands, once there are so many that looking through them takes long.
    places: FxHashMap<TableName, usize>,
}

/// Locks that are looked through one by one.
const FEW_LOCKS: usize = 32;

impl<'a> Draft<'a> {
    pub fn new(replay: &'a Replay, version: Version) -> Self {
        Draft { replay, version, effect: Effect::default(), places: FxHashMap::default() }
    }

    pub fn lock(&mut self, on: &TableName, mode: LockMode, span: Span) {
        let found = self.place(on);
        let locks = &mut self.effect.locks;
        match found.and_then(|at| locks.get_mut(at)) {
            Some(held) if held.mode >= mode => {}
            Some(held) => (held.mode, held.span) = (mode, span),
            None => locks.push(Lock { on: on.clone(), mode, span }),
        }
        let from = self.places.len();
        if self.effect.locks.len() > FEW_LOCKS {
            let new = self.effect.locks.iter().enumerate().skip(from);
            self.places.extend(new.map(|(at, lock)| (lock.on.clone(), at)));
        }
    }

    fn place(&self, on: &TableName) -> Option<usize> {
        if self.places.is_empty() {
            self.effect.locks.iter().position(|lock| lock.on == *on)
        } else {
            self.places.get(on).copied()
        }
    }

    pub fn lock_all<'n>(&mut self, on: impl IntoIterator<Item = &'n TableName>, mode: LockMode, span: Span) {
        on.into_iter().for_each(|table| self.lock(table, mode, span));
    }

    /// Work on every one of these that has rows of its own.
    pub fn work<'n>(&mut self, kind: WorkKind, on: impl IntoIterator<Item = &'n TableName>, cause: Cause, span: Span) {
        for table in on {
            if self.has_rows(table) {
                // The mode is known when all locks are.
                let under = LockMode::AccessShare;
                self.effect.works.push(Work { kind, on: table.clone(), cause, under, span });
            }
        }
    }

    pub fn fail(&mut self, code: &'static str, message: impl Into<String>, span: Span) {
        self.effect.fails.push(Failure { code, message: message.into(), span });
    }

    pub fn finish(self) -> Effect {
        let under: Vec<LockMode> = self.effect.works.iter().map(|work| self.mode_on(&work.on)).collect();
        let mut effect = self.effect;
        for (work, under) in effect.works.iter_mut().zip(under) {
            work.under = under;
        }
        let rewrites = effect.works.iter().filter(|work| work.kind == WorkKind::Rewrite);
        let rewritten: FxHashSet<TableName> = rewrites.map(|work| work.on.clone()).collect();
        // What is checked of a table's own rows is checked while they are copied (`ATRewriteTable`); foreign keys are looked at
        // afterwards.
        effect.works.retain(|work| {
            work.kind != WorkKind::Scan || work.cause == Cause::ForeignKey || !rewritten.contains(&work.on)
        });
        effect
    }

    fn mode_on(&self, table: &TableName) -> LockMode {
        let held = self.place(table).and_then(|at| self.effect.locks.get(at));
        held.map_or(LockMode::AccessShare, |lock| lock.mode)
    }

    pub fn name(&self, name: &QualifiedName) -> TableName {
        self.replay.name(name)
    }

    pub fn table(&self, name: &TableName) -> Option<&'a Table> {
        self.replay.catalog().tables.get(name)
    }

    pub fn is_partitioned(&self, name: &TableName) -> bool {
        self.table(name).is_some_and(|table| table.partition_key.is_some() || table.kind == TableKind::Partitioned)
    }

    /// The rows of a partitioned table are its partitions'. Where no partition is known they are taken to be the parent's own, so that
    /// the work is not lost (partitions may be made by a tool).
    fn has_rows(&self, name: &TableName) -> bool {
        let Some(table) = self.table(name) else { return true };
        match table.kind {
            TableKind::View | TableKind::Foreign => false,
            _ => !self.is_partitioned(name) || !self.has_children(name),
        }
    }

    /// Whether it has partitions or inheritance children.
    pub fn has_children(&self, parent: &TableName) -> bool {
        self.replay.has_children(parent)
    }

    /// The table and everything below it.
    pub fn family(&self, root: &TableName) -> Vec<TableName> {
        self.replay.family(root)
    }

    /// The partition FOR VALUES … DEFAULT, as far as its definition was seen.
    pub fn default_partition(&self, parent: &TableName) -> Option<TableName> {
        self.replay.default_partition(parent)
    }

    /// A partitioned table's family; of any other table itself, because what is asked for is not inherited.
    pub fn partitions(&self, root: &TableName) -> Vec<TableName> {
        if self.is_partitioned(root) { self.family(root) } else { vec![root.clone()] }
    }

    /// Views that read the table (or this column of it), those that read such views among them; with whether it is certain that what is
    /// asked for is read by the view itself.
    pub fn views_of(&self, table: &TableName, column: Option<&str>) -> Vec<(TableName, bool)> {
        let mut found: Vec<(TableName, bool)> = Vec::new();
        for (name, view, read) in self.replay.reading(table) {
            if column.is_none_or(|column| read.iter().any(|one| one == column)) {
                // The name may be that of another table's column, or one that the view gives.
                let certain = column.is_none_or(|column| view.reads.len() == 1 && names_column(view, column));
                found.push((name.clone(), certain));
            }
        }
        let mut met: FxHashSet<TableName> = found.iter().map(|(name, _)| name.clone()).collect();
        let mut at = 0;
        while let Some((view, _)) = found.get(at).cloned() {
            for (name, ..) in self.replay.reading(&view) {
                if met.insert(name.clone()) {
                    found.push((name.clone(), false));
                }
            }
            at += 1;
        }
        found
    }

    /// What becomes of views when what they read is dropped; `named` go in the same statement.
    pub fn views_go(
        &mut self,
        table: &TableName,
        column: Option<&str>,
        cascade: bool,
        named: &FxHashSet<TableName>,
        span: Span,
    ) {
        for (view, certain) in self.views_of(table, column) {
            if named.contains(&view) {
                continue;
            }
            if cascade {
                self.lock(&view, LockMode::AccessExclusive, span);
            } else if certain {
                self.fail("2BP01", format!("{view} depends on {table}"), span);
            }
        }
    }

    /// Tables that the table's foreign keys point at.
    pub fn referenced(&self, table: &TableName) -> Vec<TableName> {
        let constraints = self.table(table).into_iter().flat_map(|table| &table.constraints);
        constraints
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::ForeignKey { references, .. } => Some(references.clone()),
                _ => None,
            })
            .collect()
    }

    /// Tables with a foreign key that points at this one.
    pub fn referencing(&self, table: &TableName) -> Vec<TableName> {
        self.replay.referencing(table)
    }
}

/// Whether the view's query refers to a column of that name, and gives it to nothing else.
fn names_column(view: &Table, column: &str) -> bool {
    let Some(query) = view.query.as_deref() else { return true };
    let facts = facts(query);
    let outputs = || facts.blocks.iter().flat_map(|block| &block.projection);
    let star = outputs().any(|output| matches!(output, Output::Star { .. }));
    let alias = outputs().any(|output| matches!(output, Output::Expr { alias: Some(alias), .. } if alias == column));
    let used = facts.blocks.iter().flat_map(|block| &block.uses).any(|used| used.column.name == column);
    star || used && !alias
}
