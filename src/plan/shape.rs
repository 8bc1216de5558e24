//! A plan in; a number that two plans have in common when they go the same way, out.

use xxhash_rust::xxh3::Xxh3Default;

use super::model::{NodeId, Plan, Role};

/// Of the nodes in order: how deep each stands, what it is to its parent, its title, table and index. Costs, times, conditions and options do
/// not count, and neither does the format; a schema, which only VERBOSE shows, does not either.
pub fn shape_of(plan: &Plan) -> u64 {
    let mut hash = Xxh3Default::new();
    let mut depths: Vec<u32> = Vec::with_capacity(plan.nodes.len());
    for (id, node) in plan.nodes.iter().enumerate() {
        let depth = node.parent.filter(|&parent| parent < id).map_or(0, |parent: NodeId| depths[parent] + 1);
        depths.push(depth);
        hash.update(&depth.to_le_bytes());
        hash.update(&[role(node.role)]);
        for text in [Some(node.title().as_str()), node.relation.as_deref(), node.index.as_deref()] {
            hash.update(text.unwrap_or_default().as_bytes());
            hash.update(b"\0");
        }
    }
    hash.digest()
}

/// Written out, so that a new role does not change the others' numbers.
fn role(role: Role) -> u8 {
    match role {
        Role::Root => 0,
        Role::Outer => 1,
        Role::Inner => 2,
        Role::Member => 3,
        Role::Subquery => 4,
        Role::InitPlan => 5,
        Role::SubPlan => 6,
        Role::Cte => 7,
        Role::Other => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::figures::tests::builder::{Line, n, plan};
    use crate::plan::model::{Format, Kind};

    fn joined(inner: Line) -> Plan {
        let outer = n(1, Kind::SeqScan, Role::Outer).ran(1.0, 1.0).on("orders");
        plan([n(0, Kind::NestedLoop, Role::Root).ran(2.0, 1.0), outer, inner])
    }

    fn scan() -> Line {
        n(1, Kind::IndexScan, Role::Inner).on("customer").with(|node| node.index = Some("customer_pkey".into()))
    }

    #[test]
    fn figures_and_format_do_not_count() {
        let one = joined(scan().ran(0.1, 5.0));
        let mut other = joined(scan().rows(10.0, 0.0).with(|node| node.schema = Some("public".into())));
        other.format = Format::Text;
        assert_eq!(shape_of(&one), shape_of(&other));
    }

    #[test]
    fn nodes_tables_indexes_roles_and_nesting_do() {
        let plans = [
            joined(scan()),
            joined(scan().on("nation")),
            joined(scan().with(|node| node.index = None)),
            joined(scan().with(|node| node.kind = Kind::SeqScan)),
            joined(scan().with(|node| node.backward = true)),
            joined(scan().with(|node| node.role = Role::SubPlan)),
            plan([n(0, Kind::Sort, Role::Root), n(1, Kind::Sort, Role::Outer), n(2, Kind::Result, Role::Outer)]),
            plan([n(0, Kind::Sort, Role::Root), n(1, Kind::Sort, Role::Outer), n(1, Kind::Result, Role::Outer)]),
        ];
        let mut shapes: Vec<u64> = plans.iter().map(shape_of).collect();
        shapes.sort_unstable();
        shapes.dedup();
        assert_eq!(shapes.len(), plans.len());
    }
}
