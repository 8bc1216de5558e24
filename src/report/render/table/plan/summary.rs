//! What stands above a plan's tree: how long, where most of it, and what stands beside the nodes.

use super::columns::{Base, percent};
use super::tree;
use crate::report::escape;
use crate::report::model::{PlanNode, PlanReport, PlanTrigger, Report};
use crate::report::render::palette::paint;
use crate::report::render::table::{View, headline};
use crate::report::render::wrap;
use crate::report::units;

const LABEL: usize = 10;

pub fn headline(report: &Report, view: &View) -> String {
    let nodes: usize = report.plans.iter().map(|plan| plan.nodes.len()).sum();
    let plans = match report.plans.len() {
        1 => "a plan".to_owned(),
        n => format!("{} plans", units::count(n as u64)),
    };
    let title = format!(
        "sqlsift: {} in {plans} of {}",
        units::counted(report.findings.len() as u64, "finding", "findings"),
        units::counted(nodes as u64, "node", "nodes"),
    );
    let mut out = format!("{}\n", paint(view.palette.heading, &title));
    labelled(&mut out, "read", &headline::read(report), view);
    out
}

/// `asks` is the number of the finding that says what to run for what is missing.
pub fn of(plan: &PlanReport, asks: Option<usize>, view: &View) -> String {
    let mut out = String::new();
    query(&mut out, plan, view);
    labelled(&mut out, "time", &time(plan), view);
    labelled(&mut out, "most", &most(plan), view);
    labelled(&mut out, "jit", &jit(plan), view);
    labelled(&mut out, "triggers", &triggers(plan), view);
    let settings: Vec<String> =
        plan.settings.iter().map(|s| escape::line(&format!("{} = {}", s.name, s.value)).into_owned()).collect();
    labelled(&mut out, "settings", &settings, view);
    missing(&mut out, plan, asks, view);
    out
}

/// Parts on as many lines as they need, behind the label.
fn labelled(out: &mut String, label: &str, parts: &[String], view: &View) {
    for (i, line) in wrap::items(parts, ", ", view.width - LABEL).iter().enumerate() {
        for (j, line) in wrap::words(line, view.width - LABEL).iter().enumerate() {
            let label = if i + j == 0 { label } else { "" };
            out.push_str(&format!("{label:<LABEL$}{line}\n"));
        }
    }
}

fn query(out: &mut String, plan: &PlanReport, view: &View) {
    const LINES: usize = 6;
    let Some(query) = plan.query.as_deref().map(str::trim).filter(|q| !q.is_empty()) else { return };
    let text = escape::block(query);
    let lines: Vec<String> = text.lines().flat_map(|line| wrap::sql(line, view.width - 4)).collect();
    for line in lines.iter().take(LINES) {
        out.push_str(&format!("    {}\n", paint(view.palette.code, &clipped(line, view.width - 4))));
    }
    if lines.len() > LINES {
        out.push_str(&format!("    … {} more\n", units::counted((lines.len() - LINES) as u64, "line", "lines")));
    }
    out.push('\n');
}

fn clipped(line: &str, width: usize) -> String {
    if line.chars().count() <= width { line.to_owned() } else { wrap::shorten(line, width) }
}

fn time(plan: &PlanReport) -> Vec<String> {
    let mut parts = Vec::new();
    match (plan.execution_ms, plan.root_ms) {
        (Some(ms), _) => parts.push(format!("execution {}", units::duration(ms))),
        (None, Some(ms)) => parts.push(format!("{} in the nodes", units::duration(ms))),
        (None, None) => {}
    }
    parts.extend(plan.planning_ms.map(|ms| format!("planning {}", units::duration(ms))));
    if let Some(serialization) = &plan.serialization {
        let time = serialization.ms.map(|ms| format!("{}, ", units::duration(ms))).unwrap_or_default();
        parts.push(format!("serialization {time}{}", units::bytes((serialization.output_kb * 1024.0) as u64)));
    }
    let base = plan.base_ms.unwrap_or(0.0);
    let notable = |ms: f64| ms >= 0.05 && ms >= base * 0.01;
    parts.extend(
        plan.outside_ms.filter(|ms| notable(*ms)).map(|ms| format!("{} outside all nodes", units::duration(ms))),
    );
    if notable(plan.unattributed_ms) {
        parts
            .push(format!("{} of sub-plans that no node could be charged with", units::duration(plan.unattributed_ms)));
    }
    // What is written gives no rows unless it has a RETURNING.
    let writes = plan.nodes.first().is_some_and(|root| root.node_type == "ModifyTable");
    let rows = plan.rows_returned.filter(|rows| *rows > 0.0 || !writes);
    parts.extend(rows.map(|rows| format!("{} returned", rows_of(rows))));
    parts
}

fn rows_of(rows: f64) -> String {
    if rows == 1.0 { "1 row".into() } else { format!("{} rows", units::figure(rows)) }
}

/// Where most was spent: a node, or a trigger, which stands outside all nodes.
fn most(plan: &PlanReport) -> Vec<String> {
    let base = Base::of(plan);
    let share = |node: &PlanNode| base.share(node).unwrap_or(0.0);
    let Some(top) = plan.nodes.iter().max_by(|a, b| share(a).total_cmp(&share(b)).then(b.number.cmp(&a.number))) else {
        return Vec::new();
    };
    let ms = |trigger: &PlanTrigger| trigger.ms.unwrap_or(0.0);
    let trigger = plan.triggers.iter().max_by(|a, b| ms(a).total_cmp(&ms(b)));
    if let Some((trigger, whole)) = trigger.zip(plan.base_ms)
        && ms(trigger) > top.self_ms.unwrap_or(0.0)
    {
        return vec![format!(
            "{}{} in the trigger {}",
            units::duration(ms(trigger)),
            part(ms(trigger) / whole),
            called(trigger)
        )];
    }
    let of = match (base, top.self_ms, top.self_cost) {
        (Base::Time, Some(ms), _) if ms > 0.0 => units::duration(ms),
        (Base::Cost(_), _, Some(cost)) if cost > 0.0 => format!("cost {}", units::figure(cost)),
        _ => return Vec::new(),
    };
    vec![format!("{of}{} in node {}, {}", part(share(top)), top.number, tree::name(top))]
}

/// ` (82 %)`
fn part(share: f64) -> String {
    match percent(share).as_str() {
        "" => String::new(),
        percent => format!(" ({percent})"),
    }
}

fn jit(plan: &PlanReport) -> Vec<String> {
    let Some(jit) = &plan.jit else { return Vec::new() };
    let mut parts = vec![units::counted(jit.functions as u64, "function", "functions")];
    if let Some(ms) = jit.total_ms {
        let share = plan.base_ms.filter(|base| *base > 0.0).map(|base| part(ms / base)).unwrap_or_default();
        parts[0].push_str(&format!(", {}{share} within the nodes' time", units::duration(ms)));
    }
    let times = [
        ("generation", jit.generation_ms),
        ("inlining", jit.inlining_ms),
        ("optimization", jit.optimization_ms),
        ("emission", jit.emission_ms),
    ];
    for (name, ms) in times {
        parts.extend(ms.filter(|ms| *ms > 0.0).map(|ms| format!("{name} {}", units::duration(ms))));
    }
    parts
}

fn triggers(plan: &PlanReport) -> Vec<String> {
    let said = |t: &PlanTrigger| {
        let time = t.ms.map(|ms| format!("{} in ", units::duration(ms))).unwrap_or_default();
        format!("{}: {time}{}", called(t), units::counted(t.calls as u64, "call", "calls"))
    };
    plan.triggers.iter().map(said).collect()
}

fn called(t: &PlanTrigger) -> String {
    let name = t.constraint.as_deref().map_or_else(|| t.name.clone(), |c| format!("for constraint {c}"));
    let on = t.relation.as_deref().map(|relation| format!(" on {relation}")).unwrap_or_default();
    escape::line(&format!("{name}{on}")).into_owned()
}

/// What the EXPLAIN was not asked for, and the line to run.
fn missing(out: &mut String, plan: &PlanReport, asks: Option<usize>, view: &View) {
    let o = &plan.options;
    let Some(rerun) = &plan.rerun else { return };
    let lacks = match (o.analyze, o.timing, o.buffers, o.costs) {
        (false, _, _, true) => "it was not executed: all figures are the planner's estimates",
        (false, _, _, false) => "it was not executed, and has no costs either",
        (true, false, ..) => "it was not timed (TIMING OFF): rows and buffers are all there is",
        (true, true, false, _) => "it has no BUFFERS: what was read, and from where, is not known",
        (true, true, true, _) => "it has no costs: estimates cannot be compared with what came",
    };
    if let Some(number) = asks {
        return labelled(out, "lacks", &[format!("{lacks} (finding {number} says what to run)")], view);
    }
    labelled(out, "lacks", &[format!("{lacks}. To see more, run:")], view);
    for line in wrap::sql(&escape::line(rerun), view.width - LABEL) {
        out.push_str(&format!("{:LABEL$}{}\n", "", paint(view.palette.code, &line)));
    }
}
