//! `server/collation_version`: the system's library sorts by other rules than those by which the indexes were built.

use serde::Deserialize;

use crate::catalog::access::quote_ident;
use crate::report::model::{RecommendationKind, SqlPart};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Sink, seen};

use super::about::{facts, finding, part};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(databases) = part(facts, "databases", &facts.databases, out) else { return };
        if cx.catalog.server_version.is_some_and(|version| version < 150_000) {
            out.not_examined.push("databases carry the version of their collation since Postgres 15".to_owned());
        }
        for database in databases {
            let (Some(made), Some(now)) = (&database.collation_version, &database.collation_actual) else { continue };
            if made == now {
                continue;
            }
            let draft = finding(
                format!("database {}", database.name),
                format!("{} was made with version {made} of its collation, and the system now has {now}", database.name),
                "An index on text is in the order of the old version. A search by the new order may not find rows that are there, and a \
                 unique index may take a value twice. It happens with an upgrade of the operating system, or a replica on another one.",
            )
            .evidence(seen("version of the database", made.clone()))
            .evidence(seen("version of the library", now.clone()));
            let name = quote_ident(&database.name);
            let mut advice = Advice::new(
                RecommendationKind::ChangeSchema,
                format!("Rebuild the indexes of {} that sort text", database.name),
                "Every index on text, varchar, char or citext whose collation is not C or POSIX; this rebuilds all indexes, one after the other. \
                 pg_amcheck tells which are out of order. Unique ones may refuse: then there are values twice. Only afterwards tell the server.",
                format!("REINDEX DATABASE CONCURRENTLY {name}"),
            );
            advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
            advice.more_sql.push(SqlPart {
                label: "then".to_owned(),
                sql: format!("ALTER DATABASE {name} REFRESH COLLATION VERSION"),
            });
            out.find(draft.ask(Ask::Ready(advice)));
        }
    }
}
