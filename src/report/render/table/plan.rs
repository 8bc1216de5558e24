//! Plans for a person: of each where the time goes, the tree with its figures, what was found and what to do about it.

mod columns;
mod comparison;
mod details;
mod outline;
mod summary;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use super::{View, coverage, findings, heading, join};
use crate::report::escape;
use crate::report::model::{Finding, PlanReport, Problem, Report};
use crate::report::render::palette::paint;
use crate::report::render::wrap;
use crate::report::units;

/// With what a tree is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    Unicode,
    Ascii,
}

/// Which parts of a huge plan are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Nothing,
    /// Subtrees that account for next to nothing are counted.
    Small,
}

#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    pub lines: Lines,
    pub fold: Fold,
}

/// Findings by id, each with its number in the report.
type Numbers<'r> = BTreeMap<&'r str, (usize, &'r Finding)>;

pub fn render(report: &Report, view: &View, drawing: Drawing) -> String {
    let numbers: Numbers<'_> =
        report.findings.iter().enumerate().map(|(i, finding)| (finding.id.as_str(), (i + 1, finding))).collect();
    let mut sections = vec![summary::headline(report, view)];
    match &report.comparison {
        Some(comparison) => {
            sections.push(comparison::render(comparison, report, view, drawing));
            let new = report.plans.iter().find(|plan| plan.id == comparison.new.plan);
            sections.extend(new.map(|plan| found(plan, report, view, &numbers)));
        }
        None => {
            for (index, plan) in report.plans.iter().take(view.top.max(1)).enumerate() {
                sections.push(one(plan, index, report, view, drawing, &numbers));
                sections.push(found(plan, report, view, &numbers));
            }
            sections.push(further(report, view));
        }
    }
    let said: BTreeSet<&str> = report.plans.iter().flat_map(|p| &p.findings).map(String::as_str).collect();
    let others: Vec<(usize, &Finding)> =
        numbers.values().filter(|(_, f)| !said.contains(f.id.as_str())).copied().collect();
    if !others.is_empty() {
        sections.push(findings::list(&others, report, "OTHER FINDINGS", "", view));
    }
    let warned = warned(report);
    let is_warning = |problem: &Problem| warned.contains(&problem_key(problem));
    sections.push(coverage::render_except(report, view, is_warning));
    join(sections)
}

fn one(
    plan: &PlanReport,
    index: usize,
    report: &Report,
    view: &View,
    drawing: Drawing,
    numbers: &Numbers<'_>,
) -> String {
    let mut out = String::new();
    if report.plans.len() > 1 {
        let place = format!("{}:{}", escape::line(&plan.path), plan.line);
        out.push_str(&heading(view, &format!("PLAN {}", index + 1), &place));
    }
    warnings(&mut out, plan, view);
    let asks = plan.findings.iter().filter_map(|id| numbers.get(id.as_str()));
    let asks = asks.filter(|(_, finding)| finding.rule == "plan/missing_data").map(|(number, _)| *number).min();
    out.push_str(&summary::of(plan, asks, view));
    out.push('\n');
    out.push_str(&tree::draw(plan, view, drawing, numbers));
    out
}

/// What makes the tree doubtful stands above it.
fn warnings(out: &mut String, plan: &PlanReport, view: &View) {
    const SHOWN: usize = 8;
    let style = view.palette.severity(crate::report::model::Severity::Warning);
    for warning in plan.warnings.iter().take(SHOWN) {
        let place = warning.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let hint = warning.hint.as_deref().map(|hint| format!(". {hint}")).unwrap_or_default();
        let text = escape::line(&format!("{place}{}{hint}", warning.message)).into_owned();
        for (i, line) in wrap::words(&text, view.width - 9).iter().enumerate() {
            let label = if i == 0 { paint(style, "DAMAGED") } else { "       ".into() };
            out.push_str(&format!("{label}  {line}\n"));
        }
    }
    if plan.warnings.len() > SHOWN {
        out.push_str(&format!("         {} more such places, all of them in the JSON\n", plan.warnings.len() - SHOWN));
    }
    if !plan.warnings.is_empty() {
        out.push('\n');
    }
}

/// Path, line, message and hint.
type Key<'r> = (Option<&'r str>, Option<u64>, &'r str, Option<&'r str>);

/// The problems that stand above their plans already.
fn warned(report: &Report) -> BTreeSet<Key<'_>> {
    report
        .plans
        .iter()
        .flat_map(|plan| {
            plan.warnings.iter().map(|w| (Some(plan.path.as_str()), w.line, w.message.as_str(), w.hint.as_deref()))
        })
        .collect()
}

fn problem_key(problem: &Problem) -> Key<'_> {
    (problem.path.as_deref(), problem.line, problem.message.as_str(), problem.hint.as_deref())
}

fn found(plan: &PlanReport, report: &Report, view: &View, numbers: &Numbers<'_>) -> String {
    let mut list: Vec<(usize, &Finding)> =
        plan.findings.iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect();
    list.sort_by_key(|(number, _)| *number);
    if list.is_empty() {
        return nothing(plan, report, view);
    }
    let note = if report.comparison.is_some() {
        "what is left in the new plan"
    } else if plan.base_ms.is_some() {
        "by the time that each accounts for in this plan"
    } else {
        "by the share of the estimated cost that each accounts for"
    };
    findings::list(&list, report, "FINDINGS", note, view)
}

/// "Nothing to gain here" is an answer, as far as it goes.
fn nothing(plan: &PlanReport, report: &Report, view: &View) -> String {
    let rules = units::counted(report.coverage.rules_run.len() as u64, "rule", "rules");
    let text = if plan.options.analyze {
        format!(
            "None of the {rules} that ran found anything in this plan that accounts for as much as 1 % and 10 ms of it \
             (--all shows what is below)."
        )
    } else {
        format!("None of the {rules} that ran found anything that the estimates alone show; the plan was not executed.")
    };
    let mut out = heading(view, "NOTHING TO GAIN HERE", "");
    for line in wrap::words(&text, view.width) {
        out.push_str(&format!("{line}\n"));
    }
    out
}

/// Plans below the fold.
fn further(report: &Report, view: &View) -> String {
    let rest = report.plans.get(view.top.max(1)..).unwrap_or_default();
    if rest.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "{}\n",
        units::counted(rest.len() as u64, "more plan", "more plans")
            + ", all of them in the JSON and with a larger --top:"
    );
    const SHOWN: usize = 20;
    for plan in rest.iter().take(SHOWN) {
        let root = plan.nodes.first().map(|n| n.title.as_str()).unwrap_or_default();
        let place = format!("{}:{}", plan.path, plan.line);
        let time = units::maybe_duration(plan.base_ms);
        let found = units::counted(plan.findings.len() as u64, "finding", "findings");
        let line = escape::line(&format!("{time:>8}  {place}  {root}, {found}")).into_owned();
        out.push_str(&format!("    {}\n", wrap::shorten(&line, view.width - 4)));
    }
    if rest.len() > SHOWN {
        out.push_str(&format!("    … {} more\n", rest.len() - SHOWN));
    }
    out
}
