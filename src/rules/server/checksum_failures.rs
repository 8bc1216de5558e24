//! `server/checksum_failures`: pages of this database that did not have the checksum with which they were written.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, measured};

use super::about::{facts, finding, habit, part};
use super::words::count;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(counters) = part(facts, "counters", &facts.counters, out) else { return };
        let Some(failures) = counters.checksum_failures else {
            out.not_examined.push("data checksums are off: damaged pages are not noticed".to_owned());
            return;
        };
        if failures == 0 {
            return;
        }
        let draft = finding(
            "data pages",
            format!("{} pages failed their checksum", count(failures)),
            "What was read is not what was written: the storage, its driver or the memory has changed it. Reads of such a page end in an error.",
        )
        .evidence(measured("checksum failures", failures, "pages"));
        out.find(draft.ask(habit(
            "Find the damage, restore what it hit",
            "The log names file and block of each. Check with pg_amcheck, look at the storage, take a backup of what is readable before \
             anything is repaired, and restore the rest from a backup or a replica. zero_damaged_pages throws rows away.",
        )));
    }
}
