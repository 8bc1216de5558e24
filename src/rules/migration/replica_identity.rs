//! `migration/replica_identity`: what subscribers learn of changed rows becomes another.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ReplicaIdentity};

use super::compat::{held, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterTable(alter)) = runs(cx) else { return };
        let Some((table, _)) = cx.in_use(&alter.name) else { return };
        for action in &alter.actions {
            let ActionKind::ReplicaIdentity(identity) = &action.kind else { continue };
            let (title, detail) = match identity {
                ReplicaIdentity::Nothing => (
                    format!("UPDATE and DELETE of {} fail where it is published", table.name),
                    "Without an identity changed rows cannot be named to subscribers, so Postgres refuses to change them once the table is in a \
                     publication of updates or deletes.",
                ),
                ReplicaIdentity::Full => (
                    format!("Every UPDATE and DELETE of {} writes the whole old row to the WAL", table.name),
                    "Subscribers find the row by comparing all its columns, for which they read the whole table unless an index there can serve.",
                ),
                ReplicaIdentity::Index(_) | ReplicaIdentity::Default => (
                    format!("Subscribers of {} find changed rows by other columns", table.name),
                    "They need an index on these columns, or each change reads their whole table.",
                ),
            };
            out.find(held(cx, &table, cx.draft(action.span, title, detail)));
        }
    }
}
