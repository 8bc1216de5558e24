//! What came of a damaged plan. The undamaged plan, the damage and the reading in; right, warned, unseen by nature, or wrong.

use std::fmt;

use sqlsift::plan::model::{Format, Kind, Node, NodeId, Plan};
use sqlsift::plan::read::Reading;

use super::super::same::without_lines;
use super::Source;
use super::harm::{Does, Harm};

#[derive(Debug)]
pub enum Verdict {
    /// As if nothing had been damaged.
    Right,
    Warned,
    /// Wrong without a warning, and nothing in the input shows it.
    Unseen(Class),
    Wrong(String),
}

/// Why nobody can see a damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// What stands below the tree is lost or changed; the nodes are right.
    Beside,
    /// A blank more or less inside of a condition.
    Blank,
    /// A node's property is lost, or is another node's.
    Property,
    /// The text or number of a property is changed.
    Value,
    /// A number of a node lost digits: another number stands there.
    Figure,
    /// A name lost characters: another name stands there.
    Name,
    /// A node that has any number of children, or a sub-plan beside it, lost one with all below it.
    Arm,
    /// Such a node has one twice.
    ArmTwice,
    /// Two nodes changed places, and either may stand where it stands.
    Exchanged,
    /// A node hangs below another one, where it may hang too.
    Moved,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Right => f.write_str("right"),
            Verdict::Warned => f.write_str("warned"),
            Verdict::Unseen(class) => write!(f, "unseen: {class:?}"),
            Verdict::Wrong(_) => f.write_str("WRONG"),
        }
    }
}

/// `counted`: the row count still stands at the end.
pub fn judge(source: &Source, harm: &Harm, reading: &Reading, counted: bool) -> Verdict {
    if !reading.warnings.is_empty() || reading.plans.iter().any(|plan| !plan.warnings.is_empty()) {
        return Verdict::Warned;
    }
    let [found] = reading.plans.as_slice() else {
        return Verdict::Wrong(format!("{} plans without a warning", reading.plans.len()));
    };
    let (expected, found) = (ordered(&source.plan), ordered(found));
    if expected == found {
        return Verdict::Right;
    }
    let lines_changed = matches!(harm.does, Does::Lose | Does::Double);
    if source.footer && counted && lines_changed {
        return Verdict::Wrong("the row count shows it".to_owned());
    }
    // A recursive query's inner scan says of itself what cannot be: each round has another table.
    if let Some(id) = contradiction(&found).filter(|_| contradiction(&expected).is_none()) {
        return Verdict::Wrong(format!("rows or times show it: node {id}, {}", found.nodes[id].describe()));
    }
    match class(&expected, &found) {
        Some(class) if allowed(source, harm.does, class) => Verdict::Unseen(class),
        other => Verdict::Wrong(format!("{} nodes of {}: {other:?}", found.nodes.len(), expected.nodes.len())),
    }
}

fn allowed(source: &Source, does: Does, class: Class) -> bool {
    match class {
        Class::Beside | Class::Blank | Class::Property | Class::Value => true,
        // In the other formats each part of a name has a line of its own.
        Class::Name if source.plan.format != Format::Text => true,
        Class::Figure | Class::Name => matches!(does, Does::Nibble | Does::Cut | Does::Wrap),
        Class::Arm => matches!(does, Does::Lose | Does::Cut),
        Class::ArmTwice => does == Does::Double,
        Class::Exchanged => does == Does::Swap,
        Class::Moved => matches!(does, Does::Move | Does::Lose | Does::Swap),
    }
}

/// Without lines, and with properties in one order: their order says nothing.
fn ordered(plan: &Plan) -> Plan {
    let mut plan = without_lines(plan);
    for node in &mut plan.nodes {
        node.properties.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
    }
    plan.settings.sort();
    plan
}

fn class(expected: &Plan, found: &Plan) -> Option<Class> {
    // A node whose name is none of Postgres's is shown by the name that stands there.
    let same =
        |(a, b): (&Node, &Node)| a.parent == b.parent && (a.title() == b.title() || matches!(b.kind, Kind::Other(_)));
    if expected.nodes.len() == found.nodes.len() && expected.nodes.iter().zip(&found.nodes).all(same) {
        let differs = |f: &dyn Fn(&Node, &Node) -> bool| expected.nodes.iter().zip(&found.nodes).any(|(a, b)| f(a, b));
        return Some(
            if differs(&|a, b| (a.describe(), &a.subplan, &a.schema) != (b.describe(), &b.subplan, &b.schema)) {
                Class::Name
            } else if differs(&|a, b| a.estimate != b.estimate || a.actual != b.actual) {
                Class::Figure
            } else {
                of_properties(expected, found)
            },
        );
    }
    let (all, kept) = (signatures(expected), signatures(found));
    if kept.len() < all.len() && is_part(&kept, &all) {
        return legal(found).then_some(Class::Arm);
    }
    if kept.len() > all.len() && is_part(&all, &kept) {
        return legal(found).then_some(Class::ArmTwice);
    }
    let nodes = |signatures: &[Signature]| {
        let mut nodes: Vec<String> = signatures.iter().map(|s| s.node.clone()).collect();
        nodes.sort();
        nodes
    };
    if nodes(&all) == nodes(&kept) {
        let mut depths: Vec<usize> = all.iter().map(|s| s.depth).collect();
        let mut others: Vec<usize> = kept.iter().map(|s| s.depth).collect();
        depths.sort_unstable();
        others.sort_unstable();
        let class = if depths == others { Class::Exchanged } else { Class::Moved };
        return legal(found).then_some(class);
    }
    None
}

/// The nodes are the same but for their properties.
fn of_properties(expected: &Plan, found: &Plan) -> Class {
    if expected.nodes == found.nodes {
        return Class::Beside;
    }
    let keys = |plan: &Plan| {
        plan.nodes.iter().map(|n| n.properties.iter().map(|p| p.key.clone()).collect()).collect::<Vec<Vec<_>>>()
    };
    if keys(expected) != keys(found) {
        return Class::Property;
    }
    let words = |plan: &Plan| {
        let mut text = format!("{:?}", plan.nodes);
        text.retain(|c| c != ' ');
        text
    };
    if words(expected).replace("\\n", "") == words(found).replace("\\n", "") { Class::Blank } else { Class::Value }
}

#[derive(PartialEq)]
struct Signature {
    node: String,
    depth: usize,
}

fn signatures(plan: &Plan) -> Vec<Signature> {
    (0..plan.nodes.len())
        .map(|id| {
            let node = &plan.nodes[id];
            let node_text = format!("{} {:?} {:?}", node.describe(), node.estimate, node.actual);
            Signature { node: node_text, depth: plan.ancestors(id).count() }
        })
        .collect()
}

/// Whether all of `part` stand in `whole` in the same order.
fn is_part(part: &[Signature], whole: &[Signature]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|wanted| rest.any(|one| one == wanted))
}

/// Whether every node has as many inputs as its kind takes (`plannodes.h`).
fn legal(plan: &Plan) -> bool {
    (0..plan.nodes.len()).all(|id| {
        let inputs = plan.inputs(id).count();
        match plan.nodes[id].kind {
            Kind::NestedLoop | Kind::MergeJoin | Kind::HashJoin | Kind::RecursiveUnion => inputs == 2,
            Kind::Hash | Kind::Sort | Kind::IncrementalSort | Kind::Limit | Kind::Gather | Kind::GatherMerge => {
                inputs == 1
            }
            Kind::Aggregate | Kind::Unique | Kind::WindowAgg | Kind::Materialize | Kind::Memoize => inputs == 1,
            Kind::LockRows | Kind::ProjectSet | Kind::SubqueryScan | Kind::BitmapHeapScan => inputs == 1,
            Kind::SeqScan | Kind::IndexScan | Kind::IndexOnlyScan | Kind::BitmapIndexScan | Kind::TidScan => {
                inputs == 0
            }
            Kind::FunctionScan | Kind::ValuesScan | Kind::CteScan | Kind::WorkTableScan => inputs == 0,
            Kind::BitmapAnd | Kind::BitmapOr => inputs >= 2,
            Kind::ModifyTable => inputs >= 1,
            _ => true,
        }
    })
}

/// A node whose printed rows or times cannot be, given those of its inputs.
fn contradiction(plan: &Plan) -> Option<NodeId> {
    (0..plan.nodes.len()).find(|&id| {
        let Some(own) = plan.nodes[id].actual.filter(|own| own.loops > 0.0) else { return false };
        let inputs: Vec<_> = plan.inputs(id).filter_map(|child| plan.nodes[child].actual).collect();
        let half = if plan.has.fractional_rows { 0.005 } else { 0.5 };
        let rows: f64 = inputs.iter().map(|a| a.rows * a.loops).sum();
        let error = half * (own.loops + inputs.iter().map(|a| a.loops).sum::<f64>()) + 1e-6;
        let kind = &plan.nodes[id].kind;
        let above: Vec<&Kind> = plan.ancestors(id).map(|id| &plan.nodes[id].kind).collect();
        let parallel = above.iter().any(|kind| matches!(kind, Kind::Gather | Kind::GatherMerge));
        let sums = matches!(kind, Kind::Append | Kind::MergeAppend) && plan.nodes[id].properties.is_empty();
        let passes = matches!(kind, Kind::Hash);
        if !parallel && (sums || passes) && (own.rows * own.loops - rows).abs() > error {
            return true;
        }
        let gather = matches!(kind, Kind::Gather | Kind::GatherMerge);
        let longest = inputs.iter().filter_map(|a| Some(a.total_ms? * a.loops)).fold(0.0, f64::max);
        let slack = 0.01 + 0.001 * (own.loops + inputs.iter().map(|a| a.loops).sum::<f64>());
        !parallel && !gather && own.total_ms.is_some_and(|ms| ms * own.loops + slack < longest)
    })
}
