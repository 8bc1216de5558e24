//! `migration/drop_table`: a table goes with its rows.

use serde::Deserialize;

use crate::catalog::model::{TableKind, TableName};
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Drop, ObjectKind, QualifiedName};

use super::compat::{held, is_refused, is_unknown, runs};
use super::steps::split;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        if drop.kind != ObjectKind::Table || drop.cascade || is_refused(cx) {
            return;
        }
        let gone: Vec<(&QualifiedName, TableName)> =
            drop.names.iter().filter_map(|name| lost(cx, drop, name)).collect();
        let Some((first, table)) = gone.first() else { return };
        let names: Vec<&str> = gone.iter().map(|(_, table)| table.name.as_str()).collect();
        let draft = cx.draft(
            first.span,
            format!("All rows of {} are lost, and clients that ask for it fail", names.join(", ")),
            "Nothing but a backup brings them back. Instances that are still running get an error from each statement that names the table.",
        );
        let (old, aside) = (first.span.of(cx.text), super::steps::named(&[&table.name, "unused"]));
        out.find(held(cx, table, draft).ask(Ask::Ready(split(
            "First release code that does not name the table; keep the rows for a while",
            "A rename is undone in a moment, so whatever still needs the table shows itself at no risk. Rename it only when no running code \
             names it.",
            format!("ALTER TABLE {old} RENAME TO {aside};"),
            vec![("then, when nobody has missed it, in a migration of its own", format!("DROP TABLE {aside};"))],
        ))));
    }
}

/// The table, if rows that clients can have written go with it.
fn lost<'n>(cx: &StatementCx<'_>, drop: &Drop, name: &'n QualifiedName) -> Option<(&'n QualifiedName, TableName)> {
    let (table, found) = cx.in_use(name)?;
    let absent = drop.if_exists && is_unknown(cx, ObjectKind::Table, name);
    let is_view = found.is_some_and(|table| matches!(table.kind, TableKind::View | TableKind::MaterializedView));
    (!absent && !is_view).then_some((name, table))
}
