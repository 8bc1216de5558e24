//! `migration/rename_object`: a view, type, function, schema, sequence or the like gets another name.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{AttributeChange, ObjectKind, QualifiedName, RelationKind};
use crate::sql::facts::Span;

use super::compat::{comes_back_at_once, freed_here, is_old, is_unknown, renames, runs};

const WHY: &str = "Code that still runs with the old name gets an error from each statement until it is replaced.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(ddl) = runs(cx) else { return };
        if let Ddl::AlterCompositeType(alter) = ddl {
            for action in &alter.actions {
                let AttributeChange::Rename { from, to } = &action.kind else { continue };
                if is_old(cx, ObjectKind::Type, &alter.name) {
                    out.find(cx.draft(
                        to.span,
                        format!("{} of type {} is gone for clients", from.text, alter.name.name),
                        WHY,
                    ));
                }
            }
            return;
        }
        let Some((word, name)) = subject(cx, ddl) else { return };
        let Some((kind, from, to)) = renames(ddl) else { return };
        let absent = if_exists(ddl) && is_unknown(cx, kind, &name);
        if absent || !is_old(cx, kind, &name) || comes_back_at_once(cx, kind, from) || freed_here(cx, kind, &to.text) {
            return;
        }
        let draft = cx.draft(to.span, format!("Clients that name the {word} {from} fail from now on"), WHY);
        match advice(cx, word, &name, to.span) {
            Some(advice) => out.find(draft.ask(Ask::Ready(advice))),
            None => out.find(draft),
        }
    }
}

/// What it is called, and its name; nothing for what clients do not name (triggers, policies, statistics) and for tables.
fn subject(cx: &StatementCx<'_>, ddl: &Ddl) -> Option<(&'static str, QualifiedName)> {
    use crate::catalog::model::TableKind;
    match ddl {
        Ddl::AlterTable(alter) => {
            let known = cx.replay.table(&alter.name).map(|(_, table)| table.kind);
            match (alter.relation, known) {
                (RelationKind::View, _) | (_, Some(TableKind::View)) => Some(("view", alter.name.clone())),
                (RelationKind::MaterializedView, _) | (_, Some(TableKind::MaterializedView)) => {
                    Some(("materialized view", alter.name.clone()))
                }
                _ => None,
            }
        }
        Ddl::MoveType { name, .. } => Some(("type", name.clone())),
        Ddl::RenameSchema { name, .. } => {
            Some(("schema", QualifiedName { schema: None, name: name.text.clone(), span: name.span }))
        }
        Ddl::AlterSequence(alter) => Some(("sequence", alter.name.clone())),
        Ddl::AlterRoutine(alter) => Some((alter.kind.name(), alter.name.clone())),
        Ddl::AlterObject(alter) => {
            use ObjectKind as K;
            let named = matches!(
                alter.kind,
                K::Database | K::Aggregate | K::Collation | K::Publication | K::TextSearchConfiguration | K::Domain
            );
            alter.name.clone().filter(|_| named).map(|name| (alter.kind.name(), name))
        }
        _ => None,
    }
}

fn if_exists(ddl: &Ddl) -> bool {
    match ddl {
        Ddl::AlterTable(alter) => alter.if_exists,
        Ddl::AlterSequence(alter) => alter.if_exists,
        _ => false,
    }
}

/// A view can be had under both names.
fn advice(cx: &StatementCx<'_>, word: &str, name: &QualifiedName, to: Span) -> Option<Advice> {
    if word != "view" {
        return None;
    }
    let (old, to) = (name.span.of(cx.text), to.of(cx.text));
    let new = match old.rsplit_once('.').filter(|_| name.schema.is_some()) {
        Some((schema, _)) => format!("{schema}.{to}"),
        None => to.to_owned(),
    };
    Some(Advice::new(
        RecommendationKind::SplitMigration,
        "Make the new view beside the old one",
        "Both serve until no client names the old one; then drop that. Grant on the new one what was granted on the old one.",
        format!("CREATE VIEW {new} AS SELECT * FROM {old};"),
    ))
}
