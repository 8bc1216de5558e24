//! The statement's kind decides which file knows its effect.

use crate::catalog::apply::Replay;
use crate::sql::ddl::Ddl;

use super::draft::Draft;
use super::model::{Effect, Version};
use super::{alter, create_index, create_table, drop};

/// What `ddl` does to a database of that version whose catalog is the replay's. Tables that the catalog does not know are taken for
/// ordinary ones that exist and are large. AccessShare locks are left out: every statement that reads takes them.
pub fn predict(ddl: &Ddl, replay: &Replay, version: Version) -> Effect {
    let mut draft = Draft::new(replay, version);
    match ddl {
        Ddl::AlterTable(alter) => alter::predict(&mut draft, alter),
        Ddl::CreateIndex(index) => create_index::predict(&mut draft, index),
        Ddl::AlterIndex(index) => create_index::alter(&mut draft, index),
        Ddl::Drop(drop) => drop::predict(&mut draft, drop),
        Ddl::CreateTable(table) => create_table::predict(&mut draft, table),
        _ => {}
    }
    draft.finish()
}
