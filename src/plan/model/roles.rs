//! What each node is to its parent, from the tree and the names of sub-plans alone: the same for every format.

use super::{Kind, NodeId, Plan, Role};

/// Fills in all roles, and what only some formats tell apart: a function that is one of many (`ROWS FROM`) has but an alias
/// in JSON, which the text writes in the place of the function's name.
pub(in crate::plan) fn settle(plan: &mut Plan) {
    for id in 0..plan.nodes.len() {
        let node = &mut plan.nodes[id];
        let named = matches!(node.kind, Kind::FunctionScan | Kind::TableFunctionScan);
        if named && node.relation.is_none() {
            node.relation = node.alias.take();
        }
        if node.alias == node.relation {
            node.alias = None;
        }
        if node.parent.is_none() {
            node.role = Role::Root;
        }
        if node.children.is_empty() {
            continue;
        }
        let children = std::mem::take(&mut plan.nodes[id].children);
        let plain = children.iter().filter(|&&child| side(plan, child).is_none()).count();
        let mut place = 0;
        for &child in &children {
            plan.nodes[child].role = side(plan, child).unwrap_or_else(|| {
                let role = input(&plan.nodes[id].kind, &plan.nodes[child].kind, plain, place);
                place += 1;
                role
            });
        }
        plan.nodes[id].children = children;
    }
}

/// Of what is evaluated beside the rows, which has a name.
fn side(plan: &Plan, id: NodeId) -> Option<Role> {
    let name = plan.nodes[id].subplan.as_deref()?;
    [("InitPlan", Role::InitPlan), ("SubPlan", Role::SubPlan), ("CTE ", Role::Cte)]
        .into_iter()
        .find_map(|(prefix, role)| name.starts_with(prefix).then_some(role))
}

fn input(parent: &Kind, child: &Kind, siblings: usize, place: usize) -> Role {
    match parent {
        _ if matches!(child, Kind::Other(name) if name == "Task" || name.starts_with("Distributed Subplan")) => {
            Role::Other
        }
        Kind::Append | Kind::MergeAppend | Kind::BitmapAnd | Kind::BitmapOr => Role::Member,
        Kind::SubqueryScan => Role::Subquery,
        // Up to 13 an Update has a child for each partition.
        Kind::ModifyTable | Kind::CustomScan if siblings > 1 => Role::Member,
        _ if siblings > 2 => Role::Member,
        _ if place == 0 => Role::Outer,
        _ => Role::Inner,
    }
}
