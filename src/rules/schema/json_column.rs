//! `schema/json_column`: `json` where `jsonb` is meant. Silent about arrays of it.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::columns;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(|of| of.column.type_name == "json") {
            let draft = of.draft(
        format!("{} is json: it is parsed again with each access and has no equality", of.shown()),
        "json keeps the text as it came. DISTINCT, GROUP BY, UNION and = on it are errors, no GIN index serves it, \
         and every -> reads the whole text. jsonb is parsed once, when it is written.",
    );
            out.find(draft.ask(of.retype(
                "jsonb",
                "{}::jsonb",
                "jsonb keeps neither white space nor the order of keys, and of equal keys the last.",
            )));
        }
    }
}
