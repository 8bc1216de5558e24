//! `migration/trigger_disabled`: what triggers guard is left unguarded.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::script::model::Within;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, Firing};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = cx.ddl().filter(|_| cx.within != Some(Within::Routine)) else { return };
        let Some((table, _)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::SetTrigger { firing: Firing::Never, .. } = &action.kind else { continue };
            let draft = cx.draft(
                action.span,
                format!("Triggers of {} are disabled", table.name),
                "Rows that anybody writes meanwhile are not checked: DISABLE TRIGGER ALL takes foreign keys away too, and nothing checks those \
                 rows later.",
            );
            let draft = match cx.effect.lock_on(&table) {
                Some(lock) => draft.under(lock),
                None => draft,
            };
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::SplitMigration,
                "Switch triggers off for this session only",
                "It needs superuser rights, or rights granted on the parameter (15 and later). Other sessions keep their triggers, and no lock is taken.",
                "SET LOCAL session_replication_role = replica;",
            ))));
        }
    }
}
