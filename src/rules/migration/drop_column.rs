//! `migration/drop_column`: a column goes with its data, while clients may name it.

use serde::Deserialize;

use crate::catalog::model::{Table, TableName};
use crate::catalog::text::Text;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, Name};

use super::compat::{held, is_new_column, is_refused, runs};
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx).filter(|_| !is_refused(cx)) else { return };
        let Some((table, found)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            // With CASCADE it is the matter of drop_cascade.
            let ActionKind::DropColumn { column, if_exists, cascade: false } = &action.kind else { continue };
            if is_new_column(cx, &alter.name, &column.text) || *if_exists && is_absent(found, &column.text) {
                continue;
            }
            let draft = cx.draft(
                action.span,
                format!("The data of {} in {} is lost, and clients that name it fail", column.text, table.name),
                "Nothing but a backup brings it back. An ORM names every column that it has loaded, so instances that started before the \
                 migration fail on each SELECT and INSERT until they are replaced.",
            );
            let mut draft = held(cx, &table, draft);
            if let Some(goes) = goes_along(found, &table, &column.text) {
                draft = draft.evidence(documented("goes with it", goes));
            }
            out.find(draft.ask(Ask::Ready(first_the_code(cx, alter, column, found))));
        }
    }
}

/// Whether the table is known, and has no such column.
pub(super) fn is_absent(found: Option<&Table>, column: &str) -> bool {
    found.is_some_and(|table| !table.columns.is_empty() && table.column(column).is_none())
}

/// Indexes over the column, its foreign keys and keys.
fn goes_along(found: Option<&Table>, table: &TableName, column: &str) -> Option<String> {
    let found = found?;
    let of = |columns: &[Text]| columns.iter().any(|one| one == column);
    let constraints =
        found.constraints.iter().filter(|one| of(&one.columns)).map(|one| format!("constraint {}", one.name));
    let indexes = found.indexes.iter().filter(|index| {
        !index.constraint && (index.keys.iter().any(|key| !key.expression && key.text == column) || of(&index.include))
    });
    let all: Vec<String> = constraints.chain(indexes.map(|index| format!("index {}", index.name))).collect();
    (!all.is_empty()).then(|| format!("{} of {table}", all.join(", ")))
}

fn first_the_code(cx: &StatementCx<'_>, alter: &AlterTable, column: &Name, found: Option<&Table>) -> Advice {
    let table = spelled(cx, &alter.name);
    let name = column.span.of(cx.text);
    let required = found
        .and_then(|table| table.column(&column.text))
        .is_none_or(|column| column.not_null && column.default.is_none());
    let sql = if required {
        format!("ALTER TABLE {table} ALTER COLUMN {name} DROP NOT NULL;")
    } else {
        format!("COMMENT ON COLUMN {table}.{name} IS 'unused, goes with the next release';")
    };
    super::steps::split(
        "First release code that does not name the column, then drop it",
        "Take it out of the model (an ORM has a list of columns to ignore) and let every instance be replaced. A column that must be given and \
         has no default has to become optional first, or the new code cannot insert.",
        sql,
        vec![(
            "then, when no running code names it, in a migration of its own",
            format!("ALTER TABLE {table} DROP COLUMN {name};"),
        )],
    )
}
