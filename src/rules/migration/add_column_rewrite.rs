//! `migration/add_column_rewrite`: a new column whose value is another one in every row, so that every row is written.

use serde::Deserialize;

use crate::catalog::model::TableName;
use crate::effect::Version;
use crate::effect::model::Cause;
use crate::report::model::Confidence;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{ActionKind, AlterTable, ColumnDef};

use super::hurting::actions;
use super::steps::{self, BATCHES, LATER, Step, backfill, named, not_null_steps, spelled};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

const CAUSES: [Cause; 6] = [
    Cause::VolatileDefault,
    Cause::UnknownDefault,
    Cause::Serial,
    Cause::Identity,
    Cause::StoredGenerated,
    Cause::DomainConstraint,
];

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &CAUSES) {
            let ActionKind::AddColumn { column, .. } = &action.kind else { continue };
            let title = format!("Adding {} writes every row of {} anew", column.name.text, alter.name.name);
            let mut draft = cx.working(work, title, format!("{} {LOCKED}", why(work.cause)));
            if work.cause == Cause::UnknownDefault {
                draft = draft.confidence(Confidence::Low);
            }
            out.find(draft.ask(Ask::Ready(safe_way(cx, alter, column, work.cause))));
        }
    }
}

const LOCKED: &str = "The table is locked with ACCESS EXCLUSIVE meanwhile: nobody reads or writes.";

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::VolatileDefault => "The default is volatile: each row gets a value of its own, which must be stored.",
        Cause::UnknownDefault => {
            "The default calls a function that is taken for volatile: each row then gets a value of its own, which must be stored. \
             If it is declared STABLE or IMMUTABLE, no row is written."
        }
        Cause::Serial => "A serial column numbers all rows that are there.",
        Cause::Identity => "An identity column numbers all rows that are there.",
        Cause::StoredGenerated => "A stored generated column is computed for all rows that are there.",
        _ => "The domain has a constraint, which is checked for every row by writing it.",
    }
}

fn safe_way(cx: &StatementCx<'_>, alter: &AlterTable, column: &ColumnDef, cause: Cause) -> Advice {
    let table = spelled(cx, &alter.name);
    let name = column.name.span.of(cx.text);
    let canonical = column.type_name.as_ref().map_or("text", |of| of.canonical.as_str());
    let (bare_table, bare) = (alter.name.name.as_str(), column.name.text.as_str());
    let missing = format!("{name} IS NULL");
    let add = format!("ALTER TABLE {table} ADD COLUMN {name} {canonical};");
    let filled = || backfill(cx, alter, &format!("{name} = DEFAULT"), &missing);
    let not_null = || not_null_steps(table, bare_table, name, bare);
    match cause {
        Cause::Serial => {
            let sequence = named(&[bare_table, bare, "seq"]);
            let first = format!(
                "CREATE SEQUENCE {sequence} OWNED BY NONE;\n{add}\nALTER SEQUENCE {sequence} OWNED BY {table}.{name};\n\
                 ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}');"
            );
            let mut then = vec![filled()];
            then.extend(not_null());
            steps::sketch(
                "Number new rows first, old ones in batches",
                "Adding an empty column takes a moment.",
                first,
                then,
            )
        }
        Cause::Identity => {
            let sequence = named(&[bare_table, bare, "filling"]);
            let first = format!(
                "CREATE SEQUENCE {sequence};\n{add}\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{sequence}');"
            );
            let always = if column.identity_always { "ALWAYS" } else { "BY DEFAULT" };
            let mut then = vec![filled()];
            then.extend(not_null());
            let last = format!(
                "ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT;\n\
                 ALTER TABLE {table} ALTER COLUMN {name} ADD GENERATED {always} AS IDENTITY (START WITH 1000000);  -- above all \
                 that are there\nDROP SEQUENCE {sequence};"
            );
            then.push((LATER, last));
            let title = "Number new rows first, old ones in batches, then make it an identity";
            steps::sketch(
                title,
                "Adding an empty column takes a moment, and so does the identity of a filled one.",
                first,
                then,
            )
        }
        Cause::StoredGenerated => generated(cx, alter, column, &add),
        Cause::DomainConstraint => {
            let first = format!("ALTER TABLE {table} ADD COLUMN {name} /* the domain's base type */;");
            let check = named(&[bare_table, bare, "check"]);
            let then = vec![
                (LATER, format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK (/* of the domain */) NOT VALID;")),
                (LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};")),
            ];
            let detail =
                "A CHECK of the table can be added without looking at its rows, and validated beside reads and writes.";
            steps::sketch("Use the base type with a CHECK of its own", detail, first, then)
        }
        _ => {
            let default = column.default.as_ref().map_or("NULL", |default| default.text.as_str());
            let first = format!("{add}\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};");
            let mut then = vec![filled()];
            if column.not_null.is_some() {
                then.extend(not_null());
            }
            let detail =
                "A default that is set on a column which is there already is for new rows alone: nothing is written.";
            steps::sketch("Add the column empty, give it its default, then fill it", detail, first, then)
        }
    }
}

fn generated(cx: &StatementCx<'_>, alter: &AlterTable, column: &ColumnDef, add: &str) -> Advice {
    let table = spelled(cx, &alter.name);
    let name = column.name.span.of(cx.text);
    let expression = column.generated.as_ref().map_or("NULL", |expression| expression.text.as_str());
    if cx.version() >= Version(18) {
        let canonical = column.type_name.as_ref().map_or("text", |of| of.canonical.as_str());
        let first =
            format!("ALTER TABLE {table} ADD COLUMN {name} {canonical} GENERATED ALWAYS AS ({expression}) VIRTUAL;");
        let detail = "A virtual column is computed when it is read: no row is written. It cannot be indexed.";
        return steps::split("Make it VIRTUAL", detail, first, Vec::new());
    }
    let schema = cx.replay.name(&alter.name).schema;
    let keep = TableName { schema, name: steps::plain_name(&[&alter.name.name, &column.name.text, "keep"]).into() };
    let function = crate::catalog::access::quote_table(&keep);
    let trigger = named(&[&keep.name]);
    let first = format!(
        "{add}\nCREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.{name} := {expression}; -- with NEW. \
         before the columns\n  RETURN NEW;\nEND $$;\nCREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table}\n  FOR EACH ROW EXECUTE \
         FUNCTION {function}();"
    );
    let (_, fill) = backfill(cx, alter, &format!("{name} = {expression}"), &format!("{name} IS NULL"));
    let then: Vec<Step> = vec![(BATCHES, fill)];
    let detail = "An ordinary column that a trigger keeps can be filled in batches. Where the value is only searched for, an index over \
                  the expression, built CONCURRENTLY, needs no column at all.";
    steps::sketch("Keep it by a trigger, or index the expression", detail, first, then)
}
