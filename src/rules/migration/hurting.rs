//! A statement's effect in; the work that clients wait for, and the clause that makes it, out.

use crate::catalog::model::TableName;
use crate::effect::model::Cause;
use crate::effect::{LockMode, Work, WorkKind};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::script::model::Content;
use crate::sql::StatementKind;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, QualifiedName};
use crate::sql::facts::Span;

use super::compat::is_refused;

/// Work of these causes on tables that clients can be using, once for each clause: the partitions of a table are many, the
/// decision is one.
pub fn hurting<'e>(cx: &StatementCx<'e>, causes: &[Cause]) -> Vec<&'e Work> {
    let mut found: Vec<&Work> = Vec::new();
    if is_refused(cx) {
        return found;
    }
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

/// As [`actions`], on tables that this script made and filled: nobody waits for them, but for what the work locks besides.
pub fn actions_on_filled<'e>(cx: &StatementCx<'e>, cause: Cause) -> Vec<(&'e AlterTable, &'e Action, &'e Work)> {
    let Some(Ddl::AlterTable(alter)) = cx.ddl() else { return Vec::new() };
    let new = cx.effect.works_of(cause).filter(|work| cx.newness(&work.on) == Newness::New && is_filled(cx, &work.on));
    new.filter_map(|work| Some((alter, action_at(alter, work.span)?, work))).collect()
}

/// Whether an earlier statement of the script filled the table from a query or a file.
fn is_filled(cx: &StatementCx<'_>, table: &TableName) -> bool {
    let name_of = |name: &QualifiedName| cx.replay.name(name) == *table;
    cx.script.statements.iter().take(cx.number).any(|statement| match &statement.content {
        Content::Ddl(ddl) => match &**ddl {
            Ddl::CreateTable(made) => made.as_query.is_some() && !made.with_no_data && name_of(&made.name),
            _ => false,
        },
        Content::Query(facts) => facts.write.as_ref().is_some_and(|write| {
            let target = QualifiedName {
                schema: write.target.schema.clone(),
                name: write.target.name.clone(),
                span: write.target_span,
            };
            facts.kind == StatementKind::Insert && write.values_rows.is_none() && name_of(&target)
        }),
        _ => false,
    })
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
