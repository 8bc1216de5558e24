//! `migration/drop_constraint`: what kept rows right does so no longer.

use serde::Deserialize;

use crate::catalog::model::{Constraint, ConstraintKind, Table, TableName};
use crate::catalog::text::Text;
use crate::catalog::text::listed;
use crate::report::model::Confidence;
use crate::rules::StatementRule;
use crate::rules::draft::{Draft, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, ConstraintBody, ConstraintDef, Name};

use super::compat::{altered_earlier, altered_later, held, is_refused, runs};
use super::dependents::of_constraint;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx).filter(|_| !is_refused(cx)) else { return };
        let Some((table, found)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::DropConstraint { constraint, if_exists, cascade } = &action.kind else { continue };
            let known = found.and_then(|table| table.constraints.iter().find(|one| one.name == constraint.text));
            let takes_keys = || !of_constraint(cx.replay, &table, &constraint.text).is_empty();
            // drop_cascade speaks of those.
            if *cascade && (known.is_none() || takes_keys()) {
                continue;
            }
            match (known, found) {
                (Some(one), Some(table_def)) if is_missed(cx, alter, table_def, one) => {
                    out.find(missed(cx, action.span, &table, one));
                }
                (None, None) if !is_added_again(cx, alter, constraint) => {
                    let title = format!("{} of {} checks nothing from now on", constraint.text, table.name);
                    let detail = "Rows that it would have refused can come in, and it cannot be added again until they are out. It was not found in the \
                                  files that were given.";
                    out.find(held(cx, &table, cx.draft(action.span, title, detail)).confidence(Confidence::Medium));
                }
                // A NOT NULL by name (Postgres 18), or one whose table is known without it: the server decides.
                (None, Some(_))
                    if !if_exists && !is_added_again(cx, alter, constraint) && !is_not_null(found, constraint) =>
                {
                    let title = format!("{} of {} checks nothing from now on", constraint.text, table.name);
                    let detail =
                        "Rows that it would have refused can come in, and it cannot be added again until they are out.";
                    out.find(held(cx, &table, cx.draft(action.span, title, detail)).confidence(Confidence::Low));
                }
                _ => {}
            }
        }
    }
}

fn missed(cx: &StatementCx<'_>, span: crate::sql::facts::Span, table: &TableName, one: &Constraint) -> Draft {
    let columns = listed(&one.columns);
    match &one.kind {
        ConstraintKind::ForeignKey { references, .. } => {
            let title = format!(
                "Rows of {} can refer to rows of {} that do not exist from now on",
                table.name, references.name
            );
            let detail = "Each wrong row that comes in stands in the way of adding the foreign key again. Dropping it takes an ACCESS EXCLUSIVE \
                          lock on both tables, so queries on either wait behind it.";
            let draft = held(cx, table, cx.draft(span, title, detail));
            if references == table {
                return draft;
            }
            cx.effect.lock_on(references).into_iter().fold(draft, Draft::under)
        }
        ConstraintKind::PrimaryKey => {
            let title = format!("{} has no primary key from now on", table.name);
            let detail = "Duplicates can come in, queries lose its index, and where the table is published for logical replication every UPDATE and \
                          DELETE fails unless it has another replica identity.";
            held(cx, table, cx.draft(span, title, detail))
        }
        ConstraintKind::Unique | ConstraintKind::Exclusion => {
            let title = format!("Rows of {} that collide in {columns} can come in from now on", table.name);
            let detail = "ON CONFLICT on these columns fails at once, queries lose the index, and each collision that comes in stands in the way of \
                          adding the constraint again.";
            held(cx, table, cx.draft(span, title, detail))
        }
        ConstraintKind::Check { .. } | ConstraintKind::NotNull => {
            let title = format!("{} of {} checks nothing from now on", one.name, table.name);
            let detail =
                "Rows that it would have refused can come in, and it cannot be added again until they are out.";
            held(cx, table, cx.draft(span, title, detail))
        }
    }
}

/// Whether something is lost: not a constraint of this script, not a proof that has served, not one that another takes the place of, and
/// not one whose columns or table go too.
fn is_missed(cx: &StatementCx<'_>, alter: &AlterTable, table: &Table, one: &Constraint) -> bool {
    let new = one.defined_at.as_ref().is_some_and(|at| *at.path == *cx.script.path);
    !new && !is_proof(alter, table, one)
        && !proves_bound(cx, table, one)
        && !is_replaced(cx, alter, table, one)
        && !goes_anyway(cx, alter, one)
}

/// `CHECK (c IS NOT NULL)`, when c is NOT NULL by now or becomes so in the same statement.
fn is_proof(alter: &AlterTable, table: &Table, one: &Constraint) -> bool {
    let required = |column: &Text| {
        let now = |action: &ActionKind| matches!(action, ActionKind::SetNotNull(name) if name.text == *column);
        table.column(column).is_some_and(|column| column.not_null)
            || alter.actions.iter().any(|action| now(&action.kind))
    };
    is_not_null_check(one) && !one.columns.is_empty() && one.columns.iter().all(required)
}

/// A check over the partition key of what has become a partition: it spared ATTACH PARTITION the scan, and the bound says the same now.
fn proves_bound(cx: &StatementCx<'_>, table: &Table, one: &Constraint) -> bool {
    let parent = table.parent.as_ref().and_then(|parent| cx.replay.catalog().tables.get(parent));
    let Some(key) = parent.and_then(|parent| parent.partition_key.as_ref()) else { return false };
    let in_key = |column: &Text| key.contains(column.as_str());
    matches!(one.kind, ConstraintKind::Check { .. }) && !one.columns.is_empty() && one.columns.iter().all(in_key)
}

/// It says that columns hold no NULL, and nothing else.
fn is_not_null_check(one: &Constraint) -> bool {
    let ConstraintKind::Check { expression } = &one.kind else { return false };
    let words = expression.to_ascii_lowercase();
    let bare = words.trim_matches(|letter: char| letter == '(' || letter == ')' || letter.is_whitespace());
    bare.split(" and ").all(|part| part.trim_end_matches(')').ends_with("is not null")) && !bare.contains(" or ")
}

/// Another constraint (or unique index) of the kind stands on the same columns, or the script adds one.
fn is_replaced(cx: &StatementCx<'_>, alter: &AlterTable, table: &Table, one: &Constraint) -> bool {
    let set = |columns: &[Text]| columns.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    let alike = |other: &Constraint| {
        other.name != one.name
            && !is_not_null_check(other)
            && std::mem::discriminant(&other.kind) == std::mem::discriminant(&one.kind)
            && set(&other.columns) == set(&one.columns)
    };
    let unique = matches!(one.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique);
    let index = |index: &crate::catalog::model::Index| {
        let keys: Vec<Text> = index.keys.iter().map(|key| key.text.clone()).collect();
        unique
            && index.unique
            && index.valid
            && index.predicate.is_none()
            && index.name != one.name
            && set(&keys) == set(&one.columns)
    };
    table.constraints.iter().any(alike)
        || table.indexes.iter().any(index)
        || added(cx, alter).any(|def| takes_place(def, one))
}

/// Constraints that the script adds to the table, before or after the statement at hand or in it.
fn added<'a>(cx: &StatementCx<'a>, alter: &'a AlterTable) -> impl Iterator<Item = &'a ConstraintDef> {
    let others = altered_earlier(cx, &alter.name.name).chain(altered_later(cx, &alter.name.name));
    others.chain([alter]).flat_map(|alter| &alter.actions).filter_map(|action| match &action.kind {
        ActionKind::AddConstraint(def) => Some(def),
        _ => None,
    })
}

fn takes_place(def: &ConstraintDef, one: &Constraint) -> bool {
    let of = |names: &[Name]| names.iter().any(|name| one.columns.iter().any(|column| *column == name.text));
    let same_name = def.name.as_ref().is_some_and(|name| name.text == one.name);
    match (&def.body, &one.kind) {
        // A new primary key is what an old one is dropped for, whatever its columns.
        (ConstraintBody::PrimaryKey(_), ConstraintKind::PrimaryKey) => true,
        (ConstraintBody::PrimaryKey(key), ConstraintKind::Unique) => key.using_index.is_some() || of(&key.columns),
        (ConstraintBody::Unique(key), ConstraintKind::Unique | ConstraintKind::PrimaryKey) => {
            same_name || key.using_index.is_some() || of(&key.columns)
        }
        (ConstraintBody::ForeignKey(key), ConstraintKind::ForeignKey { .. }) => of(&key.columns),
        (ConstraintBody::Check(expression), ConstraintKind::Check { .. }) => {
            same_name || one.columns.iter().any(|column| expression.text.contains(column.as_str()))
        }
        (ConstraintBody::Exclusion { .. }, ConstraintKind::Exclusion) => true,
        _ => false,
    }
}

fn is_added_again(cx: &StatementCx<'_>, alter: &AlterTable, constraint: &Name) -> bool {
    added(cx, alter).any(|def| def.name.as_ref().is_some_and(|name| name.text == constraint.text))
}

/// Its table, its parent or one of its columns is dropped by the script: the finding about that says more.
fn goes_anyway(cx: &StatementCx<'_>, alter: &AlterTable, one: &Constraint) -> bool {
    let parent = match &one.kind {
        ConstraintKind::ForeignKey { references, .. } => Some(references.name.as_str()),
        _ => None,
    };
    let drops_column = |alter: &AlterTable| {
        let column = |action: &ActionKind| matches!(action, ActionKind::DropColumn { column, .. } if one.columns.iter().any(|own| *own == column.text));
        alter.actions.iter().any(|action| column(&action.kind))
    };
    let mut gone = std::iter::once(alter.name.name.as_str()).chain(parent);
    drops_column(alter)
        || gone.any(|name| cx.names().is_dropped_after(cx.statement.direction, name, cx.start))
        || altered_later(cx, &alter.name.name).any(drops_column)
}

/// Constraints that the server names by itself for NOT NULL: `t_c_not_null`.
fn is_not_null(found: Option<&Table>, constraint: &Name) -> bool {
    found.is_some_and(|table| {
        table.columns.iter().any(|column| constraint.text.ends_with(&format!("_{}_not_null", column.name)))
    })
}
