//! `server/known_corruption`: a minor release whose CREATE INDEX CONCURRENTLY can lose rows.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{finding, habit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(version) = cx.catalog.server_version else {
            out.not_examined.push("the server's version is not known".to_owned());
            return;
        };
        // Release notes of 14.4: "Prevent possible corruption of indexes created or rebuilt with the CONCURRENTLY option".
        if !(140_000..140_004).contains(&version) {
            return;
        }
        let shown = format!("14.{}", version % 10_000);
        let draft = finding(
            "version",
            format!("Postgres {shown} can lose rows in indexes that are built CONCURRENTLY"),
            "In 14.0 to 14.3 a row that is updated while CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY runs can be missing from the \
             index afterwards. Searches by it do not find the row; a unique index takes its value twice.",
        )
        .evidence(seen("version", shown));
        out.find(draft.ask(habit(
            "Update to the latest 14.x, then rebuild",
            "After the update (a restart, no dump) check with pg_amcheck --heapallindexed, and REINDEX INDEX CONCURRENTLY what was built concurrently before.",
        )));
    }
}
