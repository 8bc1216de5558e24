//! The statement's kind decides which file knows its effect.

use crate::catalog::apply::Replay;
use crate::sql::ddl::Ddl;

use super::model::{Effect, Version};

/// What `ddl` does to a database of that version whose catalog is the replay's. Tables that the catalog does not know are taken for
/// ordinary ones that exist and are large.
pub fn predict(_ddl: &Ddl, _replay: &Replay, _version: Version) -> Effect {
    Effect::default()
}
