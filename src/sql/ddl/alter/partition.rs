//! The actions that put partitions in and take them out.

use crate::sql::ddl::cursor::{Cursor, Parsed};
use crate::sql::ddl::model::{ActionKind, Bound};
use crate::sql::ddl::table::bound;
use crate::sql::lexer::TokenKind;

pub(super) fn action(c: &mut Cursor<'_>) -> Parsed<Option<ActionKind>> {
    Ok(Some(if c.eat(&["attach", "partition"]) {
        let partition = c.qualified()?;
        // An index attaches without a bound, by ALTER TABLE too.
        let bound = if c.done() { Bound::Default } else { bound(c)? };
        ActionKind::AttachPartition { partition, bound }
    } else if c.eat(&["detach", "partition"]) {
        let partition = c.qualified()?;
        let concurrently = c.eat(&["concurrently"]);
        let finalize = c.eat(&["finalize"]);
        ActionKind::DetachPartition { partition, concurrently, finalize }
    } else if c.eat(&["split", "partition"]) {
        let partition = c.qualified()?;
        c.need(&["into"], "INTO")?;
        c.need_kind(TokenKind::LeftParen, "(")?;
        let mut into = Vec::new();
        loop {
            c.eat(&["partition"]);
            into.push(c.qualified()?);
            bound(c)?;
            if !c.eat_kind(TokenKind::Comma) {
                break;
            }
        }
        c.need_kind(TokenKind::RightParen, ", or )")?;
        ActionKind::SplitPartition { partition, into }
    } else if c.eat(&["merge", "partitions"]) {
        c.need_kind(TokenKind::LeftParen, "(")?;
        let partitions = c.qualified_list()?;
        c.need_kind(TokenKind::RightParen, ", or )")?;
        c.need(&["into"], "INTO")?;
        ActionKind::MergePartitions { partitions, into: c.qualified()? }
    } else {
        return Ok(None);
    }))
}
