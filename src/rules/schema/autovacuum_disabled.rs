//! `schema/autovacuum_disabled`: a table with autovacuum switched off for good. A migration that switches it on again is no
//! finding.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Ask, Sink};

use crate::catalog::access::quote_table;

use super::about::{self, change};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in &cx.catalog.tables {
            let off = |parameter: &str| {
                table
                    .parameters
                    .get(parameter)
                    .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "false" | "off" | "no" | "0"))
            };
            let Some(parameter) = ["autovacuum_enabled", "toast.autovacuum_enabled"].into_iter().find(|name| off(name))
            else {
                continue;
            };
            let draft = about::table(
                name,
                table,
                format!("autovacuum is switched off for {}", name.name),
                "Dead rows stay, the table and its indexes grow, the planner's statistics grow old, index-only scans \
                 read the table, and one day the vacuum against wraparound, which cannot be switched off, has all of \
                 it to do at once.",
            );
            let full = quote_table(name);
            let mut ask = change(
                format!("Let autovacuum look after {}", name.name),
                "If it came at a bad time: autovacuum_vacuum_cost_delay and the scale factors of the table make it gentler \
                 or more frequent. The lock stops neither reads nor writes.",
                format!("ALTER TABLE {full} RESET (autovacuum_enabled, toast.autovacuum_enabled)"),
            );
            if let Ask::Ready(advice) = &mut ask {
                // `src/backend/access/common/reloptions.c`, boolRelOpts.
                advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
                advice.undo = Some(format!("ALTER TABLE {full} SET ({parameter} = off)"));
            }
            out.find(about::at(draft, table.set_at.get(parameter)).ask(ask));
        }
    }
}
