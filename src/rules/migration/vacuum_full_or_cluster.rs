//! `migration/vacuum_full_or_cluster`: a table written anew with nobody let in, to make it smaller or to sort it.

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::script::model::Within;
use crate::sql::ddl::Ddl;
use crate::sql::facts::Span;

use super::hurting::hurting;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

const DETAIL: &str = "It writes the table and all its indexes anew under ACCESS EXCLUSIVE: nobody reads or writes until it is done, and \
                      the disk holds both copies meanwhile.";

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let (word, all) = match cx.ddl() {
            Some(Ddl::Vacuum(vacuum)) if vacuum.full => ("VACUUM FULL", vacuum.tables.is_empty()),
            Some(Ddl::Cluster(cluster)) => ("CLUSTER", cluster.table.is_none()),
            _ => return,
        };
        if all && cx.within != Some(Within::Routine) {
            let whole = Span { start: 0, end: cx.text.len() };
            return out.find(cx.draft(
                whole,
                format!("{word} locks one table of the database after the other"),
                DETAIL,
            ));
        }
        for work in hurting(cx, &[Cause::VacuumFull, Cause::Cluster]) {
            let title = format!("{word} keeps everybody out of {} until it is written anew", work.on.name);
            let advice = Advice::new(
                RecommendationKind::Vacuum,
                "Let VACUUM free the space for new rows",
                "It gives back no disk, but the table grows no further. To make it smaller without keeping anybody out, run \
                 pg_repack or pg_squeeze (extensions) outside of migrations.",
                format!("VACUUM (ANALYZE) {};", work.span.of(cx.text)),
            );
            out.find(cx.working(work, title, DETAIL).ask(Ask::Ready(advice)));
        }
    }
}
