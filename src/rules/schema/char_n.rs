//! `schema/char_n`: `char(n)`. Silent about a single character, which has nothing to pad.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{columns, length};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx)
            .filter(|of| of.column.type_name.starts_with("character(") && !of.column.type_name.ends_with("[]"))
        {
            let Some(length) = length(&of.column.type_name).filter(|length| *length > 1) else { continue };
            let draft = of.draft(
        format!("{} is padded with blanks to {length} characters", of.shown()),
        "The blanks are stored and sent, do not count in comparisons, and vanish when the value is turned into text: \
         it is longer than what was put in, and LIKE, length() and concatenation see different values.",
    );
            out.find(draft.ask(of.retype(
                "text",
                "rtrim({})",
                "If the length matters, add CHECK (char_length(…) = n) with it.",
            )));
        }
    }
}
