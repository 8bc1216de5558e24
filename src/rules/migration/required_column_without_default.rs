//! `migration/required_column_without_default`: a NOT NULL column that the rows which are there have no value for.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::report::model::Confidence;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, ColumnDef, ConstraintBody, ConstraintDef};
use crate::sql::facts::Span;

use super::steps::{self, Step, backfill, not_null_steps, spelled, without};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = cx.ddl().filter(|_| !cx.effect.locks.is_empty()) else { return };
        let Some((table, found)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::AddColumn { column, constraints, if_not_exists } = &action.kind else { continue };
            let present = found.is_some_and(|table| table.column(&column.name.text).is_some());
            let Some(span) = required(column, constraints).filter(|_| !(present && *if_not_exists)) else { continue };
            let title = format!("{} fails as soon as {} holds a row", column.name.text, table.name);
            let detail = "The rows that are there get NULL in the new column, which NOT NULL refuses. On an empty table it works, and \
                          then INSERTs of code that does not know the column yet fail.";
            let work = cx.effect.works.iter().find(|work| work.cause == Cause::SetNotNull && work.on == table);
            let mut draft = match work {
                Some(work) => cx.working(work, title, detail),
                None => cx.draft(span, title, detail),
            };
            // It makes no difference how large the table is.
            draft.grows_with = None;
            let domain =
                column.type_name.as_ref().is_some_and(|of| cx.replay.catalog().types.contains_key(&of.canonical));
            if domain {
                // A domain can have a default.
                draft = draft.confidence(Confidence::Medium);
            }
            let draft = draft.evidence(documented("error", "23502 not_null_violation"));
            out.find(draft.ask(Ask::Ready(in_steps(cx, alter, action, column, constraints))));
        }
    }
}

/// The NOT NULL, or the PRIMARY KEY that means it, of a column without a value.
pub(super) fn required(column: &ColumnDef, constraints: &[ConstraintDef]) -> Option<Span> {
    let null = |text: &str| text.trim().eq_ignore_ascii_case("null");
    let valueless = column.default.as_ref().is_none_or(|default| null(&default.text))
        && column.identity.is_none()
        && column.generated.is_none()
        && column.type_name.as_ref().is_none_or(|of| !of.serial);
    let key = constraints.iter().find(|one| matches!(one.body, ConstraintBody::PrimaryKey(_))).map(|one| one.span);
    column.not_null.or(key).filter(|_| valueless)
}

fn in_steps(
    cx: &StatementCx<'_>,
    alter: &AlterTable,
    action: &Action,
    column: &ColumnDef,
    constraints: &[ConstraintDef],
) -> Advice {
    let (table, name) = (spelled(cx, &alter.name), column.name.span.of(cx.text));
    let key = constraints.iter().find(|one| matches!(one.body, ConstraintBody::PrimaryKey(_)));
    let cut = column.not_null.or(key.map(|one| one.span)).unwrap_or(action.span);
    let first = format!("ALTER TABLE {table} {};", without(cx.text, action.span, cut));
    let mut then: Vec<Step> = vec![backfill(cx, alter, &format!("{name} = …"), &format!("{name} IS NULL"))];
    then.extend(not_null_steps(table, &alter.name.name, name, &column.name.text));
    let detail = "Deploy code that writes the column before the CHECK comes. If one constant suits all rows, NOT NULL DEFAULT 'x' in the \
                  statement itself does it at once: the constant is kept in the catalog, and no row is written.";
    steps::sketch("Add it empty, fill it, then require it", detail, first, then)
}
