//! `server/statements_not_tracked`: no pg_stat_statements: which statements cost the most cannot be asked of the server.

use serde::Deserialize;

use crate::report::model::RecommendationKind;
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{alter_system, facts, finding, habit, part, statement};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(statements) = part(facts, "statements", &facts.statements, out) else { return };
        let track = statements.track.as_deref().unwrap_or("top");
        let no_id = statements.query_id.as_deref() == Some("off");
        let (why, ask) = if !statements.loaded {
            let detail = "Add it to shared_preload_libraries, keeping what stands there, and restart; then CREATE EXTENSION pg_stat_statements. On Debian it is in \
                          the server's package, elsewhere in postgresql-contrib; providers have a switch for it.";
            ("its library is not loaded", habit("Load pg_stat_statements", detail))
        } else if !statements.created {
            let sql = "CREATE EXTENSION pg_stat_statements".to_owned();
            let detail =
                "In this database, by a role that may create extensions. It has counted since the server started.";
            (
                "it is loaded, but not created in this database",
                statement(RecommendationKind::ChangeSchema, "Create pg_stat_statements here", detail, sql),
            )
        } else if track == "none" {
            let known = facts.setting("pg_stat_statements.track");
            (
                "pg_stat_statements.track is none",
                alter_system(
                    "pg_stat_statements.track",
                    "top",
                    known,
                    "What clients send is counted; all also counts what functions run.",
                ),
            )
        } else if no_id {
            let known = facts.setting("compute_query_id");
            (
                "compute_query_id is off",
                alter_system("compute_query_id", "auto", known, "Without an identifier nothing is counted."),
            )
        } else {
            return;
        };
        let draft = finding(
            "pg_stat_statements",
            format!("The server does not count its statements: {why}"),
            "pg_stat_statements tells how often each kind of statement ran, how long it took and what it read. Without it only logs tell, and those \
             hold the slow ones: what is quick and frequent, which often costs more, stays unseen.",
        )
        .evidence(seen("pg_stat_statements", why));
        out.find(draft.ask(ask));
    }
}
