//! A statement over one table in; whether an index that exists answers it, out.
//!
//! Without a catalog, that of a column by the name of `id` is taken to exist.

use crate::catalog::access::{Access, Key, Service, accesses, best_service};
use crate::catalog::model::Catalog;
use crate::sql::facts::facts;

/// Some of the statement's conditions, or its order; `true` also where no index could.
pub fn by_any_index(statement: &str, catalog: Option<&Catalog>) -> bool {
    let facts = facts(statement);
    let all = accesses(statement, &facts, catalog);
    let Some(access) = all.first() else { return true };
    match catalog {
        Some(catalog) => {
            catalog.tables.get(&access.table).is_none_or(|table| best_service(access, table) != Service::None)
        }
        None => access.equal.iter().any(|condition| condition.key == id()),
    }
}

/// All of the statement's conditions: a planner that reads the table nevertheless expects that to be cheaper.
pub fn by_one_index(statement: &str, catalog: Option<&Catalog>) -> bool {
    let facts = facts(statement);
    let all = accesses(statement, &facts, catalog);
    let Some(access) = all.first() else { return false };
    match catalog.and_then(|catalog| catalog.tables.get(&access.table)) {
        Some(table) => best_service(access, table) == Service::Full,
        None => is_of_id(access),
    }
}

fn is_of_id(access: &Access) -> bool {
    let mut keys = access.equal.iter().chain(&access.ranges).map(|condition| &condition.key).peekable();
    keys.peek().is_some() && keys.all(|key| *key == id())
}

fn id() -> Key {
    Key::Column("id".to_owned())
}
