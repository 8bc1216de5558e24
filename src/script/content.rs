//! A statement's text in, what it is out.

use super::model::Content;
use crate::sql::ddl;
use crate::sql::facts::Facts;
use crate::sql::{Scratch, scan};

/// What a statement is as far as tokens tell.
#[derive(Debug)]
pub(super) enum Read {
    Done(Content),
    /// It reads or changes rows: the facts come from a parse, which is done for many at once.
    Query,
}

pub(super) fn read(text: &str, scratch: &mut Scratch) -> Read {
    match ddl::parse(text) {
        Ok(Some(ddl)) => Read::Done(Content::Ddl(Box::new(ddl))),
        Err(refused) => Read::Done(Content::Refused(refused)),
        Ok(None) => {
            let verb = scan(text.as_bytes(), scratch).verb;
            if verb.is_query() { Read::Query } else { Read::Done(Content::Other) }
        }
    }
}

/// What facts say of a text that was taken for a query.
pub(super) fn of_facts(facts: Facts) -> Content {
    if facts.kind.is_planned() { Content::Query(Box::new(facts)) } else { Content::Other }
}
