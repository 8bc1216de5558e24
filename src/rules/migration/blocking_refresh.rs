//! `migration/blocking_refresh`: a materialized view filled again while its readers wait.

use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::model::{Index, Table};
use crate::effect::model::Cause;
use crate::report::model::{Applicability, Edit, RecommendationKind, SqlPart};
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::Refresh;

use super::hurting::hurting;
use super::steps::spelled;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::RefreshMaterializedView(refresh)) = cx.ddl() else { return };
        if refresh.concurrently || !refresh.with_data {
            return;
        }
        let view = cx.replay.table(&refresh.name).map(|(_, view)| view);
        // Nobody can read it before it is filled for the first time, and CONCURRENTLY is refused until then.
        if view.is_some_and(|view| view.unfilled) {
            return;
        }
        for work in hurting(cx, &[Cause::RefreshMaterializedView]) {
            let draft = cx.working(
                work,
                format!("Refreshing {} keeps its readers waiting until it is filled again", refresh.name.name),
                "REFRESH MATERIALIZED VIEW holds ACCESS EXCLUSIVE on the view while its whole query runs, and until the transaction \
                 ends.",
            );
            out.find(draft.ask(Ask::Ready(concurrently(cx, refresh, view))));
        }
    }
}

fn concurrently(cx: &StatementCx<'_>, refresh: &Refresh, view: Option<&Table>) -> Advice {
    let name = spelled(cx, &refresh.name);
    let sql = format!("REFRESH MATERIALIZED VIEW CONCURRENTLY {name};");
    let can = view.is_some_and(|view| view.indexes.iter().any(Index::tells_rows_apart));
    let first = if can { sql.clone() } else { format!("CREATE UNIQUE INDEX CONCURRENTLY ON {name} (/* its key */);") };
    let mut advice = Advice::new(
        RecommendationKind::RewriteQuery,
        "Refresh it CONCURRENTLY",
        "Readers see the old rows until the new ones are there. It takes longer, because the difference is worked out, and it needs \
         a unique index over plain columns of the view.",
        first,
    );
    advice.lock = Some("ExclusiveLock".to_owned());
    if can {
        advice.applicability = Applicability::Machine;
        let at = refresh.name.span.start as u64;
        advice.edits.push(Edit { path: Arc::default(), start: at, end: at, text: "CONCURRENTLY ".to_owned() });
    } else {
        advice.applicability = Applicability::Sketch;
        advice.more_sql.push(SqlPart { label: "then".to_owned(), sql });
    }
    advice
}
