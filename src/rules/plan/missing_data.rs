//! `plan/missing_data`: what the plan does not show, and the line that would.

use serde::Deserialize;

use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::{Given, PlanCx};
use crate::rules::draft::{Advice, Ask, Draft, Sink, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        // What auto_explain logs is settled by the server's configuration, not by running a query again.
        if cx.given == Given::Logged {
            if !cx.plan.has.analyze {
                out.not_examined.push(NOT_ANALYZED.to_owned());
            }
            return;
        }
        let has = cx.plan.has;
        let missing: Vec<(&str, &str)> = [
            (!has.analyze, "ANALYZE", "what it did: actual rows, times and loops"),
            (has.analyze && !has.timing && ran(cx), "TIMING", "where the time went"),
            (has.analyze && !has.buffers && reads_blocks(cx), "BUFFERS", "how many blocks were read, and from where"),
            (!has.costs, "COSTS", "what the planner expected"),
        ]
        .into_iter()
        .filter_map(|(lacks, option, shows)| lacks.then_some((option, shows)))
        .collect();
        if missing.is_empty() {
            return;
        }
        let options: Vec<&str> = missing.iter().map(|(option, _)| *option).collect();
        let shows: Vec<&str> = missing.iter().map(|(_, shows)| *shows).collect();
        let query = cx.plan.query.as_deref().map_or("<the query>", |query| query.trim().trim_end_matches(';'));
        let line = format!("EXPLAIN (ANALYZE, VERBOSE, BUFFERS, SETTINGS) {query};");
        // ANALYZE executes the statement.
        let writes = cx.plan.nodes.iter().any(|node| node.kind == crate::plan::model::Kind::ModifyTable);
        let sql = if writes { format!("BEGIN; {line} ROLLBACK;") } else { line };
        let advice = Advice {
            applicability: if cx.plan.query.is_some() { Applicability::Review } else { Applicability::Sketch },
            ..Advice::new(
                RecommendationKind::RunExplain,
                "Run EXPLAIN again with what is missing",
                "ANALYZE executes the query, with all its effects and for as long as it takes; SET statement_timeout bounds it. SET track_io_timing = on adds the time of reads.",
                sql,
            )
        };
        out.find(
            Draft::plan(
                cx,
                format!("The plan was made without {}", options.join(", ")),
                format!("It does not show {}. What is said here rests on the rest.", shows.join(", ")),
            )
            .evidence(seen("missing", options.join(", ")))
            .ask(Ask::Ready(advice)),
        );
    }
}

/// Documentation, "auto_explain": off by default; with `log_timing` off, rows are counted without the cost of reading the clock at each.
const NOT_ANALYZED: &str = "a plan of the log has no actual rows and no times of its nodes: auto_explain.log_analyze = on logs them \
                            (auto_explain.log_timing = off leaves the times out, which cost most; auto_explain.sample_rate takes a part of the statements)";

fn ran(cx: &PlanCx<'_>) -> bool {
    cx.plan.nodes.first().is_some_and(|root| root.ran() && root.actual.is_some())
}

/// A plan that reads no table has no blocks to show.
fn reads_blocks(cx: &PlanCx<'_>) -> bool {
    cx.plan.nodes.iter().any(|node| node.kind.is_table_scan() && node.ran())
}
