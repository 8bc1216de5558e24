//! `migration/drop_cascade`: a DROP takes along what depends on the object, without naming it.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use crate::catalog::model::TableName;
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, AttributeChange, DomainAction, Drop, ObjectKind, QualifiedName};
use crate::sql::facts::Span;

use super::compat::{comes_back, is_new_column, is_old, is_unknown, runs};
use super::dependents::{Dependent, listed, of_column, of_constraint, of_schema, of_table, of_type};
use super::drop_object::takes_others;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        match runs(cx) {
            Some(Ddl::Drop(drop)) => dropped(cx, drop, out),
            Some(Ddl::AlterTable(alter)) => {
                let Some((table, found)) = cx.in_use(&alter.name) else { return };
                for action in &alter.actions {
                    let (what, going) = match &action.kind {
                        ActionKind::DropColumn { column, if_exists, cascade: true } => {
                            let absent = *if_exists && super::drop_column::is_absent(found, &column.text);
                            if absent || is_new_column(cx, &alter.name, &column.text) {
                                continue;
                            }
                            let going = of_column(cx.replay, &table, &column.text);
                            (format!("column {} of {}", column.text, table.name), going)
                        }
                        ActionKind::DropConstraint { constraint, if_exists, cascade: true } => {
                            let known =
                                found.and_then(|t| t.constraints.iter().find(|one| one.name == constraint.text));
                            let absent = *if_exists && found.is_some() && known.is_none();
                            let new = known
                                .and_then(|one| one.defined_at.as_ref())
                                .is_some_and(|at| *at.path == *cx.script.path);
                            let going = of_constraint(cx.replay, &table, &constraint.text);
                            // Nothing can depend on a check or a foreign key: then CASCADE is an empty word.
                            if absent || new || going.is_empty() && known.is_some() {
                                continue;
                            }
                            (format!("constraint {} of {}", constraint.text, table.name), going)
                        }
                        _ => continue,
                    };
                    say(cx, out, action.span, &what, &going);
                }
            }
            Some(Ddl::AlterCompositeType(alter)) if is_old(cx, ObjectKind::Type, &alter.name) => {
                for action in alter.actions.iter().filter(|action| action.cascade) {
                    let AttributeChange::Drop { attribute, .. } = &action.kind else { continue };
                    let what = format!("attribute {} of type {}", attribute.text, alter.name.name);
                    say(cx, out, action.span, &what, &of_type(cx.replay, &alter.name));
                }
            }
            Some(Ddl::AlterDomain(alter)) if is_old(cx, ObjectKind::Type, &alter.name) => {
                let DomainAction::DropConstraint { constraint, cascade: true, .. } = &alter.action else { return };
                say(
                    cx,
                    out,
                    constraint.span,
                    &format!("constraint {} of domain {}", constraint.text, alter.name.name),
                    &[],
                );
            }
            _ => {}
        }
    }
}

fn dropped(cx: &StatementCx<'_>, drop: &Drop, out: &mut Sink) {
    if !takes_others(drop) {
        return;
    }
    let going = |name: &QualifiedName| match drop.kind {
        ObjectKind::Schema => of_schema(cx.replay, &name.name),
        ObjectKind::Type | ObjectKind::Domain => of_type(cx.replay, name),
        ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::ForeignTable => {
            of_table(cx.replay, &cx.replay.name(name))
        }
        _ => Vec::new(),
    };
    let is_view = matches!(drop.kind, ObjectKind::View | ObjectKind::MaterializedView);
    let returns =
        |one: &Dependent| matches!(one, Dependent::View { name, .. } if comes_back(cx, ObjectKind::View, &name.name));
    let mut concerned: Option<&QualifiedName> = None;
    let (mut all, mut met): (Vec<Dependent>, FxHashSet<Dependent>) = Default::default();
    for name in &drop.names {
        let absent = drop.if_exists && is_unknown(cx, drop.kind, name);
        let with_it = going(name);
        // A view that is made anew, with all that reads it.
        let anew = is_view && comes_back(cx, drop.kind, &name.name) && with_it.iter().all(returns);
        if absent || anew || !is_old(cx, drop.kind, name) || drop.kind == ObjectKind::Index && is_new_index(cx, name) {
            continue;
        }
        concerned = concerned.or(Some(name));
        all.extend(with_it.into_iter().filter(|one| met.insert(one.clone())));
    }
    let named: FxHashSet<TableName> = drop.names.iter().map(|name| cx.replay.name(name)).collect();
    all.retain(
        |one| !matches!(one, Dependent::Table(table) | Dependent::ForeignKey { table, .. } if named.contains(table)),
    );
    let Some(name) = concerned else { return };
    say(cx, out, name.span, &format!("{} {}", drop.kind.name(), name.name), &all);
}

fn is_new_index(cx: &StatementCx<'_>, name: &QualifiedName) -> bool {
    let found = cx.replay.index(name);
    found.is_some_and(|(table, _)| cx.newness(&table) != crate::rules::lint::lived::Newness::Old)
}

fn say(cx: &StatementCx<'_>, out: &mut Sink, span: Span, what: &str, going: &[Dependent]) {
    let detail = "CASCADE takes every object that depends on it, and what depends on those: views, foreign keys, defaults, functions and \
                  columns, also those that the migration's author has never heard of. The statement succeeds and names them in a NOTICE at most.";
    let title = match going {
        [] => format!("{} goes with everything that depends on it", capital(what)),
        _ => format!("{} goes, and with it {}", capital(what), listed(going)),
    };
    let mut draft = cx.draft(span, title, detail);
    if !going.is_empty() {
        let all: Vec<String> = going.iter().map(Dependent::said).collect();
        draft = draft.evidence(documented("goes with it", all.join(", ")));
    }
    match by_name(cx, going) {
        Some(advice) => out.find(draft.ask(Ask::Ready(advice))),
        None => out.find(draft),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Each object by name, then the statement without CASCADE, which refuses if something was overlooked.
fn by_name(cx: &StatementCx<'_>, going: &[Dependent]) -> Option<Advice> {
    let at = cx.text.to_ascii_lowercase().rfind("cascade").filter(|at| cx.text[at + 7..].trim().is_empty())?;
    let mut lines: Vec<String> = going.iter().filter_map(Dependent::sql).map(|sql| format!("{sql};")).collect();
    lines.push(format!("{};", cx.text[..at].trim_end()));
    let mut advice = Advice::new(
        RecommendationKind::SplitMigration,
        "Leave CASCADE away and name what goes",
        "Without CASCADE Postgres refuses as long as something depends on it, and says what. Decide about each; what is to stay is changed \
         first, in a deploy before.",
        lines.join("\n"),
    );
    advice.applicability = Applicability::Sketch;
    Some(advice)
}
