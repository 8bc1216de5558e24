//! `plan/cte_fence`: a CTE that is computed in full, and then filtered.

use serde::Deserialize;

use crate::plan::model::{Key, Kind, NodeId, Plan};
use crate::report::model::{Applicability, Confidence, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, measured, seen};
use crate::sql::{Lexer, TokenKind};

use super::estimate::birth::definition;
use super::estimate::words::count;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_rows: f64,
    min_share: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::CteScan) {
            let (Some(name), Some(actual), Some(filter)) =
                (node.relation.as_deref(), node.actual, node.text(&Key::Filter))
            else {
                continue;
            };
            let removed = node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0) * actual.loops;
            let kept = actual.rows * actual.loops;
            if removed < self.min_rows || removed < self.min_share * (removed + kept) {
                continue;
            }
            let Some(cte) = definition(cx.plan, name).filter(|cte| may_be_opened(cx, name, id, *cte)) else { continue };
            let text = cx.plan.query.as_deref();
            let opened = text.and_then(|text| opened(text, name));
            // The server itself opens a CTE that is read once, unless it is told not to, or cannot (documentation, "WITH Queries").
            let cannot = opened.is_none() && text.is_some();
            let title =
                format!("The CTE {name} is computed in full, and {} of its rows are thrown away", count(removed));
            let detail = format!(
                "A CTE that is materialised is a fence: the filter {filter} is applied to its finished rows, and reaches no index of the tables inside."
            );
            let nodes: Vec<NodeId> = std::iter::once(id).chain(cx.plan.subtree(cte)).collect();
            let draft = Draft::node(cx, id, title, detail)
                .accounting_for(cx, &nodes)
                .evidence(measured("rows thrown away", removed as u64, "rows"))
                .evidence(measured("rows kept", kept as u64, "rows"))
                .evidence(seen("filter", filter));
            let draft = if text.is_none() { draft.confidence(Confidence::Medium) } else { draft };
            out.find(draft.ask(Ask::Ready(if cannot { push(name) } else { open(name, opened) })));
        }
    }
}

/// Read once, and free of what makes a difference when it runs in part: writes, recursion, functions that give something else each time.
fn may_be_opened(cx: &PlanCx<'_>, name: &str, scan: NodeId, cte: NodeId) -> bool {
    let plan = cx.plan;
    let reads =
        plan.nodes.iter().filter(|node| node.kind == Kind::CteScan && node.relation.as_deref() == Some(name)).count();
    let fixed = |id: NodeId| {
        matches!(plan.nodes[id].kind, Kind::ModifyTable | Kind::RecursiveUnion | Kind::LockRows | Kind::Limit)
    };
    let volatile = |id: NodeId| plan.nodes[id].text(&Key::Output).is_some_and(calls_volatile);
    reads == 1
        && !plan.subtree(cte).any(|id| fixed(id) || volatile(id))
        && !plan.query.as_deref().is_some_and(calls_volatile)
        && passes_below(plan, scan, cte)
}

/// A condition on a group key may be tested before the groups are made, one on an aggregate or a window may not.
fn passes_below(plan: &Plan, scan: NodeId, cte: NodeId) -> bool {
    let filter = plan.nodes[scan].text(&Key::Filter).unwrap_or_default();
    plan.subtree(cte).all(|id| {
        let node = &plan.nodes[id];
        match node.kind {
            Kind::WindowAgg => false,
            Kind::Aggregate | Kind::Group => {
                let keys = words(node.text(&Key::GroupKey).unwrap_or_default());
                words(filter).iter().any(|word| keys.contains(word))
            }
            _ => true,
        }
    })
}

fn words(text: &str) -> Vec<&str> {
    let tokens =
        Lexer::new(text.as_bytes()).filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedIdentifier));
    tokens.filter_map(|token| text.get(token.start..token.end)).collect()
}

fn calls_volatile(text: &str) -> bool {
    const NAMES: [&str; 9] = [
        "random",
        "nextval",
        "setval",
        "clock_timestamp",
        "timeofday",
        "gen_random_uuid",
        "uuid_generate_v4",
        "pg_sleep",
        "dblink",
    ];
    let tokens: Vec<_> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    tokens.windows(2).any(|w| {
        let word = text.get(w[0].start..w[0].end).unwrap_or_default();
        w[1].kind == TokenKind::LeftParen && NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
    })
}

/// The statement with NOT MATERIALIZED at this CTE, if it says MATERIALIZED there.
fn opened(text: &str, name: &str) -> Option<String> {
    let tokens: Vec<_> = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment).collect();
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.start..token.end)).unwrap_or_default();
    let at = (0..tokens.len()).find(|at| {
        let is_name = super::scan::condition::unquoted(word(*at)).eq_ignore_ascii_case(name);
        is_name && word(at + 1).eq_ignore_ascii_case("as") && word(at + 2).eq_ignore_ascii_case("materialized")
    })?;
    let start = tokens[at + 2].start;
    Some(format!("{}NOT {}", &text[..start], &text[start..]))
}

fn open(name: &str, sql: Option<String>) -> Advice {
    let applicability = if sql.is_some() { Applicability::Machine } else { Applicability::Sketch };
    Advice {
        applicability,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            format!("Let the planner look into {name}"),
            "WITH … AS NOT MATERIALIZED: the CTE becomes part of the query that reads it, and the filter reaches the tables inside. The result is the same: the server \
             does not open what writes or calls volatile functions.",
            sql.unwrap_or_default(),
        )
    }
}

fn push(name: &str) -> Advice {
    Advice {
        applicability: Applicability::Sketch,
        ..Advice::new(
            RecommendationKind::RewriteQuery,
            format!("Write the condition inside {name}"),
            "The server did not open the CTE by itself although it is read once: something inside (FOR UPDATE, a volatile function) forbids it. Put the condition where the \
             table is read.",
            "",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_put_where_the_cte_is_defined() {
        let text = "WITH a AS (SELECT 1), recent AS MATERIALIZED (SELECT 2) SELECT * FROM recent";
        assert_eq!(
            opened(text, "recent").as_deref(),
            Some("WITH a AS (SELECT 1), recent AS NOT MATERIALIZED (SELECT 2) SELECT * FROM recent")
        );
        assert_eq!(opened(text, "a"), None);
        assert_eq!(opened("WITH x AS NOT MATERIALIZED (SELECT 2) SELECT * FROM x", "x"), None);
    }

    #[test]
    fn volatile_calls() {
        assert!(calls_volatile("SELECT id, random() FROM t"));
        assert!(!calls_volatile("SELECT random FROM t WHERE now() > x"));
    }
}
