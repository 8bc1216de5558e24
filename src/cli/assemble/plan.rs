//! A plan with its figures in; the plan as the report shows it out.

mod convert;
mod rerun;

use std::collections::BTreeMap;

use crate::plan::figures::{Direction, NodeFigures};
use crate::plan::model::{Format, Node, NodeId, Role, Warning};
use crate::report::model::{Finding, PlanActual, PlanEstimate, PlanNode, PlanReport, PlanWarning, PlanWorker, Subject};
use crate::rules::context::KnownPlan;

use convert::{finite, property, usage};

/// What concerns one plan, in the order of the report's list.
pub struct About<'a> {
    pub findings: Vec<&'a Finding>,
    /// Of the plan's query, if it has a text.
    pub fingerprint: Option<String>,
}

pub fn entry(known: &KnownPlan, about: &About<'_>) -> PlanReport {
    let (plan, figures) = (&known.plan, &known.figures);
    let by_node = by_node(&about.findings);
    let root = plan.nodes.first();
    let root_figures = figures.nodes.first();
    PlanReport {
        id: known.id.clone(),
        path: known.place.path.to_string(),
        line: known.place.line,
        format: format(plan.format).into(),
        query: plan.query.clone(),
        parameters: plan.parameters.clone(),
        fingerprint: about.fingerprint.clone(),
        planning_ms: plan.planning_ms.and_then(finite),
        execution_ms: plan.execution_ms.and_then(finite),
        root_ms: figures.root_ms.and_then(finite),
        base_ms: figures.base_ms.and_then(finite),
        outside_ms: figures.outside_ms.and_then(finite),
        unattributed_ms: finite(figures.unattributed_ms).unwrap_or(0.0),
        tolerance_ms: finite(figures.tolerance_ms).unwrap_or(0.0),
        total_cost: root.and_then(|n| n.estimate).and_then(|e| finite(e.total_cost)),
        rows_returned: root_figures.and_then(|n| n.rows).and_then(finite),
        options: convert::options(&plan.has),
        rerun: rerun::line(plan),
        settings: convert::settings(plan),
        triggers: plan.triggers.iter().map(convert::trigger).collect(),
        jit: plan.jit.as_deref().map(convert::jit),
        serialization: plan.serialization.as_ref().map(|s| convert::serialization(s, &plan.has)),
        planning: usage(&plan.planning.usage(), &plan.has),
        planning_memory_used_kb: plan.planning_memory_kb.and_then(|(used, _)| finite(used)),
        planning_memory_allocated_kb: plan.planning_memory_kb.and_then(|(_, allocated)| finite(allocated)),
        properties: plan.properties.iter().map(property).collect(),
        nodes: (0..plan.nodes.len()).map(|id| node(known, id, &by_node)).collect(),
        findings: about.findings.iter().map(|f| f.id.clone()).collect(),
        warnings: plan.warnings.iter().map(|w| warning(w, known)).collect(),
    }
}

/// Line of the input for a line of the plan: of a plan in a log the place is that of its record.
pub fn line(known: &KnownPlan, line: u32) -> u64 {
    known.place.line + u64::from(line.saturating_sub(known.plan.line))
}

fn warning(warning: &Warning, known: &KnownPlan) -> PlanWarning {
    PlanWarning {
        line: (warning.line > 0).then(|| line(known, warning.line)),
        message: warning.message.to_string(),
        hint: warning.hint.as_deref().map(str::to_owned),
    }
}

/// Ids of findings by the node that they are about.
fn by_node(findings: &[&Finding]) -> BTreeMap<NodeId, Vec<String>> {
    let mut found: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
    for finding in findings {
        let Subject::PlanNode(subject) = &finding.subject else { continue };
        let number = subject.rsplit_once('#').and_then(|(_, number)| number.parse::<NodeId>().ok());
        if let Some(node) = number.and_then(|number| number.checked_sub(1)) {
            found.entry(node).or_default().push(finding.id.clone());
        }
    }
    found
}

fn node(known: &KnownPlan, id: NodeId, findings: &BTreeMap<NodeId, Vec<String>>) -> PlanNode {
    let node: &Node = &known.plan.nodes[id];
    let none = NodeFigures::default();
    let figures = known.figures.nodes.get(id).unwrap_or(&none);
    let has = &known.plan.has;
    PlanNode {
        number: number(id),
        parent: node.parent.map(number),
        role: role(node.role).into(),
        subplan: node.subplan.as_deref().map(str::to_owned),
        title: node.title(),
        node_type: node.kind.name().into(),
        schema: node.schema.clone().map(Into::into),
        relation: node.relation.clone().map(Into::into),
        alias: node.alias.clone().map(Into::into),
        index: node.index.clone().map(Into::into),
        line: line(known, node.line),
        estimate: node.estimate.map(estimate),
        actual: node.actual.map(actual),
        executed: node.actual.map(|actual| actual.loops > 0.0),
        rows: figures.rows.and_then(finite),
        rows_error: finite(figures.rows_error).unwrap_or(0.0),
        estimate_factor: figures.estimate.and_then(|e| finite(e.factor)),
        estimate_direction: figures.estimate.map(|e| direction(e.direction).into()),
        wall_ms: figures.wall_ms.and_then(finite),
        self_ms: figures.self_ms.and_then(finite),
        self_tolerance_ms: finite(figures.tolerance_ms).unwrap_or(0.0),
        share: figures.share.and_then(finite),
        self_cost: figures.cost.and_then(finite),
        processes: finite(figures.processes).unwrap_or(1.0),
        usage: usage(&node.usage.usage(), has),
        own_usage: usage(&figures.usage, has),
        workers: node
            .workers
            .iter()
            .map(|worker| PlanWorker {
                number: worker.number,
                actual: worker.actual.map(actual),
                usage: usage(&worker.usage.usage(), has),
                jit: worker.jit.as_deref().map(convert::jit),
                properties: worker.properties.iter().map(property).collect(),
            })
            .collect(),
        properties: node.properties.iter().map(property).collect(),
        findings: findings.get(&id).cloned().unwrap_or_default(),
    }
}

fn number(id: NodeId) -> u64 {
    id as u64 + 1
}

fn estimate(e: crate::plan::model::Estimate) -> PlanEstimate {
    let known = |value| finite(value).unwrap_or(0.0);
    PlanEstimate {
        startup_cost: known(e.startup_cost),
        total_cost: known(e.total_cost),
        rows: known(e.rows),
        width_bytes: known(e.width),
    }
}

fn actual(a: crate::plan::model::Actual) -> PlanActual {
    PlanActual {
        startup_ms: a.startup_ms.and_then(finite),
        total_ms: a.total_ms.and_then(finite),
        rows: finite(a.rows).unwrap_or(0.0),
        loops: finite(a.loops).unwrap_or(0.0),
    }
}

pub fn format(format: Format) -> &'static str {
    match format {
        Format::Text => "text",
        Format::Json => "json",
        Format::Yaml => "yaml",
        Format::Xml => "xml",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Root => "root",
        Role::Outer => "outer",
        Role::Inner => "inner",
        Role::Member => "member",
        Role::Subquery => "subquery",
        Role::InitPlan => "init_plan",
        Role::SubPlan => "sub_plan",
        Role::Cte => "cte",
        Role::Other => "other",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Under => "under",
        Direction::Over => "over",
    }
}

pub fn counted(plans: usize) -> String {
    if plans == 1 { "1 plan".into() } else { format!("{plans} plans") }
}
