//! `plan/suspicious_settings`: settings that are for experiments, or far from what any server needs.

use serde::Deserialize;

use super::{disabled_node, setting};
use crate::rules::PlanRule;
use crate::rules::context::PlanCx;
use crate::rules::draft::{Ask, Draft, Sink, seen};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_work_mem_kb: f64,
    min_cache_mb: f64,
}

impl PlanRule for Rule {
    fn check(&self, cx: &PlanCx<'_>, out: &mut Sink) {
        let spoken_of: Vec<&str> =
            disabled_node::disabled(cx).flat_map(|id| setting::switches(&cx.plan.nodes[id])).copied().collect();
        let number = |name: &str| cx.plan.settings.iter().find(|(set, _)| set == name)?.1.trim().parse::<f64>().ok();
        let mut wrong: Vec<(&str, &str, String)> = Vec::new();
        for (name, value) in &cx.plan.settings {
            let why = match name.as_str() {
                name if spoken_of.contains(&name) => continue,
                name if name.starts_with("enable_") && value == "off" => {
                    "forbids a kind of plan for everything".to_owned()
                }
                "work_mem" if kilobytes(value).is_some_and(|kb| kb < self.min_work_mem_kb) => {
                    "sends every sort and hash of more than a handful of rows to disk".to_owned()
                }
                "effective_cache_size" if kilobytes(value).is_some_and(|kb| kb < self.min_cache_mb * 1024.0) => {
                    "tells the planner that next to nothing is cached: it shuns indexes".to_owned()
                }
                "join_collapse_limit" | "from_collapse_limit" if value == "1" => {
                    "makes the planner join in the order in which the tables are written".to_owned()
                }
                "random_page_cost" => match (number("random_page_cost"), number("seq_page_cost").unwrap_or(1.0)) {
                    (Some(random), sequential) if random < sequential => {
                        format!("makes a random page cheaper than a sequential one ({sequential})")
                    }
                    _ => continue,
                },
                "plan_cache_mode" if value == "force_generic_plan" => {
                    "plans every prepared statement without looking at its values".to_owned()
                }
                _ => continue,
            };
            wrong.push((name, value, why));
        }
        let Some((first, ..)) = wrong.first() else { return };
        let names: Vec<&str> = wrong.iter().map(|(name, ..)| *name).collect();
        let mut draft = Draft::plan(
            cx,
            format!("Planned with {} changed", names.join(", ")),
            format!(
                "{}. Settings of this kind are for an experiment in one session; left on, they bend every plan.",
                wrong.iter().map(|(name, _, why)| format!("{name} {why}")).collect::<Vec<_>>().join("; ")
            ),
        )
        .ask(Ask::Ready(setting::reset(first)));
        for (name, value, _) in &wrong {
            draft = draft.evidence(seen("setting", format!("{name} = {value}")));
        }
        for (name, ..) in wrong.iter().skip(1) {
            draft = draft.ask(Ask::Ready(setting::reset(name)));
        }
        out.find(draft);
    }
}

/// `64kB`, `4MB`, `1GB`; a bare number has the unit of the setting and is not guessed.
fn kilobytes(value: &str) -> Option<f64> {
    let digits = value.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, unit) = value.split_at(digits);
    let factor = match unit.trim() {
        "B" => 1.0 / 1024.0,
        "kB" => 1.0,
        "MB" => 1024.0,
        "GB" => 1024.0 * 1024.0,
        "TB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}
