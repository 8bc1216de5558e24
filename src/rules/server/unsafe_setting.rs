//! `server/unsafe_setting`: a setting that lets a crash, or a damaged page, take data away.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{alter_system, facts, finding, part};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

/// Name, the value that is safe, and what the other one does.
const SAFE: &[(&str, &str, &str)] = &[
    (
        "fsync",
        "on",
        "Nothing waits until what is written is on the disk. After a crash of the machine tables and indexes may be torn beyond repair, without a word. \
         What is wanted is nearly always synchronous_commit = off, which may lose the last moments and nothing else.",
    ),
    (
        "full_page_writes",
        "on",
        "A page that was half written when the machine stopped is not repaired by recovery. Only a file system that never writes half a page makes it right.",
    ),
    (
        "zero_damaged_pages",
        "off",
        "A damaged page is read as an empty one, and the next write makes that last: its rows are gone, and nobody is told but the log.",
    ),
    (
        "ignore_checksum_failure",
        "off",
        "A page with a wrong checksum is used as if it were right, and what is wrong in it spreads.",
    ),
];

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(settings) = part(facts, "settings", &facts.settings, out) else { return };
        for (name, safe, detail) in SAFE {
            let Some(known) = settings.get(*name).filter(|known| known.value != *safe) else { continue };
            out.find(
                finding(*name, format!("{name} is {}", known.value), *detail)
                    .evidence(seen(*name, known.value.clone()))
                    .evidence(seen("set by", known.source.clone()))
                    .ask(alter_system(
                        name,
                        safe,
                        Some(known),
                        "Right for a test that may lose everything, and for nothing else.",
                    )),
            );
        }
    }
}
