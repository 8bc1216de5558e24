//! `migration/enum_value_added`: clients can read a label that they do not know.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{EnumChange, ObjectKind};

use super::compat::{given_here, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterEnum(alter)) = runs(cx) else { return };
        let EnumChange::AddValue { value, span, .. } = &alter.change else { return };
        if given_here(cx, ObjectKind::Type, &alter.name.name) {
            return;
        }
        out.find(cx.draft(
            *span,
            format!("Clients can read '{value}' from {} from now on", alter.name.name),
            "Code that maps labels to a closed list of its own fails on the first row that has the new one. The label cannot be taken away again.",
        ));
    }
}
