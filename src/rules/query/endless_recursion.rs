//! `query/endless_recursion`: a recursive CTE that nothing stops: its recursive part reads only itself, without a condition, and no
//! LIMIT stands around it. Silent where the recursion reads a table: it ends with the table's rows, unless they form a ring.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::facts::{Block, Relation, Role, Source};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        let bounded = cx.facts.blocks.iter().any(|block| block.limit.is_some());
        if bounded || cx.facts.limit.is_some() {
            return;
        }
        for operation in cx.facts.set_operations.iter().filter(|operation| operation.all) {
            let members = operation.members.iter().filter_map(|at| cx.facts.blocks.get(*at));
            for block in members.filter(|block| never_ends(block)) {
                let Role::Cte(name) = &block.role else { continue };
                let read = |source: &Source| source.relation == Relation::Cte(name.clone());
                if !cx.facts.blocks.iter().any(|other| other.role != block.role && other.sources.iter().any(read)) {
                    // Nobody asks for its rows.
                    continue;
                }
                let detail = "Each round gives the next one its rows, and no condition leaves any out. The statement runs until it is \
                              cancelled, and fills the disk with the rows it has so far. Add a WHERE to the recursive part.";
                out.find(Draft::about(cx, format!("The recursion of {name} never ends"), detail).at(block.span));
            }
        }
    }
}

fn never_ends(block: &Block) -> bool {
    let Role::Cte(name) = &block.role else { return false };
    let plain =
        block.filters.is_empty() && block.having.is_empty() && !block.has_aggregate && block.group_by.is_empty();
    let itself = matches!(block.sources.as_slice(), [only] if only.relation == Relation::Cte(name.clone()));
    plain && itself
}
