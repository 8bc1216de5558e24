//! `migration/trigger_created`: every write to a table does more from now on.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::ObjectKind;

use super::compat::{freed_here, held, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::CreateTrigger(trigger)) = runs(cx) else { return };
        let Some((table, _)) = cx.in_use(&trigger.table) else { return };
        // DROP and CREATE of the same trigger: it is no new one.
        if trigger.or_replace || freed_here(cx, ObjectKind::Trigger, &trigger.name.text) {
            return;
        }
        let times = if trigger.per_row { "for each row" } else { "for each statement" };
        let draft = cx.draft(
            trigger.name.span,
            format!("Writes to {} call {} {times} from now on", table.name, trigger.function.name),
            "Its time is added to every write, its errors are errors of clients that know nothing of it, and the rows that are there already have not \
             been through it.",
        );
        out.find(held(cx, &table, draft));
    }
}
