//! `schema/unlogged_table`: a table without a write-ahead log.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::quote_table;

use super::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx).filter(|(_, table)| table.unlogged) {
            let draft = about::table(
                name,
                table,
                format!("{} is unlogged: it is empty after a crash", name.name),
                "Nothing of it is written to the log, so recovery truncates it, a standby has no rows of it (and \
                 refuses to read it), and no backup from the log holds it. Right for what can be made again, such as \
                 a cache or a staging table.",
            );
            out.find(about::at(draft, table.set_at.get("unlogged")).ask(change(
                format!("Make {} durable", name.name),
                "Writes the whole table to the log under a lock that keeps everybody out: cheap while it is small.",
                format!("ALTER TABLE {} SET LOGGED", quote_table(name)),
            )));
        }
    }
}
