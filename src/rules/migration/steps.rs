//! The safe way in several steps, as SQL with the script's own names.

use crate::catalog::access::quote_ident;
use crate::report::model::{Applicability, RecommendationKind, SqlPart};
use crate::rules::draft::Advice;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::model::{AlterTable, ConstraintDef, QualifiedName};
use crate::sql::facts::Span;

/// What stands above a step that must not share a transaction with the one before.
pub const LATER: &str = "then, in a migration of its own";
/// What stands above the filling of a column.
pub const BATCHES: &str = "then, in batches, outside of any migration";

/// A part of the way: its label and its SQL.
pub type Step = (&'static str, String);

/// Advice whose first step is `first`; the others follow in order.
pub fn split(
    title: impl Into<std::borrow::Cow<'static, str>>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    first: String,
    then: Vec<Step>,
) -> Advice {
    let mut advice = Advice::new(RecommendationKind::SplitMigration, title, detail, first);
    advice.more_sql = then.into_iter().map(|(label, sql)| SqlPart { label: label.to_owned(), sql }).collect();
    advice
}

/// As [`split`], where something has to be filled in.
pub fn sketch(
    title: impl Into<std::borrow::Cow<'static, str>>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    first: String,
    then: Vec<Step>,
) -> Advice {
    let mut advice = split(title, detail, first, then);
    advice.applicability = Applicability::Sketch;
    advice
}

/// The table as the statement spells it.
pub fn spelled<'t>(cx: &StatementCx<'t>, name: &QualifiedName) -> &'t str {
    name.span.of(cx.text)
}

/// The text of `whole` without that of `part`, on one line where nothing but blanks stood between.
pub fn without(text: &str, whole: Span, part: Span) -> String {
    let before = text.get(whole.start..part.start).unwrap_or_default().trim_end();
    let after = text.get(part.end..whole.end).unwrap_or_default().trim();
    if after.is_empty() { before.to_owned() } else { format!("{before} {after}") }
}

/// The constraint as its own clause of ALTER TABLE, named `name` where it has no name: `ADD CONSTRAINT x CHECK (…)`.
pub fn added(text: &str, def: &ConstraintDef, name: &str) -> String {
    match def.name {
        Some(_) => format!("ADD {}", def.span.of(text)),
        None => format!("ADD CONSTRAINT {name} {}", def.span.of(text)),
    }
}

/// A name of at most 63 bytes for what Postgres would name after these (`ChooseIndexName`), as SQL.
pub fn named(parts: &[&str]) -> String {
    quote_ident(&plain_name(parts))
}

/// The same as Postgres stores it.
pub fn plain_name(parts: &[&str]) -> String {
    let mut name = parts.join("_");
    while name.len() > 63 {
        name.pop();
    }
    name
}

/// Proves that a column holds no NULL, so that SET NOT NULL need not look: the steps from the constraint to its end.
pub fn not_null_steps(table: &str, bare_table: &str, column: &str, bare_column: &str) -> Vec<Step> {
    let check = named(&[bare_table, bare_column, "present"]);
    vec![
        (LATER, format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID;")),
        (LATER, format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check};")),
        (
            LATER,
            format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {check};"
            ),
        ),
    ]
}

/// Fills a column batch by batch along the primary key, which is called `id` where it is not known or has several columns.
pub fn backfill(cx: &StatementCx<'_>, alter: &AlterTable, set: &str, missing: &str) -> Step {
    let key = cx.replay.table(&alter.name).and_then(|(_, table)| match table.primary_key()? {
        [one] => Some(quote_ident(one)),
        _ => None,
    });
    let key = key.unwrap_or_else(|| "id".to_owned());
    let table = spelled(cx, &alter.name);
    (BATCHES, format!("UPDATE {table} SET {set} WHERE {missing} AND {key} BETWEEN 1 AND 10000; -- and so on"))
}
