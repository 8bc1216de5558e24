//! `server/prepared_transaction`: a transaction that was prepared for a two-phase commit and forgotten.

use serde::Deserialize;

use crate::report::model::{RecommendationKind, Severity};
use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured, seen};

use super::about::{facts, finding, literal, part, statement};
use super::words::age;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_s: u64,
}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(prepared) = part(facts, "prepared", &facts.prepared, out) else { return };
        for one in prepared {
            let Some(seconds) = one.age_s.filter(|seconds| *seconds >= self.min_s) else { continue };
            let mut draft = finding(
                format!("prepared transaction {}", one.name),
                format!("A prepared transaction has waited for its end for {}", age(seconds)),
                "No session holds it: it survives a restart, keeps its locks, and no vacuum removes a row that died since it began.",
            )
            .evidence(measured("prepared", seconds, "s ago"))
            .evidence(seen("name", one.name.clone()))
            .evidence(seen("owner, database", format!("{}, {}", one.owner, one.database)));
            if let Some(held) = one.xid_age {
                draft = draft.evidence(measured("transactions since", held, "transactions"));
            }
            if seconds >= 86_400 {
                draft = draft.severity(Severity::Error);
            }
            out.find(draft.ask(statement(
                RecommendationKind::Application,
                format!("Roll back the prepared transaction {}", one.name),
                "Ask its transaction manager first: if the other participants have committed, it must be COMMIT PREPARED. To be run in the database \
                 that it belongs to, by its owner or a superuser. Where nothing uses two-phase commit, max_prepared_transactions is best 0.",
                format!("ROLLBACK PREPARED {}", literal(&one.name)),
            )));
        }
    }
}
