//! `security/grant_to_public`: rights on tables, sequences or a schema for everybody. Silent about functions and types, which everybody may use anyway.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::rules::words::{Words, begins};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        if !begins(cx.text, &["grant"]) && !begins(cx.text, &["alter", "default", "privileges"]) {
            return;
        }
        let words = Words::of(cx.text);
        let Some(grant) = words.find(0, "grant") else { return };
        let Some(on) = words.find(grant, "on") else { return };
        let Some(to) = words.find(on, "to") else { return };
        let Some(public) = (to..words.len()).find(|at| words.is(*at, "public")) else { return };
        let privileges = || (grant + 1..on).filter(|at| !words.is_any(*at, &["privileges"]));
        let all = words.is(grant + 1, "all");
        // `on` is followed by the kind of object, or at once by a table.
        let at = on + 1;
        let others = [
            "function",
            "procedure",
            "routine",
            "functions",
            "procedures",
            "routines",
            "type",
            "domain",
            "language",
            "types",
        ];
        let kind = if words.is(at, "all") { at + 1 } else { at };
        let everyday = words.is_any(kind, &others)
    || words.is_any(at, &["parameter", "foreign", "large", "tablespace"])
    // The built-in rights up to Postgres 14, which every dump of one repeats.
    || words.is(at, "schema") && words.is(at + 1, "public")
    || words.is_any(at, &["schema", "schemas"]) && privileges().all(|at| words.is_any(at, &["usage"]))
    || words.is(at, "database") && privileges().all(|at| words.is_any(at, &["connect", "temporary", "temp"]) || words.text(at) == ",");
        if everyday {
            return;
        }
        let rights = if all {
            "every right".to_owned()
        } else {
            (grant + 1..on).map(|at| words.text(at)).collect::<Vec<_>>().join(" ").replace(" ,", ",")
        };
        out.find(cx.draft(
    words.span(public),
    format!("{rights} for PUBLIC: for every role there is and every role to come"),
    "PUBLIC is no group that somebody is put into: a role made for a reporting tool tomorrow has these rights, and revoking them from that \
     role changes nothing. Grant them to a role, and that role to those who need them.",
));
    }
}
