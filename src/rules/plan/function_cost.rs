//! `plan/function_cost`: a function that is called for every row, or of whose rows the planner knows nothing.

use serde::Deserialize;

use crate::plan::figures::Direction;
use crate::plan::model::{Key, Kind, Node, NodeId};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink, estimated, measured_number, seen};

/// `prorows` of a function that does not say (`functioncmds.c`, `compute_common_attribute`).
const DEFAULT_ROWS: f64 = 1000.0;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_us_per_row: f64,
    min_factor: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        for (id, node) in cx.plan.nodes.iter().enumerate() {
            match node.kind {
                Kind::FunctionScan => out.drafts.extend(self.unknown_rows(cx, id, node)),
                _ => out.drafts.extend(self.per_row(cx, id, node)),
            }
        }
    }
}

impl Rule {
    fn unknown_rows(&self, cx: &PlanCx<'_>, id: NodeId, node: &Node) -> Option<Draft> {
        let error = cx.figures.nodes[id].estimate.filter(|e| e.factor >= self.min_factor)?;
        let (estimate, actual) = (node.estimate?, node.actual?);
        let function = node.relation.as_deref()?;
        // What is above it was planned for other numbers; alone, nothing depends on them.
        let matters = cx.plan.ancestors(id).any(|above| cx.plan.nodes[above].kind.is_join());
        if estimate.rows != DEFAULT_ROWS || error.direction != Direction::Under || !matters {
            return None;
        }
        let rows = round(actual.rows);
        let above: Vec<NodeId> = std::iter::once(id).chain(cx.plan.ancestors(id).take(1)).collect();
        let advice = Advice {
            applicability: Applicability::Sketch,
            undo: Some(format!("ALTER FUNCTION {function} ROWS {DEFAULT_ROWS}")),
            ..Advice::new(
                RecommendationKind::Setting,
                format!("Tell the planner how many rows {function} gives"),
                "ROWS is a guess of the typical number; the arguments' types belong behind the name when it is overloaded. A function in SQL that is STABLE and a single SELECT is inlined, and \
                 then needs no guess.",
                format!("ALTER FUNCTION {function} ROWS {rows}"),
            )
        };
        Some(
            Draft::node(
                cx,
                id,
                format!("{function} gives {rows} rows where {DEFAULT_ROWS} are assumed"),
                "The planner cannot look into the function: without a ROWS clause it assumes a thousand rows, and everything above is planned for those.",
            )
            .accounting_for(cx, &above)
            .evidence(estimated("rows expected", estimate.rows, "rows"))
            .evidence(measured_number("rows", actual.rows, "rows"))
            .ask(Ask::Ready(advice)),
        )
    }

    fn per_row(&self, cx: &PlanCx<'_>, id: NodeId, node: &Node) -> Option<Draft> {
        let figures = &cx.figures.nodes[id];
        let removed = node.number(&Key::RowsRemovedByFilter).unwrap_or(0.0) * node.actual?.loops;
        let rows = figures.rows? + removed;
        let own = figures.self_ms?;
        let per_row = own * figures.processes.max(1.0) * 1000.0 / rows.max(1.0);
        // Blocks of the function's own statements are counted at the node that calls it: a sequential scan alone reads less than one a row.
        let blocks = figures.usage.buffers.shared.hit + figures.usage.buffers.shared.read;
        let runs_queries = node.kind == Kind::SeqScan && blocks > rows;
        let least = if runs_queries { self.min_us_per_row / 5.0 } else { self.min_us_per_row };
        if rows < 1.0 || own <= figures.tolerance_ms || per_row < least {
            return None;
        }
        let (key, call) = called(node)?;
        let advice = Advice {
            applicability: Applicability::Sketch,
            ..Advice::new(
                RecommendationKind::RewriteQuery,
                format!("Take {call} out of the rows"),
                "What it looks up can be joined (EXISTS, JOIN, LATERAL), so that one statement does it for all rows. If it must stay: filter by everything else first, mark it STABLE or IMMUTABLE if it is, \
                 write it in SQL as one SELECT so that it can be inlined, and give it a COST so that the planner calls it last.",
                "",
            )
        };
        let mut draft = Draft::node(
            cx,
            id,
            format!("{call} is called for {rows} rows at {per_row:.0} µs each"),
            "A function in PL/pgSQL or another language is a closed box: it runs for each row, and every statement in it is run each time.",
        )
        .evidence(measured_number("own time of the node", own, "ms"))
        .evidence(measured_number("rows", rows, "rows"))
        .evidence(seen("called in", key.name()));
        if runs_queries {
            draft = draft.evidence(measured_number("blocks", blocks, "blocks"));
        }
        Some(draft.ask(Ask::Ready(advice)))
    }
}

/// To one digit: a guess needs no more.
fn round(rows: f64) -> f64 {
    let step = 10f64.powf(rows.max(1.0).log10().floor());
    (rows / step).round() * step
}

/// The first call of a function, other than Postgres's own cheap ones, that the node makes for its rows. Blocks that the function reads count as
/// the node's.
pub(super) fn called(node: &Node) -> Option<(Key, String)> {
    [Key::Filter, Key::Output, Key::JoinFilter]
        .into_iter()
        .find_map(|key| Some((key.clone(), function_of_a_user(node.text(&key)?)?)))
}

/// The first call of a function that is not one of Postgres's own cheap ones.
fn function_of_a_user(text: &str) -> Option<String> {
    const OWN: [&str; 34] = [
        "any",
        "all",
        "and",
        "or",
        "not",
        "in",
        "exists",
        "lower",
        "upper",
        "coalesce",
        "date_trunc",
        "to_char",
        "to_date",
        "to_timestamp",
        "length",
        "abs",
        "round",
        "floor",
        "ceil",
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "array_agg",
        "string_agg",
        "greatest",
        "least",
        "nullif",
        "substring",
        "row_number",
        "rank",
        "now",
        "partial",
    ];
    let bytes = text.as_bytes();
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate() {
        quoted ^= *byte == b'\'';
        if *byte != b'(' || quoted {
            continue;
        }
        let name_start =
            text[..at].rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"'))).map_or(0, |i| i + 1);
        let name = &text[name_start..at];
        let plain = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        let cast = text[..name_start].ends_with("::");
        if !plain.is_empty() && !cast && !OWN.contains(&plain.to_ascii_lowercase().as_str()) {
            return Some(name.to_owned());
        }
    }
    None
}
