//! A statement's effect in; the work that clients wait for, and the clause that makes it, out.

use crate::effect::model::Cause;
use crate::effect::{LockMode, Work, WorkKind};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable};
use crate::sql::facts::Span;

/// Work of these causes on tables that clients can be using, once for each clause: the partitions of a table are many, the
/// decision is one.
pub fn hurting<'e>(cx: &StatementCx<'e>, causes: &[Cause]) -> Vec<&'e Work> {
    let mut found: Vec<&Work> = Vec::new();
    for work in cx.effect.works.iter().filter(|work| causes.contains(&work.cause)) {
        let said = found.iter().any(|one| one.span == work.span);
        if !said && cx.newness(&work.on) == Newness::Old {
            found.push(work);
        }
    }
    found
}

/// As [`hurting`], with the action of ALTER TABLE that makes the work. What else an added column costs is left out where the
/// table is rewritten for it: one clause, one finding.
pub fn actions<'e>(cx: &StatementCx<'e>, causes: &[Cause]) -> Vec<(&'e AlterTable, &'e Action, &'e Work)> {
    let Some(Ddl::AlterTable(alter)) = cx.ddl() else { return Vec::new() };
    let rewrites = || cx.effect.works.iter().filter(|work| work.kind == WorkKind::Rewrite);
    let with_action = |work: &'e Work| {
        let action = action_at(alter, work.span)?;
        let adds = matches!(action.kind, ActionKind::AddColumn { .. });
        let lesser = adds && work.kind != WorkKind::Rewrite && rewrites().any(|one| inside(one.span, action.span));
        (!lesser).then_some((alter, action, work))
    };
    hurting(cx, causes).into_iter().filter_map(with_action).collect()
}

/// The action that the span is a part of.
pub fn action_at(alter: &AlterTable, span: Span) -> Option<&Action> {
    alter.actions.iter().find(|action| inside(span, action.span))
}

fn inside(span: Span, outer: Span) -> bool {
    outer.start <= span.start && span.end <= outer.end
}

/// Whether the statement can be one that refuses a transaction: it commits by itself and stands in no block of code.
pub fn alone(cx: &StatementCx<'_>) -> bool {
    cx.statement.transaction.is_none() && cx.within.is_none()
}

/// Whether the statement does its work in several transactions: ended half-way it leaves an index invalid, or a partition half detached.
pub fn goes_in_steps(ddl: &Ddl) -> bool {
    match ddl {
        Ddl::CreateIndex(index) => index.concurrently,
        Ddl::Drop(drop) => drop.concurrently,
        Ddl::Reindex(reindex) => reindex.concurrently,
        Ddl::AlterTable(alter) => alter
            .actions
            .iter()
            .any(|action| matches!(action.kind, ActionKind::DetachPartition { concurrently: true, .. })),
        _ => false,
    }
}

/// Who waits for the work, as the end of a sentence.
pub fn waits(work: &Work) -> &'static str {
    match work.under {
        mode if mode.blocks_reads() => "nobody reads or writes the table meanwhile",
        mode if mode.blocks_writes() => "every INSERT, UPDATE and DELETE waits meanwhile",
        LockMode::AccessShare | LockMode::RowShare | LockMode::RowExclusive => "schema changes wait meanwhile",
        _ => "schema changes and VACUUM wait meanwhile",
    }
}
