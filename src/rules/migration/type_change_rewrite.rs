//! `migration/type_change_rewrite`: another type, for which rows are written, indexes built or constraints verified again.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::expression::of_row;
use crate::catalog::model::{Column, TableName};
use crate::effect::model::Cause;
use crate::effect::{Work, WorkKind};
use crate::report::model::{Confidence, Severity};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{Action, ActionKind, AlterTable, Expr, Name, TypeName};

use super::hurting::actions;
use super::narrowing_type::narrows;
use super::steps::{self, LATER, backfill, named, plain_name, spelled};
use super::utc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

const CAUSES: [Cause; 4] = [Cause::AlterType, Cause::TypeIndex, Cause::Check, Cause::ForeignKey];

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        for (alter, action, work) in actions(cx, &CAUSES) {
            let ActionKind::SetType { column, to, using, .. } = &action.kind else { continue };
            let known = cx.replay.table(&alter.name).and_then(|(_, table)| table.column(&column.text));
            let known = known.filter(|column| !column.type_name.is_empty());
            if spoken_of_elsewhere(cx, alter, action, work) || is_guess(known, to) {
                continue;
            }
            let change = Change { alter, column, to, using: using.as_ref(), known };
            if work.kind == WorkKind::Rewrite && utc::keeps_rows(cx, &change) {
                continue;
            }
            out.find(finding(cx, &change, work));
        }
    }
}

/// ALTER COLUMN … TYPE, with what is known of the column.
pub(super) struct Change<'a> {
    pub alter: &'a AlterTable,
    pub column: &'a Name,
    pub to: &'a TypeName,
    pub using: Option<&'a Expr>,
    pub known: Option<&'a Column>,
}

/// A type that loses values is the graver matter; another collation has a way of its own.
fn spoken_of_elsewhere(cx: &StatementCx<'_>, alter: &AlterTable, action: &Action, work: &Work) -> bool {
    let ActionKind::SetType { column, to, .. } = &action.kind else { return false };
    narrows(cx, alter, column, to).is_some()
        || (work.cause == Cause::TypeIndex && super::collation_change::collated(cx, alter, action).is_some())
}

/// To text and to varchar without a length columns are mostly widened, which costs nothing.
fn is_guess(known: Option<&Column>, to: &TypeName) -> bool {
    known.is_none() && ["text", "character varying"].contains(&to.canonical.as_str())
}

fn finding(cx: &StatementCx<'_>, change: &Change<'_>, work: &Work) -> Draft {
    let (column, table) = (&change.column.text, &change.alter.name.name);
    let (title, detail) = match work.kind {
        WorkKind::Rewrite => (
            format!("Another type for {column} writes every row of {table} anew"),
            "The values are stored otherwise: all rows are written and all indexes built again under ACCESS EXCLUSIVE, with nobody let \
             in.",
        ),
        WorkKind::IndexBuild => (
            format!("Another type for {column} builds its indexes again with nobody let in"),
            "The rows stay as they are, but an index over the column does not suit the new type and is built again under ACCESS \
             EXCLUSIVE.",
        ),
        WorkKind::Scan => (
            format!("Another type for {column} verifies its constraints for every row with nobody let in"),
            "The rows stay as they are, but a constraint over the column is made again, and every row is looked at under ACCESS \
             EXCLUSIVE.",
        ),
    };
    let mut draft = cx.working(work, title, detail);
    if let Some(known) = change.known {
        draft = draft.evidence(documented("types", format!("{} to {}", known.type_name, change.to.canonical)));
    } else {
        let guess = "The old type is not known: if it can hold the same values in the same form, nothing is written.";
        draft.detail = format!("{} {guess}", draft.detail).into();
        draft = draft.confidence(Confidence::Low).severity(Severity::Warning);
    }
    if utc::advice(cx, change).is_some() {
        // A server whose own time zone is UTC writes no row.
        draft = draft.confidence(Confidence::Medium);
    }
    match work.kind {
        WorkKind::Rewrite => draft.ask(Ask::Ready(safe_way(cx, change))),
        _ => draft,
    }
}

fn safe_way(cx: &StatementCx<'_>, change: &Change<'_>) -> Advice {
    if let Some(advice) = utc::advice(cx, change) {
        return advice;
    }
    let table = spelled(cx, &change.alter.name);
    let (bare_table, bare) = (change.alter.name.name.as_str(), change.column.text.as_str());
    let name = change.column.span.of(cx.text);
    let (new, old) = (named(&[bare, "new"]), named(&[bare, "old"]));
    let copy = plain_name(&[bare_table, bare, "copy"]);
    let schema = cx.replay.name(&change.alter.name).schema;
    let function = quote_table(&TableName { schema, name: copy.clone().into() });
    let trigger = named(&[&copy]);
    let canonical = &change.to.canonical;
    let value = change.using.map_or_else(|| name.to_owned(), |using| using.text.clone());
    // The trigger fires for the backfill too: both must say the same.
    let columns = cx.replay.table(&change.alter.name).map(|(_, table)| &table.columns);
    let is_column =
        |name: &str| name == bare || columns.is_some_and(|columns| columns.iter().any(|column| column.name == *name));
    let kept = of_row(&value, "NEW", is_column);
    let marker = if columns.is_some_and(|columns| !columns.is_empty()) || change.using.is_none() {
        ""
    } else {
        " -- with NEW. before every column"
    };
    let first = format!(
        "ALTER TABLE {table} ADD COLUMN {new} {canonical};\nCREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$\n\
         BEGIN\n  NEW.{new} := {kept};{marker}\n  RETURN NEW;\nEND $$;\nCREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table}\n  \
         FOR EACH ROW EXECUTE FUNCTION {function}();"
    );
    let then = vec![
        backfill(cx, change.alter, &format!("{new} = {value}"), &format!("{new} IS NULL")),
        (
            LATER,
            format!(
                "DROP TRIGGER {trigger} ON {table};\nALTER TABLE {table} RENAME COLUMN {name} TO {old};\nALTER TABLE {table} RENAME COLUMN \
                 {new} TO {name};"
            ),
        ),
    ];
    let detail = "A second column of the new type, kept by a trigger and filled in batches, takes the place of the old one in one short \
                  transaction. Indexes and constraints of the column have to be made for the new one before (CONCURRENTLY, NOT VALID).";
    steps::sketch("Fill a second column, then swap", detail, first, then)
}
