//! A statement in; for each table that it reads how an index could help, and every column that its conditions name, out.

use std::collections::BTreeSet;

use crate::catalog::access::{Access, Key, Scope, accesses};
use crate::catalog::model::Catalog;
use crate::sql::facts::{Facts, Place};

/// An access with what it says besides.
#[derive(Clone, Debug)]
pub struct Reach {
    pub access: Access,
    /// Columns of the table that stand in conditions (inside an OR or an expression, too), GROUP BY or ORDER BY.
    pub mentioned: BTreeSet<String>,
}

pub fn reaches(text: &str, facts: &Facts, catalog: &Catalog) -> Vec<Reach> {
    let scope = Scope::new(text, facts, Some(catalog));
    let with = |access: Access| {
        let home = (access.block, access.source);
        let used = facts.blocks.iter().enumerate().flat_map(|(b, block)| block.uses.iter().map(move |used| (b, used)));
        let mentioned = used
            .filter(|(_, used)| !matches!(used.place, Place::Projection | Place::Nested))
            .filter(|(b, used)| scope.home(&used.column, *b) == Some(home))
            .map(|(_, used)| used.column.name.clone())
            .collect();
        Reach { access, mentioned }
    };
    accesses(text, facts, Some(catalog)).into_iter().map(with).collect()
}

impl Reach {
    /// The access looks for it, joins by it, orders by it, or has it in a condition of another kind.
    pub fn goes_by(&self, key: &Key) -> bool {
        let access = &self.access;
        let conditions = access.equal.iter().chain(&access.joined).chain(&access.ranges).map(|c| &c.key);
        let looked_into = access.inverted.iter().map(|i| &i.key);
        let orders = access.sort.iter().map(|s| &s.key).chain(&access.group);
        conditions.chain(looked_into).chain(orders).any(|known| known == key)
            || matches!(key, Key::Column(name) if self.mentioned.contains(name))
    }
}
