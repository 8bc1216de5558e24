//! `migration/refused`: a statement that the server refuses, by what the migrations before it have made.

use serde::Deserialize;

use crate::catalog::access::quote_table;
use crate::catalog::model::TableName;
use crate::effect::model::Failure;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Draft, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AlterTable, Drop, ObjectKind, Truncate};

use super::compat::{is_conditional, runs};
use super::concurrently_on_partitioned::is_about_partitions;
use super::dependents::{Dependent, foreign_keys, listed, of_column, of_constraint, of_table};
use super::view_columns;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(ddl) = runs(cx).filter(|_| !is_conditional(cx)) else { return };
        if let Ddl::CreateView(view) = ddl
            && let Some(column) = view_columns::lost(cx, view)
        {
            let title = format!(
                "The server refuses this: view {} has a column {column}, which does not stand in its place any more",
                view.name.name
            );
            let draft = cx
                .draft(view.name.span, title, REPLACED)
                .evidence(documented("error", "42P16 invalid_table_definition"));
            return out.find(draft);
        }
        // What an older server cannot read is `newer_syntax`.
        let own = |failure: &&Failure| failure.code != "42601" && !is_concurrent(ddl, failure);
        let Some(failure) = cx.effect.fails.iter().find(own) else { return };
        let (what, dependents) = dependents(cx, ddl);
        let title = match dependents.as_slice() {
            [] => format!("The server refuses this: {}", failure.message),
            [one] => format!("{what} fails: {} depends on it", one.said()),
            several => format!("{what} fails: {} depend on it", listed(several)),
        };
        let draft = cx.draft(
            failure.span,
            title,
            "The migrations before it have made what stands in its way, so it fails on each database that they have run on, and the deploy stops \
             there.",
        );
        let draft = draft.evidence(documented("error", format!("{} {}", failure.code, condition(failure.code))));
        let draft = match dependents.is_empty() {
            true => draft,
            false => draft.evidence(documented("depends on it", all(&dependents))),
        };
        let advice = advice(cx, ddl, &dependents).map(Ask::Ready);
        out.find(advice.into_iter().fold(draft, Draft::ask));
    }
}

const REPLACED: &str = "CREATE OR REPLACE VIEW keeps each column, its name and its place; it can add others behind them. Drop the view and make it \
                        again in one transaction, with what was granted on it.";

/// CONCURRENTLY on partitioned tables has a rule of its own.
fn is_concurrent(ddl: &Ddl, failure: &Failure) -> bool {
    let concurrently = match ddl {
        Ddl::CreateIndex(index) => index.concurrently,
        Ddl::Drop(drop) => drop.concurrently,
        _ => false,
    };
    concurrently && is_about_partitions(failure)
}

/// The names of the codes (documentation, "PostgreSQL Error Codes").
fn condition(code: &str) -> &'static str {
    match code {
        "2BP01" => "dependent_objects_still_exist",
        "0A000" => "feature_not_supported",
        "55000" => "object_not_in_prerequisite_state",
        "42809" => "wrong_object_type",
        "42P17" => "invalid_object_definition",
        _ => "refused",
    }
}

fn all(dependents: &[Dependent]) -> String {
    dependents.iter().map(Dependent::said).collect::<Vec<_>>().join(", ")
}

/// The statement in a few words, and what stands in its way.
fn dependents(cx: &StatementCx<'_>, ddl: &Ddl) -> (String, Vec<Dependent>) {
    match ddl {
        Ddl::Drop(drop) => of_drop(cx, drop),
        Ddl::Truncate(truncate) => of_truncate(cx, truncate),
        Ddl::AlterTable(alter) => of_alter(cx, alter),
        _ => (String::new(), Vec::new()),
    }
}

fn of_drop(cx: &StatementCx<'_>, drop: &Drop) -> (String, Vec<Dependent>) {
    use ObjectKind as K;
    let relations = matches!(drop.kind, K::Table | K::ForeignTable | K::View | K::MaterializedView);
    let named: Vec<TableName> = drop.names.iter().map(|name| cx.replay.name(name)).collect();
    let mut found: Vec<Dependent> = Vec::new();
    for name in named.iter().filter(|_| relations) {
        let partitioned = cx.replay.catalog().tables.get(name).is_some_and(|table| table.partition_key.is_some());
        for one in of_table(cx.replay, name) {
            let goes = match &one {
                Dependent::View { name, .. } | Dependent::ForeignKey { table: name, .. } => named.contains(name),
                Dependent::Table(name) => partitioned || named.contains(name),
                _ => false,
            };
            if !goes && !found.contains(&one) {
                found.push(one);
            }
        }
    }
    let names: Vec<&str> = drop.names.iter().map(|name| name.name.as_str()).collect();
    (format!("Dropping {} {}", drop.kind.name(), names.join(", ")), found)
}

fn of_truncate(cx: &StatementCx<'_>, truncate: &Truncate) -> (String, Vec<Dependent>) {
    let named: Vec<TableName> = truncate.tables.iter().map(|name| cx.replay.name(name)).collect();
    let keys = named.iter().flat_map(|name| foreign_keys(cx.replay, name, None));
    let other = |one: &Dependent| !matches!(one, Dependent::ForeignKey { table, .. } if named.contains(table));
    let names: Vec<&str> = named.iter().map(|name| name.name.as_str()).collect();
    (format!("TRUNCATE of {}", names.join(", ")), keys.filter(other).collect())
}

fn of_alter(cx: &StatementCx<'_>, alter: &AlterTable) -> (String, Vec<Dependent>) {
    let table = cx.replay.name(&alter.name);
    let refused = |span: crate::sql::facts::Span| cx.effect.fails.iter().any(|failure| failure.span == span);
    let found = alter.actions.iter().filter(|action| refused(action.span)).find_map(|action| match &action.kind {
        ActionKind::DropColumn { column, .. } => Some((
            format!("Dropping column {} of {}", column.text, table.name),
            of_column(cx.replay, &table, &column.text),
        )),
        ActionKind::DropConstraint { constraint, .. } => Some((
            format!("Dropping constraint {} of {}", constraint.text, table.name),
            of_constraint(cx.replay, &table, &constraint.text),
        )),
        ActionKind::SetType { column, .. } => {
            let mut views = of_column(cx.replay, &table, &column.text);
            views.retain(|one| matches!(one, Dependent::View { .. }));
            Some((format!("Another type for {} of {}", column.text, table.name), views))
        }
        _ => None,
    });
    found.unwrap_or_default()
}

fn advice(cx: &StatementCx<'_>, ddl: &Ddl, dependents: &[Dependent]) -> Option<Advice> {
    let statement = format!("{};", cx.text.trim_end().trim_end_matches(';'));
    let gone = || dependents.iter().filter_map(Dependent::sql).map(|sql| format!("{sql};")).collect::<Vec<_>>();
    let (title, detail, sql) = match ddl {
        Ddl::Truncate(_) => (
            "Take the foreign keys away first, or delete the rows",
            "Where the tables that refer to it may lose their rows too, name them in the same TRUNCATE; else DELETE in batches.",
            gone().into_iter().chain([statement]).collect::<Vec<_>>().join("\n"),
        ),
        Ddl::AlterTable(alter) if is_typing(alter) && !dependents.is_empty() => (
            "Drop the views, change the type, make them again",
            "In one transaction nobody sees them missing; what was granted on them has to be granted again.",
            around(cx, dependents, &statement),
        ),
        Ddl::AlterTable(alter) => match concurrent_detach(cx, alter) {
            Some(sql) => (
                "Detach it without CONCURRENTLY",
                "With a default partition there is no concurrent way: choose a quiet moment, and set lock_timeout.",
                sql,
            ),
            None if dependents.is_empty() => return None,
            None => (FIRST, ABOUT_FIRST, gone().into_iter().chain([statement]).collect::<Vec<_>>().join("\n")),
        },
        Ddl::RefreshMaterializedView(refresh) => (
            "Give the view a unique index first",
            "Over plain columns that tell its rows apart, and without WHERE; a view that was never filled has to be refreshed once without \
             CONCURRENTLY.",
            format!(
                "CREATE UNIQUE INDEX CONCURRENTLY ON {} (/* its key */);\n{statement}",
                refresh.name.span.of(cx.text)
            ),
        ),
        Ddl::Drop(drop) if drop.concurrently => {
            let exists = if drop.if_exists { "IF EXISTS " } else { "" };
            let one = |name: &crate::sql::ddl::model::QualifiedName| {
                format!("DROP INDEX CONCURRENTLY {exists}{};", name.span.of(cx.text))
            };
            let lines: Vec<String> = drop.names.iter().map(one).collect();
            ("Drop one index a statement", "Each outside of a transaction.", lines.join("\n"))
        }
        Ddl::Drop(_) if !dependents.is_empty() => {
            (FIRST, ABOUT_FIRST, gone().into_iter().chain([statement]).collect::<Vec<_>>().join("\n"))
        }
        _ => return None,
    };
    let mut advice = Advice::new(RecommendationKind::SplitMigration, title, detail, sql);
    advice.applicability = Applicability::Sketch;
    Some(advice)
}

const FIRST: &str = "Take away what depends on it first, by name";
const ABOUT_FIRST: &str =
    "Decide about each: what is to stay is changed first, in a deploy before. CASCADE would take them without asking.";

fn is_typing(alter: &AlterTable) -> bool {
    alter.actions.iter().any(|action| matches!(action.kind, ActionKind::SetType { .. }))
}

/// The statement without its CONCURRENTLY.
fn concurrent_detach(cx: &StatementCx<'_>, alter: &AlterTable) -> Option<String> {
    let detaches = |kind: &ActionKind| match kind {
        ActionKind::DetachPartition { partition, concurrently: true, .. } => Some(partition.span),
        _ => None,
    };
    let partition = alter.actions.iter().find_map(|action| detaches(&action.kind))?;
    cx.text.get(..partition.end).map(|kept| format!("{kept};"))
}

/// The views away, the statement, the views again as they were: those that others read first.
fn around(cx: &StatementCx<'_>, dependents: &[Dependent], statement: &str) -> String {
    let mut lines: Vec<String> = dependents.iter().filter_map(Dependent::sql).map(|sql| format!("{sql};")).collect();
    lines.push(statement.to_owned());
    for one in dependents.iter().rev() {
        let Dependent::View { name, materialized } = one else { continue };
        let kind = if *materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let query = cx.replay.catalog().tables.get(name).and_then(|view| view.query.as_deref()).unwrap_or("…");
        lines.push(format!("CREATE {kind} {} AS {};", quote_table(name), query.trim_end().trim_end_matches(';')));
    }
    lines.join("\n")
}
