//! Facts in, every predicate of WHERE and ON out, those inside OR and NOT among them.

use crate::sql::facts::{Block, Facts, Predicate, Test};

/// (block, predicate) in order of appearance; of an OR its branches' predicates, not the OR itself. What stands under NOT is
/// left out.
pub fn predicates(facts: &Facts) -> Vec<(usize, &Predicate)> {
    let mut found = Vec::new();
    for (index, block) in facts.blocks.iter().enumerate() {
        for predicate in conjuncts(block) {
            leaves(index, predicate, &mut found);
        }
    }
    found
}

/// The AND-ed conjuncts of WHERE and of every ON of the block.
pub fn conjuncts(block: &Block) -> impl Iterator<Item = &Predicate> {
    block.filters.iter().chain(block.sources.iter().flat_map(|source| &source.on))
}

fn leaves<'f>(block: usize, predicate: &'f Predicate, found: &mut Vec<(usize, &'f Predicate)>) {
    match &predicate.test {
        Test::Or(branches) => branches.iter().flatten().for_each(|inner| leaves(block, inner, found)),
        Test::Not(_) => {}
        _ => found.push((block, predicate)),
    }
}
