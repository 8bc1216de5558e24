//! One piece of advice: what to do, how sure, at what price, and the SQL to copy.

use super::View;
use super::rate::Rate;
use crate::report::escape;
use crate::report::model::{Applicability, Confidence, Recommendation, VerifiedBy};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

pub fn render(out: &mut String, r: &Recommendation, indent: usize, rate: Rate, view: &View) {
    let room = view.width - indent;
    let mut line = |text: &str, deeper: usize| {
        if text.is_empty() {
            out.push('\n');
        } else {
            out.push_str(&format!("{:width$}{text}\n", "", width = indent + deeper));
        }
    };
    for (i, text) in wrap::words(&escape::line(&r.title), room - 3).iter().enumerate() {
        let text = paint(view.palette.heading, text);
        if i == 0 { line(&format!("-> {text}"), 0) } else { line(&text, 3) }
    }
    for text in wrap::items(&terms(r, rate), "; ", room - 3) {
        line(&text, 3);
    }
    for text in wrap::words(&escape::block(&r.detail), room - 3) {
        line(&text, 3);
    }
    if !r.sql.is_empty() {
        line("", 0);
        for text in wrap::sql(&escape::block(&r.sql), room - 7) {
            line(&paint(view.palette.code, &text), 7);
        }
        line("", 0);
    }
    for part in &r.more_sql {
        line(&format!("{}:", escape::line(&part.label)), 3);
        for text in wrap::sql(&escape::block(&part.sql), room - 7) {
            line(&paint(view.palette.code, &text), 7);
        }
        line("", 0);
    }
    if let Some(undo) = &r.undo {
        line(&format!("undo: {}", escape::line(undo)), 3);
    }
}

fn terms(r: &Recommendation, rate: Rate) -> Vec<String> {
    let mut parts = vec![
        match r.applicability {
            Applicability::Machine => "can be applied as it stands",
            Applicability::Review => "read before applying",
            Applicability::Sketch if r.sql.is_empty() => "a change in the application",
            Applicability::Sketch => "a sketch: names or values must be filled in",
        }
        .to_string(),
    ];
    if let Some(saved) = r.impact_ms_per_day {
        parts.push(format!("saves about {}", rate.say(saved)));
    }
    if let (Some(before), Some(after)) = (r.before, r.after) {
        parts.push(format!("{} -> {}", with_unit(before, &r.unit, rate), with_unit(after, &r.unit, rate)));
    }
    if let Some(range) = &r.range {
        let word = match range.confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        };
        let (least, most) = (units::figure(range.after_least), units::figure(range.after_most));
        parts.push(match (least == most, range.confidence) {
            (true, Confidence::Low) => "confidence low: planned without the values of the calls".to_owned(),
            (true, _) => format!("confidence {word}"),
            (false, _) => format!("confidence {word}: {least} to {most} by the values of the calls"),
        });
    }
    parts.push(
        match r.verified_by {
            VerifiedBy::ExplainAnalyze => "effect measured by EXPLAIN ANALYZE",
            VerifiedBy::Hypopg => "effect costed by the planner (HypoPG)",
            VerifiedBy::Estimate => "effect is an estimate",
            VerifiedBy::Heuristic => "effect is a rule of thumb",
        }
        .to_string(),
    );
    parts.extend(r.lock.as_ref().map(|lock| format!("takes {lock}")));
    parts.extend(r.size_bytes.map(|n| format!("about {} on disk", units::bytes(n))));
    parts.extend(r.cost.as_ref().map(|cost| format!("costs: {}", escape::line(cost))));
    if r.queries.len() > 1 {
        parts.push(format!("serves {} queries", r.queries.len()));
    }
    parts
}

fn with_unit(value: f64, unit: &str, rate: Rate) -> String {
    match unit {
        "ms/day" => rate.say(value),
        unit => units::with_unit(value, &escape::line(unit)),
    }
}
