//! `security/grant_all`: `GRANT ALL` on a table, schema or database to a role. Of PUBLIC speaks `security/grant_to_public`.

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
        if !begins(cx.text, &["grant", "all"]) {
            return;
        }
        let words = Words::of(cx.text);
        let Some(on) = words.find(0, "on") else { return };
        let Some(to) = words.find(on, "to") else { return };
        let kind = if words.is(on + 1, "all") { on + 2 } else { on + 1 };
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
            "sequence",
            "sequences",
        ];
        if words.is_any(kind, &others) || (to..words.len()).any(|at| words.is(at, "public")) {
            return;
        }
        out.find(cx.draft(
    words.span(1),
    "ALL gives rights that an application does not need",
    "On a table ALL holds TRUNCATE, REFERENCES and TRIGGER besides the four that an application uses: with TRIGGER its role can have code of \
     its own run by whoever writes to the table. On a schema it holds CREATE. Name the rights.",
));
    }
}
