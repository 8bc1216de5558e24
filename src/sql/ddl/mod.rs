//! The text of one statement in, what it is as one small [`Ddl`] out.
//!
//! Recognised from our own tokens because sqlparser takes little more than half of Postgres's DDL. Queries are `None`; what
//! is neither a query nor a statement of Postgres is refused with the place, so that nothing is lost silently.

mod alter;
mod column;
mod constraint;
mod copy;
pub(crate) mod cursor;
mod definition;
mod dispatch;
mod drop;
mod grant;
mod index;
mod maintenance;
pub mod model;
mod object;
mod parameters;
mod policy;
mod role;
mod routine;
mod sequence;
mod session;
mod table;
mod template;
mod trigger;
mod types;
mod user_types;
mod view;
mod words;

pub use cursor::Refused;
pub use model::Ddl;
pub(crate) use types::quoted_if_needed;

use crate::sql::lexer::{Lexer, TokenKind};
use cursor::Cursor;
use dispatch::statement;

/// The DDL in `text` (one statement, with or without its semicolon); `None` also when it was refused.
pub fn ddl(text: &str) -> Option<Ddl> {
    parse(text).ok().flatten()
}

/// As [`ddl`], telling a query (`Ok(None)`) from what is not understood (`Err`).
pub fn parse(text: &str) -> Result<Option<Ddl>, Refused> {
    if is_query(text) { Ok(None) } else { statement(&mut Cursor::new(text)) }
}

/// Told from the first tokens, so that a long INSERT is not read. `SELECT set_config(…)` is left to the recogniser.
fn is_query(text: &str) -> bool {
    const QUERIES: &[&str] = &["insert", "update", "delete", "with", "values", "merge", "table"];
    let mut tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Comment);
    let mut word = || {
        let token = tokens.next()?;
        text.get(token.start..token.end)
    };
    let Some(head) = word() else { return true };
    if head.eq_ignore_ascii_case("select") {
        let mut function = word();
        if function.is_some_and(|name| name.eq_ignore_ascii_case("pg_catalog")) && word() == Some(".") {
            function = word();
        }
        return !function.is_some_and(|name| name.eq_ignore_ascii_case("set_config"));
    }
    head == "(" || QUERIES.iter().any(|query| head.eq_ignore_ascii_case(query))
}

/// A type's name as `format_type` spells it (`int8` → `bigint`); `None` when the text is no type.
pub fn canonical_type(text: &str) -> Option<String> {
    let mut c = Cursor::new(text);
    let found = types::type_name(&mut c).ok()?;
    c.done().then_some(found.canonical)
}

#[cfg(test)]
mod tests;
