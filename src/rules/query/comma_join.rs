//! `query/comma_join`: tables that are joined by a comma, with their condition in WHERE. Silent about functions, VALUES and LATERAL, for
//! which the comma is usual.

use serde::Deserialize;

use crate::rules::QueryRule;
use crate::rules::context::QueryCx;
use crate::rules::draft::{Draft, Sink};
use crate::sql::facts::{Join, Relation, Source};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl QueryRule for Rule {
    fn check(&self, cx: &QueryCx<'_>, out: &mut Sink) {
        for block in &cx.facts.blocks {
            let table = |source: &&Source| matches!(source.relation, Relation::Table(_)) && !source.lateral;
            let comma = block.sources.iter().filter(table).find(|source| source.join == Join::Comma);
            let Some(source) = comma else { continue };
            let detail = "The condition that belongs to the join stands somewhere in WHERE. When one is forgotten, every row is paired with \
                          every other; and a comma binds weaker than JOIN, so that ON cannot name the tables before it. JOIN … ON keeps both \
                          together.";
            out.find(Draft::about(cx, format!("{} is joined by a comma", source.alias), detail).at(source.span));
        }
    }
}
