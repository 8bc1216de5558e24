//! `migration/function_replaced`: a function that clients call becomes another.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ObjectAction, ObjectKind, RoutineOptions};

use super::compat::{is_old, is_unknown, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let (name, title) = match runs(cx) {
            Some(Ddl::Routine(routine)) if routine.or_replace => {
                (&routine.name, format!("Callers of {} run the new body from now on", routine.name.name))
            }
            Some(Ddl::AlterRoutine(alter))
                if alter.action == ObjectAction::Other && alter.options != RoutineOptions::default() =>
            {
                (&alter.name, format!("{} runs under other options from now on", alter.name.name))
            }
            _ => return,
        };
        if is_unknown(cx, ObjectKind::Function, name) || !is_old(cx, ObjectKind::Function, name) {
            return;
        }
        out.find(cx.draft(
            name.span,
            title,
            "Code that is still running was written for the old one. A function of another name, or with other arguments, can stand beside it until \
             all callers are replaced.",
        ));
    }
}
