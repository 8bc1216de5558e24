//! `migration/set_schema`: an object is moved to another schema, away from where clients look for it.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{
    ActionKind, ExtensionAction, MoveTo, Name, ObjectAction, ObjectKind, QualifiedName, SequenceAction,
};

use super::compat::{comes_back_at_once, held, is_old, is_unknown, runs};
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some((kind, name, schema)) = runs(cx).and_then(moves) else { return };
        let absent = matches!(runs(cx), Some(Ddl::AlterTable(alter)) if alter.if_exists) && is_unknown(cx, kind, &name);
        if absent || !is_old(cx, kind, &name) || comes_back_at_once(cx, kind, &name.name) {
            return;
        }
        let draft = cx.draft(
            schema.span,
            format!("{} is gone from where clients look for it", name.name),
            "Clients find it only if they qualify it with its new schema, or have that schema in their search_path. Until all of them do, their \
             statements fail, or take something else of the same name.",
        );
        let draft = held(cx, &cx.replay.name(&name), draft);
        out.find(match kind {
            ObjectKind::Table => draft.ask(Ask::Ready(with_view(cx, &name, schema))),
            _ => draft,
        });
    }
}

fn moves(ddl: &Ddl) -> Option<(ObjectKind, QualifiedName, &Name)> {
    use ObjectKind as K;
    let (kind, name, to) = match ddl {
        Ddl::AlterTable(alter) => {
            let to = alter.actions.iter().find_map(|action| match &action.kind {
                ActionKind::Move(to) => Some(to),
                _ => None,
            })?;
            (K::Table, &alter.name, to)
        }
        Ddl::MoveType { name, to } => (K::Type, name, to),
        Ddl::AlterSequence(alter) => match &alter.action {
            SequenceAction::Move(to) => (K::Sequence, &alter.name, to),
            _ => return None,
        },
        Ddl::AlterRoutine(alter) => match &alter.action {
            ObjectAction::Move(to) => (K::Function, &alter.name, to),
            _ => return None,
        },
        Ddl::AlterObject(alter) => match (&alter.action, &alter.name) {
            (ObjectAction::Move(to), Some(name)) if alter.kind != K::Statistics => (alter.kind, name, to),
            _ => return None,
        },
        Ddl::AlterExtension(alter) => match &alter.action {
            ExtensionAction::SetSchema(to) => {
                let name = QualifiedName { schema: None, name: alter.name.text.clone(), span: alter.name.span };
                return Some((K::Extension, name, to));
            }
            _ => return None,
        },
        _ => return None,
    };
    match to {
        MoveTo::Schema(to) => Some((kind, name.clone(), to)),
        MoveTo::Name(_) => None,
    }
}

fn with_view(cx: &StatementCx<'_>, name: &QualifiedName, schema: &Name) -> Advice {
    let table = spelled(cx, name);
    let bare = match name.schema {
        Some(_) => table.rsplit_once('.').map_or(table, |(_, bare)| bare),
        None => table,
    };
    let old = crate::catalog::access::quote_ident(&cx.replay.name(name).schema);
    let pair = format!(
        "{};\nCREATE VIEW {old}.{bare} AS SELECT * FROM {}.{bare};",
        cx.text.trim_end(),
        schema.span.of(cx.text)
    );
    let sql = if cx.in_transaction() { pair } else { format!("BEGIN;\n{pair}\nCOMMIT;") };
    Advice::new(
        RecommendationKind::SplitMigration,
        "Leave a view where it was until no client looks there",
        "Grant on the view what was granted on the table. It reads with its owner's rights, so where row security matters add WITH \
         (security_invoker) (Postgres 15 and later).",
        sql,
    )
}
