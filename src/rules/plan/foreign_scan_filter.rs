//! `plan/foreign_scan_filter`: rows of another server were fetched to be thrown away here.

use serde::Deserialize;

use crate::plan::model::{Key, Kind};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured_number, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_removed: f64,
    min_removed_share: f64,
    min_loops: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::ForeignScan) {
            let Some(actual) = node.actual else { continue };
            let name = node.relation.as_deref().or(node.text(&Key::Relations)).unwrap_or("a foreign table");
            let removed = node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0) * actual.loops;
            let kept = cx.figures.nodes[id].rows.unwrap_or(0.0);
            let remote = node.text(&Key::RemoteSql).map(|sql| seen("remote SQL", sql.to_owned()));
            if let Some(filter) = node.text(&Key::Filter)
                && removed >= self.min_removed
                && removed >= self.min_removed_share * (kept + removed)
            {
                let advice = Advice {
                    applicability: Applicability::Sketch,
                    ..Advice::new(
                        RecommendationKind::RewriteQuery,
                        "Write the condition so that it can be sent",
                        "postgres_fdw sends built-in operators and functions that are immutable and compare by the same collation; to_char, now() and functions of your own stay here. Compare the bare \
                         column with a value; name an extension that both servers have in the server's option extensions; or make a view on the other server.",
                        "",
                    )
                };
                let draft = Draft::node(
                    cx,
                    id,
                    format!("{removed} of {} rows of {name} were fetched to be thrown away", kept + removed),
                    "The condition is checked here, after every row has come over the network.",
                )
                .evidence(seen("local filter", filter.to_owned()))
                .evidence(measured_number("rows thrown away", removed, "rows"));
                out.find(remote.into_iter().fold(draft, Draft::evidence).ask(Ask::Ready(advice)));
            } else if actual.loops >= self.min_loops {
                let advice = Advice {
                    applicability: Applicability::Sketch,
                    ..Advice::new(
                        RecommendationKind::Setting,
                        "Let the planner ask the other server for costs",
                        "With use_remote_estimate and a fresh ANALYZE of the foreign table the planner sees what a round trip costs, and fetches the rows once for a hash join.",
                        format!("ALTER FOREIGN TABLE {name} OPTIONS (ADD use_remote_estimate 'true')"),
                    )
                };
                let draft = Draft::node(
                    cx,
                    id,
                    format!("{name} was asked {} times", actual.loops),
                    "Each loop is a query and a round trip to the other server.",
                )
                .evidence(measured_number("queries sent", actual.loops, "queries"));
                out.find(remote.into_iter().fold(draft, Draft::evidence).ask(Ask::Ready(advice)));
            }
        }
    }
}
