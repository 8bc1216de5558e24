//! The text of one statement in, the DDL it is as one small [`Ddl`] out.
//!
//! Recognised from our own tokens because sqlparser takes little more than half of Postgres's DDL. What no catalog needs
//! (GRANT, COMMENT, functions, …) and what is no DDL at all is `None`; DDL whose shape is not known is refused with the
//! place, so that nothing is lost silently.

mod alter;
pub mod block;
mod column;
mod constraint;
pub(crate) mod cursor;
mod index;
pub mod model;
mod other;
mod table;
mod types;

pub use cursor::Refused;
pub use model::Ddl;
pub(crate) use types::quoted_if_needed;

use cursor::{Cursor, Parsed};
use model::Persistence;
use other::ViewHead;

/// The DDL in `text` (one statement, with or without its semicolon); `None` also when it was refused.
pub fn ddl(text: &str) -> Option<Ddl> {
    parse(text).ok().flatten()
}

/// As [`ddl`], telling "not a statement that a catalog reads" (`Ok(None)`) from "not understood" (`Err`).
pub fn parse(text: &str) -> Result<Option<Ddl>, Refused> {
    let mut c = Cursor::new(text);
    if c.eat(&["create"]) {
        return create(&mut c);
    }
    if c.eat(&["alter"]) {
        return alter(&mut c);
    }
    if c.eat(&["drop"]) {
        return Ok(other::drop(&mut c)?.map(Ddl::Drop));
    }
    if c.eat(&["set"]) {
        return other::set(&mut c);
    }
    if c.eat(&["reset", "search_path"]) {
        return Ok(Some(Ddl::SearchPath(vec!["public".into()])));
    }
    if c.eat(&["select"]) {
        return Ok(other::set_config(&mut c));
    }
    Ok(None)
}

/// A type's name as `format_type` spells it (`int8` → `bigint`); `None` when the text is no type.
pub fn canonical_type(text: &str) -> Option<String> {
    let mut c = Cursor::new(text);
    let found = types::type_name(&mut c).ok()?;
    c.done().then_some(found.canonical)
}

fn create(c: &mut Cursor<'_>) -> Parsed<Option<Ddl>> {
    let or_replace = c.eat(&["or", "replace"]);
    c.eat_any(&["global", "local"]);
    let persistence = if c.eat_any(&["temporary", "temp"]) {
        Persistence::Temporary
    } else if c.eat(&["unlogged"]) {
        Persistence::Unlogged
    } else {
        Persistence::Permanent
    };
    let temporary = persistence == Persistence::Temporary;
    Ok(Some(if c.eat(&["table"]) {
        Ddl::CreateTable(table::create_table(c, persistence, false)?)
    } else if c.eat(&["foreign", "table"]) {
        Ddl::CreateTable(table::create_table(c, persistence, true)?)
    } else if c.eat(&["unique", "index"]) {
        Ddl::CreateIndex(index::create_index(c, true)?)
    } else if c.eat(&["index"]) {
        Ddl::CreateIndex(index::create_index(c, false)?)
    } else if c.eat(&["view"]) || c.eat(&["recursive", "view"]) {
        Ddl::CreateView(other::create_view(c, ViewHead { materialized: false, or_replace, temporary })?)
    } else if c.eat(&["materialized", "view"]) {
        Ddl::CreateView(other::create_view(c, ViewHead { materialized: true, or_replace, temporary })?)
    } else if c.eat(&["type"]) {
        Ddl::CreateType(other::create_type(c)?)
    } else if c.eat(&["domain"]) {
        Ddl::CreateType(other::create_domain(c)?)
    } else if c.eat(&["extension"]) {
        let if_not_exists = c.eat(&["if", "not", "exists"]);
        Ddl::CreateExtension { name: c.name()?, if_not_exists }
    } else if c.eat(&["schema"]) {
        other::create_schema(c)?
    } else if c.eat(&["sequence"]) {
        let if_not_exists = c.eat(&["if", "not", "exists"]);
        Ddl::CreateSequence { name: c.qualified()?, if_not_exists }
    } else {
        return Ok(None);
    }))
}

fn alter(c: &mut Cursor<'_>) -> Parsed<Option<Ddl>> {
    const RELATIONS: &[&[&str]] = &[&["table"], &["foreign", "table"], &["view"], &["materialized", "view"]];
    if RELATIONS.iter().any(|words| c.eat(words)) {
        return Ok(alter::alter_table(c)?.map(Ddl::AlterTable));
    }
    if c.eat(&["index"]) {
        return Ok(index::alter_index(c)?.map(Ddl::AlterIndex));
    }
    if c.eat_any(&["type", "domain"]) {
        return other::alter_type(c);
    }
    if c.eat(&["schema"]) {
        let name = c.name()?;
        return Ok(if c.eat(&["rename", "to"]) { Some(Ddl::RenameSchema { name, to: c.name()? }) } else { None });
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
