//! `server/archiver_failing`: the last attempt to archive WAL failed. Silent when a later one succeeded: a count of failures alone
//! says nothing.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, statement};
use super::words::age;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        if facts.unread.contains_key("archiver") {
            out.not_examined.push(facts.why("archiver"));
        }
        let Some(archiver) = &facts.archiver else { return };
        let Some(failed) = archiver.last_failed_s else { return };
        if archiver.last_archived_s.is_some_and(|archived| archived <= failed) {
            return;
        }
        let mut draft = finding(
            "archiver",
            format!("Archiving fails: the last attempt was {} ago", age(failed)),
            "Each segment of WAL stays in pg_wal until it is archived: the disk fills, and when it is full the server stops. \
             Until then there is no restoring to a point in time after the last segment that was archived.",
        )
        .evidence(measured("failures", archiver.failed, "attempts"))
        .evidence(measured("last failure", failed, "s ago"));
        draft = match archiver.last_archived_s {
            Some(archived) => draft.evidence(measured("last success", archived, "s ago")),
            None => draft.evidence(seen("last success", "none since the statistics began")),
        };
        if let Some(file) = &archiver.last_failed_file {
            draft = draft.evidence(seen("segment", file.clone()));
        }
        out.find(draft.ask(statement(
            RecommendationKind::Application,
            "Repair the archive command",
            "The server's log holds what archive_command (or archive_library) printed. Nothing in pg_wal must be deleted by hand.",
            String::new(),
        )));
    }
}
