//! `migration/drop_owned`: everything that a role owns goes, whatever it is at that moment.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{Name, RoleVerb};

use super::compat::{earlier, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::DropOwned { roles, cascade }) = runs(cx) else { return };
        let left: Vec<&Name> = roles.iter().filter(|role| !has_nothing(cx, role)).collect();
        let Some(span) = left.first().map(|role| role.span) else { return };
        let names: Vec<&str> = left.iter().map(|role| role.text.as_str()).collect();
        let more = if *cascade { ", and what others own but depends on it" } else { "" };
        out.find(cx.draft(
            span,
            format!("Everything in this database that {} owns goes{more}", names.join(", ")),
            "Tables with their rows go too, each locked against all others until the transaction ends, and so does whatever was granted to the \
             role. What that is, the server decides when it runs; the migration does not show it.",
        ));
    }
}

/// The script gave away what the role owned, or made the role.
fn has_nothing(cx: &StatementCx<'_>, role: &Name) -> bool {
    earlier(cx).any(|ddl| match ddl {
        Ddl::ReassignOwned { from, .. } => from.iter().any(|one| one.text == role.text),
        Ddl::Role(made) => made.verb == RoleVerb::Create && made.name.text == role.text,
        _ => false,
    })
}
