//! A statement of a migration in; out of the catalog goes what a dump of the same history had put there under that name.

use std::collections::BTreeSet;

use super::Replay;
use crate::sql::ddl::Ddl;

impl Replay {
    /// `schema.sql` and `structure.sql` beside migrations show how these end: what a migration makes is as it makes it. `dumps` are paths.
    pub fn give_way(&mut self, ddl: &Ddl, dumps: &BTreeSet<String>) {
        let name = match ddl {
            Ddl::CreateTable(table) => &table.name,
            Ddl::CreateView(view) => &view.name,
            _ => return,
        };
        let name = self.new_name(name);
        let made = self.catalog.tables.get(&name).and_then(|table| table.defined_at.as_ref());
        if made.is_some_and(|at| dumps.contains(&*at.path)) {
            // Others keep their foreign keys: it is made anew, and what no migration makes is as the dump has it.
            self.catalog.tables.remove(&name);
            self.renamed.remove(&name);
        }
    }
}
