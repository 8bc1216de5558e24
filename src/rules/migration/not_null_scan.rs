//! `migration/not_null_scan`: a column made NOT NULL, for which every row is read with nobody let in.

use serde::Deserialize;

use crate::effect::Version;
use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{ActionKind, AlterTable, ConstraintBody, Name};

use super::hurting::actions;
use super::steps::{LATER, named, not_null_steps, spelled, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &[Cause::SetNotNull]) {
            // Of a primary key and of a new column other rules speak.
            let column = match &action.kind {
                ActionKind::SetNotNull(column) => column,
                ActionKind::AddConstraint(def) => match &def.body {
                    ConstraintBody::NotNull(column) => column,
                    _ => continue,
                },
                _ => continue,
            };
            let draft = cx.working(
                work,
                format!("SET NOT NULL reads all of {} with nobody let in", alter.name.name),
                "No validated CHECK proves that the column holds no NULL, so every row is looked at under ACCESS EXCLUSIVE: nobody \
                 reads or writes meanwhile. It fails on the first NULL.",
            );
            out.find(draft.ask(Ask::Ready(prove_first(cx, alter, column))));
        }
    }
}

fn prove_first(cx: &StatementCx<'_>, alter: &AlterTable, column: &Name) -> Advice {
    let (table, name) = (spelled(cx, &alter.name), column.span.of(cx.text));
    let title = "Prove it first, beside reads and writes";
    if cx.version() >= Version(18) {
        let constraint = named(&[&alter.name.name, &column.text, "not_null"]);
        let first = format!("ALTER TABLE {table} ADD CONSTRAINT {constraint} NOT NULL {name} NOT VALID;");
        let then = vec![(LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"))];
        let detail = "NOT VALID binds new rows alone and takes a moment; VALIDATE reads the others while reads and writes go on.";
        return split(title, detail, first, then);
    }
    let mut steps = not_null_steps(table, &alter.name.name, name, &column.text).into_iter();
    let first = steps.next().map(|(_, sql)| sql).unwrap_or_default();
    let detail = "NOT VALID takes a moment; VALIDATE reads the rows while reads and writes go on; SET NOT NULL then takes the CHECK for \
                  proof and looks at no row.";
    split(title, detail, first, steps.collect())
}
