//! `migration/drop_database`: a whole database goes.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::ObjectKind;

use super::compat::runs;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        let Some(name) = drop.names.first().filter(|_| drop.kind == ObjectKind::Database) else { return };
        out.find(cx.draft(
            name.span,
            format!("Everything in the database {} is lost", name.name),
            "It cannot be undone, cannot stand in a transaction, and nothing but a backup brings the data back. A migration runs inside the \
             database that it changes, so this is about another one.",
        ));
    }
}
